"""lstmbook.datasets and data/: what is in the files, what is said when they are broken, and how they are built.

The rebuilding from the package index is left out unless LSTMBOOK_NETWORK=1 is set.
"""

import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import keras
import numpy as np
import pandas as pd
import pytest

from data.architecture_comparison import train as comparison_train
from data.fetch import read_from_deb, record_checksum, write_csv_gz, write_npz
from lstmbook import datasets, notation

ROOT = Path(__file__).parent.parent
WEATHER = "beijing_weather.csv.gz"


def file_of(load):
    """The file that a function of the package reads: it asks for it before it does anything else."""
    with mock.patch.object(datasets, "_checked", side_effect=KeyboardInterrupt) as checked:
        with pytest.raises(KeyboardInterrupt):
            load()
        return "/".join(checked.call_args.args[:2])


PUBLIC = [
    f for name, f in vars(datasets).items() if name[0] != "_" and getattr(f, "__module__", "") == datasets.__name__
]
LOADERS = {file_of(load): load for load in PUBLIC}


def ways_back(name):
    trained = (ROOT / "data" / name / "train.py").exists()
    command = f"python -m data.{name}.train" if trained else "make data"
    return rf"Get it back with `git checkout -- data/{name}`.*`{command}`.*environment variable LSTMBOOK_DATA"


def test_every_data_file_has_a_function_and_every_function_a_file():
    sums = [path for path in ROOT.glob("data/*/SHA256SUMS") if path.parent.name != "networks"]
    lines = [(path.parent.name, line.split()[1]) for path in sums for line in path.read_text().splitlines()]
    assert sorted(LOADERS) == sorted(f"{folder}/{name}" for folder, name in lines)


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the data folder, which LSTMBOOK_DATA points to; the folder of the weather in it."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("networks"))
    monkeypatch.setenv("LSTMBOOK_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "beijing_weather"


@pytest.fixture(scope="module")
def weather():
    return datasets.beijing_weather()


@pytest.fixture(scope="module")
def hourly():
    return datasets.household_power()


@pytest.fixture(scope="module")
def daily():
    return datasets.household_power_daily()


@pytest.fixture(scope="module")
def spoken():
    return datasets.spoken_digits()


@pytest.fixture(scope="module")
def written():
    return datasets.pendigits()


@pytest.fixture(scope="module")
def vowels():
    return datasets.japanese_vowels()


@pytest.fixture(scope="module")
def winds():
    return datasets.monthly_winds()


# The weather


def test_the_weather_has_one_row_an_hour(weather):
    assert len(weather) == 43_824 == (365 * 5 + 1) * 24
    assert weather.index.name == "time"
    assert weather.index.freqstr == "h"
    assert weather.index.equals(pd.date_range("2010-01-01 00:00", "2014-12-31 23:00", freq="h"))


def test_the_weather_has_the_columns_of_its_documentation(weather):
    numbers = ["temperature", "dew_point", "pressure", "wind_speed", "snow_hours", "rain_hours", "pm2_5"]
    assert weather.columns.tolist() == [*numbers[:3], "wind_direction", *numbers[3:]]
    assert all(pd.api.types.is_numeric_dtype(weather[name]) for name in numbers)
    assert weather["pm2_5"].dtype == float
    assert isinstance(weather["wind_direction"].dtype, pd.CategoricalDtype)
    assert set(weather["wind_direction"].cat.categories) == {"NW", "NE", "SE", "calm"}


def test_only_the_fine_dust_has_gaps(weather):
    gaps = weather.isna().sum()
    assert gaps[gaps > 0].to_dict() == {"pm2_5": 2_067}


def test_the_weather_has_the_values_of_its_source(weather):
    first = [-11, -21, 1021, "NW", 1.79, 0, 0]
    assert weather.iloc[0].tolist()[:-1] == first
    assert np.isnan(weather["pm2_5"].iloc[0])
    assert weather.loc["2010-01-02 00:00"].tolist() == [-4, -16, 1020, "SE", 1.79, 0, 0, 129]


def test_the_weather_is_plausible(weather):
    ranges = {"temperature": (-25, 45), "dew_point": (-45, 30), "pressure": (985, 1050), "pm2_5": (0, 1000)}
    for name, (lowest, highest) in ranges.items():
        assert weather[name].dropna().between(lowest, highest).all(), name
    assert (weather[["wind_speed", "snow_hours", "rain_hours"]] >= 0).all(axis=None)


# The household power

MEASURED = ["global_active_power", "global_reactive_power", "voltage", "global_intensity"]
METERS = ["sub_metering_1", "sub_metering_2", "sub_metering_3"]


def test_the_power_has_one_row_an_hour_and_one_a_day(hourly, daily):
    hours = pd.date_range("2006-12-16 17:00", "2010-11-26 21:00", freq="h")
    assert len(hourly) == 34_589
    assert hourly.index.equals(hours) and hourly.index.freqstr == "h"
    assert len(daily) == 1_442
    assert daily.index.equals(pd.date_range("2006-12-16", "2010-11-26")) and daily.index.freqstr == "D"
    assert hourly.index.name == daily.index.name == "time"


def test_the_power_has_the_columns_of_its_documentation(hourly, daily):
    assert hourly.columns.tolist() == [*MEASURED, *METERS, "minutes"]
    assert daily.columns.tolist() == [*MEASURED, *METERS, "sub_metering_4", "minutes"]
    for table in (hourly, daily):
        assert (table.dtypes.drop("minutes") == "float64").all()
        assert table["minutes"].dtype == int


def test_an_hour_of_power_is_missing_where_no_minute_was_measured(hourly, daily):
    unmeasured = hourly["minutes"] == 0
    assert unmeasured.sum() == 421
    gaps = hourly.drop(columns="minutes").isna()
    assert gaps.all(axis=1).equals(unmeasured) and gaps.any(axis=1).equals(unmeasured)
    assert not daily.isna().any(axis=None)


def test_measured_minutes_add_up(hourly, daily):
    assert hourly["minutes"].sum() == daily["minutes"].sum() == 2_075_259 - 25_979
    pd.testing.assert_series_equal(hourly["minutes"].resample("D").sum(), daily["minutes"])
    assert hourly["minutes"].iloc[[0, -1]].tolist() == [36, 3]
    assert daily["minutes"].iloc[[0, -1]].tolist() == [396, 1_263]


def test_hours_and_days_of_power_agree_where_all_was_measured(hourly, daily):
    whole = daily["minutes"] == 1440
    assert whole.sum() == 1_358
    sums = 60 * hourly[[*MEASURED, *METERS]].resample("D").sum()
    # An hour is rounded to three decimals: a day may be off by 24 hours times 60 minutes times half a thousandth.
    differences = (sums - daily[[*MEASURED, *METERS]])[whole]
    assert (differences.abs() <= 24 * 60 * 0.0005).all(axis=None)


def test_the_fourth_meter_is_the_rest(daily):
    rest = daily["global_active_power"] * 1000 / 60 - daily[METERS].sum(axis=1)
    assert (daily["sub_metering_4"] - rest).abs().max() < 0.00051


def test_the_power_has_the_values_of_its_source(hourly, daily):
    assert hourly.iloc[0].tolist() == [4.223, 0.229, 234.644, 18.1, 0, 0.528, 16.861, 36]
    assert daily.iloc[1].tolist() == [3390.46, 226.006, 345725.32, 14398.6, 2033, 4187, 13341, 36946.667, 1440]


def test_days_without_measurement_repeat_the_days_before(daily):
    values = daily.drop(columns="minutes")
    assert (daily["minutes"] == 0).sum() == 9
    assert values.loc["2010-08-19":"2010-08-21"].eq(values.loc["2010-08-18"]).all(axis=None)


def test_published_errors_of_naive_forecasts_are_reproduced(daily):
    """The root-mean-square errors over 46 weeks that Brownlee (2018) gives; his page is linked in the card."""
    weeks = daily["global_active_power"].to_numpy()[1:-6].reshape(-1, 7)
    tested = np.arange(len(weeks) - 46, len(weeks))
    forecasts = {511.886: weeks[tested - 1, -1:], 469.389: weeks[tested - 1], 465.294: weeks[tested - 52]}
    for published, forecast in forecasts.items():
        assert round(np.sqrt(np.mean((weeks[tested] - forecast) ** 2)), 3) == published


# The spoken digits


def test_there_are_three_hundred_recordings_of_each_digit(spoken):
    recordings, digits = spoken
    assert len(recordings) == len(digits) == 3_000
    assert digits.dtype == int
    assert np.bincount(digits).tolist() == [300] * 10


def test_a_recording_has_thirteen_coefficients_a_frame(spoken):
    recordings, _ = spoken
    assert {(a.ndim, a.shape[1], a.dtype.name) for a in recordings} == {(2, 13, "float32")}
    lengths = [len(a) for a in recordings]
    assert (min(lengths), np.median(lengths), max(lengths), sum(lengths)) == (6, 17, 92, 53_999)
    assert all(np.isfinite(a).all() for a in recordings)


def test_the_recordings_lie_in_the_order_of_their_source(spoken):
    recordings, digits = spoken
    assert digits[:10].tolist() == [5, 3, 1, 2, 4, 3, 4, 3, 1, 1]
    assert [len(a) for a in recordings[:5]] == [14, 13, 14, 13, 16]
    assert recordings[0][0, :3].tolist() == pytest.approx([-160.796967, 64.151886, -32.9276505])


def test_recordings_of_a_digit_are_alike(spoken):
    """Frames and digits belong together: the nearest mean of a digit is its own far more often than chance, 0.1."""
    recordings, digits = spoken
    means = np.stack([a.mean(axis=0) for a in recordings])
    means = (means - means.mean(axis=0)) / means.std(axis=0)
    centres = np.stack([means[::2][digits[::2] == digit].mean(axis=0) for digit in range(10)])
    nearest = np.linalg.norm(means[1::2, None] - centres, axis=2).argmin(axis=1)
    assert np.mean(nearest == digits[1::2]) > 0.5


# The digits written with a pen


def test_a_written_digit_is_eight_points_that_fill_the_square(written):
    points, digits = written
    assert (points.shape, points.dtype.name) == ((10_992, 8, 2), "float32")
    assert (digits.shape, digits.dtype) == ((10_992,), int)
    assert np.bincount(digits).tolist() == [1143, 1143, 1144, 1055, 1144, 1055, 1056, 1142, 1055, 1055]
    assert (points == points.round()).all()
    assert (points.min(axis=1) == 0).all() and (points.max(axis=1) == 100).all()


def test_the_written_digits_have_the_values_of_their_source(written):
    points, digits = written
    first = [[47, 100], [27, 81], [57, 37], [26, 0], [0, 23], [56, 53], [100, 90], [40, 98]]
    assert points[0].tolist() == first
    assert digits[:10].tolist() == [8, 2, 1, 4, 1, 6, 4, 0, 5, 9]


def test_y_points_upwards(written):
    """A one and a seven end below where they begin."""
    points, digits = written
    for digit in (1, 7):
        assert np.mean(points[digits == digit, 0, 1] > points[digits == digit, -1, 1]) > 0.99


def test_no_digit_was_written_twice(written):
    points, _ = written
    assert len(np.unique(points.reshape(len(points), -1), axis=0)) == len(points)


def test_writers_are_not_together(written):
    """Were they, the most similar other digit would mostly be one of the 250 before or after; by chance 4.5 % are."""
    points, _ = written
    flat = points.reshape(len(points), -1)
    squares = (flat**2).sum(axis=1)
    nearest = []
    for start in range(0, len(flat), 1000):
        distances = squares - 2 * flat[start : start + 1000] @ flat.T
        distances[np.arange(len(distances)), np.arange(start, start + len(distances))] = np.inf
        nearest.append(distances.argmin(axis=1))
    nearest = np.concatenate(nearest)
    assert np.mean(np.abs(nearest - np.arange(len(flat))) <= 250) == pytest.approx(0.062, abs=0.001)


# The Japanese vowels


def test_every_hand_has_every_letter_in_the_order_of_its_strokes():
    table = datasets.single_line_hands()
    assert list(table) == ["hand", "letter", "advance", "stroke", "x", "y"]
    assert (table.groupby("hand")["letter"].nunique() == 52).all()
    letters = table.groupby(["hand", "letter"], sort=False)
    assert (letters["advance"].max() == letters["advance"].min()).all()
    assert letters["stroke"].agg(lambda s: s.iloc[0] == 0 and set(s.diff().dropna()) <= {0, 1}).all()
    assert (table.groupby(["hand", "letter", "stroke"]).size() >= 2).all()
    assert len(letters) * 19 < len(table) < len(letters) * 20


def test_the_hands_have_the_values_of_their_source_and_stand_upright():
    table = datasets.single_line_hands().set_index(["hand", "letter"])
    assert table.loc[("Tech", "a"), ["x", "y"]].iloc[[0, -1]].to_numpy().tolist() == [[536, 277], [548, 3.15]]
    assert table.loc[("Allure", "a"), "advance"].iloc[0] == 526
    for hand in ("Allure", "Elfin", "Felix", "Tech"):
        assert table.loc[(hand, "l"), "y"].max() > 550 > 520 > table.loc[(hand, "a"), "y"].max()
        assert table.loc[(hand, "p"), "y"].min() < -100


def test_every_kanji_has_its_strokes_in_order_and_points_at_equal_distances():
    table = datasets.kanji()
    assert list(table) == ["character", "stroke", "x", "y"]
    kanji = table.groupby("character", sort=False)
    assert table["character"].map(lambda c: "\u4e00" <= c <= "\u9fff").all() and len(kanji) == 1320
    assert kanji["stroke"].agg(lambda s: s.iloc[0] == 0 and set(s.diff().dropna()) <= {0, 1}).all()
    assert np.bincount(kanji["stroke"].max() + 1).tolist() == [0, 6, 31, 65, 115, 152, 199, 318, 434]
    assert table[["x", "y"]].to_numpy().min() > 0 and table[["x", "y"]].to_numpy().max() < 109
    strokes = table.groupby(["character", "stroke"], sort=False)
    assert strokes.size().between(4, 8).all()
    steps = np.hypot(*strokes[["x", "y"]].diff().to_numpy().T)
    steps = pd.Series(steps).groupby([table["character"], table["stroke"]]).agg(["min", "max"])
    # Only bends, where the way is longer than the straight line, make them differ.
    assert (steps["max"] - steps["min"]).median() < 1 and steps["max"].max() < 30


def test_kanji_have_the_values_of_their_source_and_stand_upright():
    table = datasets.kanji().set_index("character")
    # The paths begin at M52.73,9.5 and end at 97,64.68 of a square of 109, in which y runs downwards.
    assert table.loc["字", ["x", "y"]].iloc[[0, -1]].to_numpy().tolist() == [[52.7, 99.5], [96.9, 49.3]]
    # Three is written from the top to the bottom, each stroke from left to right.
    three = table.loc["三"].groupby("stroke")
    assert (np.diff(three["y"].mean()) < -20).all() and (three["x"].last() - three["x"].first() > 40).all()


def test_the_speakers_of_the_vowels_are_counted_as_published(vowels):
    _, train_speakers, _, test_speakers = vowels
    assert train_speakers.dtype == test_speakers.dtype == int
    assert np.bincount(train_speakers).tolist() == [30] * 9
    assert np.bincount(test_speakers).tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]
    for speakers in (train_speakers, test_speakers):
        assert (np.diff(speakers) >= 0).all()


def test_the_vowels_have_their_true_lengths(vowels):
    for utterances, lengths in ((vowels[0], (270, 7, 15, 26, 4_274)), (vowels[2], (370, 7, 15, 29, 5_687))):
        n = [len(a) for a in utterances]
        assert (len(n), min(n), np.median(n), max(n), sum(n)) == lengths
        assert {(a.ndim, a.shape[1], a.dtype.name) for a in utterances} == {(2, 12, "float32")}
        # Padding would be zeros, gaps or the last frame again.
        assert all(np.isfinite(a).all() and a.any(axis=1).all() and (a[-1] != a[-2]).any() for a in utterances)


def test_the_vowels_have_the_values_of_their_source(vowels):
    train_utterances, _, test_utterances, _ = vowels
    assert [len(a) for a in train_utterances[:5]] == [20, 26, 22, 20, 21]
    assert [len(a) for a in test_utterances[:5]] == [19, 17, 19, 18, 24]
    assert train_utterances[0][0, :3].tolist() == pytest.approx([1.860936, -0.207383, 0.261557])
    assert train_utterances[0][1, 0] == pytest.approx(1.891651)
    assert test_utterances[0][0, :3].tolist() == pytest.approx([1.635533, 0.024848, 0.432087])


def test_the_means_of_the_vowels_tell_the_speaker(vowels):
    """What the card says of the nearest mean; it falls to chance, 0.11, where frames and speakers do not fit."""
    train_utterances, train_speakers, test_utterances, test_speakers = vowels
    train, test = (np.stack([a.mean(axis=0) for a in part]) for part in (train_utterances, test_utterances))
    centres = np.stack([train[train_speakers == speaker].mean(axis=0) for speaker in range(9)])
    nearest = np.linalg.norm(test[:, None] - centres, axis=2).argmin(axis=1)
    assert np.mean(nearest == test_speakers) == pytest.approx(0.911, abs=0.003)


# The monthly winds


def test_the_winds_have_the_months_and_the_grid_of_their_documentation(winds):
    values, months, latitudes, longitudes = winds
    assert (values.shape, values.dtype.name) == ((132, 73, 144, 2), "float32")
    assert months.equals(pd.period_range("1982-01", "1992-12", freq="M"))
    assert latitudes.tolist() == np.arange(-90, 90.1, 2.5).tolist()
    assert longitudes.tolist() == np.arange(20, 378, 2.5).tolist()


def test_no_wind_is_missing(winds):
    assert np.isfinite(winds[0]).all()
    assert winds[0][..., 0].min() == pytest.approx(-25.55) and winds[0][..., 0].max() == pytest.approx(18.55, abs=0.011)
    assert winds[0][..., 1].min() == pytest.approx(-21.14) and winds[0][..., 1].max() == pytest.approx(20.84)


def test_the_winds_have_the_values_of_their_source(winds):
    values = winds[0]
    east = [0.89717215, 0.89213115, 0.8802049, 0.8620082]
    north = [-1.0455737, -0.98188525, -0.9222951, -0.8606148]
    np.testing.assert_allclose(values[0, 0, :4].T, [east, north], rtol=0, atol=0.00501)
    assert values[-1, -1, -1].tolist() == pytest.approx([-2.197624, -2.8476653], abs=0.00501)


def test_the_monsoon_turns_with_the_seasons(winds):
    """Months, places and directions belong together: it blows from the south-west in July."""
    values, months, latitudes, longitudes = winds
    (arabian_sea,) = values[:, latitudes == 12.5][:, :, longitudes == 60].reshape(132, 1, 2).transpose(1, 0, 2)
    assert (arabian_sea[months.month == 7].mean(axis=0) > 7).all()
    assert (arabian_sea[months.month == 1].mean(axis=0) < -3).all()


def test_the_winds_of_el_nino_stand_in_their_year(winds):
    values, months, latitudes, longitudes = winds
    east = values[:, latitudes == 0, :, :][:, 0, :, 0]
    pacific = east[:, (longitudes >= 180) & (longitudes <= 200)].mean(axis=1)
    unusual = pd.Series(pacific - np.tile(pacific.reshape(11, 12).mean(axis=0), 11), months)
    autumns = {year: unusual[f"{year}-09" : f"{year}-12"].mean() for year in range(1982, 1993)}
    assert max(autumns, key=autumns.get) == 1982 and autumns[1982] > 2


def test_simple_forecasts_of_the_winds_err_as_the_card_says(winds):
    """Over the last 24 months; the first row of the card's table is east, then north."""
    values = winds[0].astype(float)
    climatology = np.tile(values[:108].reshape(9, 12, 73, 144, 2).mean(axis=0), (2, 1, 1, 1))
    forecasts = {(2.17, 1.79): climatology, (2.41, 1.93): values[107:131], (2.58, 2.03): values[96:120]}
    for errors, forecast in forecasts.items():
        assert np.sqrt(np.mean((values[108:] - forecast) ** 2, axis=(0, 1, 2))).round(2).tolist() == list(errors)


# What is said about them


@pytest.mark.parametrize(
    "load",
    [datasets.beijing_weather, datasets.household_power, datasets.household_power_daily],
    ids=lambda f: f.__name__,
)
def test_every_column_is_documented(load):
    card = (ROOT / "data" / load.__name__.removesuffix("_daily") / "README.md").read_text("utf-8")
    for name in load().columns:
        assert f"``{name}``" in load.__doc__
        assert f"| `{name}` |" in card


@pytest.mark.parametrize("file", LOADERS)
def test_every_data_set_has_a_card_that_says_how_to_load_it(file):
    card = (ROOT / "data" / file).with_name("README.md").read_text("utf-8")
    assert f"`lstmbook.datasets.{LOADERS[file].__name__}()`" in card
    assert Path(file).name in card


# Where it lies, and what can be wrong there


def rewrite(folder, change):
    """Change the text of the weather file, and its checksum with it."""
    content = gzip.compress(change(gzip.decompress((folder / WEATHER).read_bytes()).decode()).encode())
    (folder / WEATHER).write_bytes(content)
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  {WEATHER}\n")


def test_another_folder_is_read(copy):
    rewrite(copy, lambda text: text.replace("2010-01-01 00:00,-11.0", "2010-01-01 00:00,-12.5"))
    assert datasets.beijing_weather()["temperature"].iloc[0] == -12.5


def test_an_empty_variable_means_the_books_folder(monkeypatch, weather):
    monkeypatch.setenv("LSTMBOOK_DATA", "")
    pd.testing.assert_frame_equal(datasets.beijing_weather(), weather)


@pytest.mark.parametrize("file", [*LOADERS, "beijing_weather/SHA256SUMS"])
def test_a_missing_file_is_named_with_the_ways_back(copy, file):
    path = copy.parent / file
    path.unlink()
    name = path.parent.name
    message = f"^The data set {name} needs .*{path.name}, which does not exist. {ways_back(name)}"
    with pytest.raises(FileNotFoundError, match=message) as error:
        LOADERS.get(file, datasets.beijing_weather)()
    assert str(path) in str(error.value)


def test_a_folder_that_does_not_exist_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("LSTMBOOK_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="LSTMBOOK_DATA") as error:
        datasets.beijing_weather()
    assert str(tmp_path / "nowhere") in str(error.value)


@pytest.mark.parametrize("position", [0, 1000, -1])
@pytest.mark.parametrize("file", LOADERS)
def test_one_flipped_byte_is_noticed(copy, file, position):
    path = copy.parent / file
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    message = rf"is damaged: its checksum is not the one in SHA256SUMS of its folder\. {ways_back(path.parent.name)}"
    with pytest.raises(ValueError, match=message) as error:
        LOADERS[file]()
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize("file", [WEATHER, "SHA256SUMS"])
def test_a_file_that_may_not_be_read_is_named(copy, monkeypatch, file):
    read_bytes = Path.read_bytes

    def refused(path):  # chmod would not stop a test that is run by root
        if path.name == file:
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(PermissionError, match=rf"needs .*{file}, which may not be read: .*chmod \+r"):
        datasets.beijing_weather()


def test_blank_lines_among_the_checksums_do_no_harm(copy):
    sums = copy / "SHA256SUMS"
    sums.write_text(f"\n{sums.read_text()}\n   \n")
    assert len(datasets.beijing_weather()) == 43_824


@pytest.mark.parametrize(
    "sums", ["", "\n \nword\n", "\x00", "0" * 64 + f"  {WEATHER}\n"], ids=["empty", "blank", "binary", "another"]
)
def test_a_checksum_that_does_not_fit_is_noticed(copy, sums):
    (copy / "SHA256SUMS").write_text(sums)
    with pytest.raises(ValueError, match="is damaged"):
        datasets.beijing_weather()


def test_the_checksum_of_another_file_does_not_count(copy):
    sums = (copy / "SHA256SUMS").read_text()
    (copy / "SHA256SUMS").write_text(sums.replace(WEATHER, "other.csv.gz"))
    with pytest.raises(ValueError, match="is damaged"):
        datasets.beijing_weather()


# Building


def test_a_file_is_written_with_the_same_bytes_whenever_it_is_written(tmp_path, monkeypatch):
    frame = pd.DataFrame({"time": ["2020-01-01 00:00", "2020-01-01 01:00"], "a": [1.5, 2.0], "b": [None, "µ"]})
    frame["c"] = pd.array([None, 3], dtype="Int64")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_csv_gz(frame, tmp_path / name / "frame.csv.gz")
        monkeypatch.setattr("time.time", lambda: 1e9)
    first, second = (tmp_path / name / "frame.csv.gz" for name in ("first", "second"))

    assert first.read_bytes() == second.read_bytes()
    # The header names no time, no file and no operating system.
    assert first.read_bytes()[:10] == bytes.fromhex("1f8b08000000000002ff")
    expected = "time,a,b,c\n2020-01-01 00:00,1.5,,\n2020-01-01 01:00,2.0,µ,3\n"
    assert gzip.decompress(first.read_bytes()).decode() == expected


def test_the_checksum_is_written_beside_the_file(tmp_path, capsys):
    path = tmp_path / "frame.csv.gz"
    write_csv_gz(pd.DataFrame({"a": range(1234)}), path)
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (tmp_path / "SHA256SUMS").read_text() == f"{checksum}  frame.csv.gz\n"
    assert f"frame.csv.gz: 1,234 rows, {path.stat().st_size:,} bytes, sha256 {checksum}" in capsys.readouterr().out


def test_arrays_are_written_with_the_same_bytes_whenever_they_are_written(tmp_path, monkeypatch):
    arrays = {"a": np.arange(6, dtype="float32").reshape(2, 3), "b": np.array([1, 2])}
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_npz(tmp_path / name / "arrays.npz", **arrays)
        monkeypatch.setattr("time.time", lambda: 1e9)
        monkeypatch.setattr("sys.platform", "win32")
    first, second = ((tmp_path / name / "arrays.npz").read_bytes() for name in ("first", "second"))

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        for member in archive.infolist():
            assert (member.date_time, member.create_system) == ((1980, 1, 1, 0, 0, 0), 3)
            assert member.compress_type == zipfile.ZIP_DEFLATED
    with np.load(io.BytesIO(first)) as file:
        assert file.files == ["a", "b"]
        for name, array in arrays.items():
            np.testing.assert_array_equal(file[name], array, strict=True)


def test_arrays_are_written_without_pickles(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        write_npz(tmp_path / "arrays.npz", a=np.array([{}]))


def test_checksums_of_other_files_are_kept(tmp_path, capsys):
    write_npz(tmp_path / "b.npz", b=np.zeros((2, 3)))
    for rows in (1, 2):
        write_csv_gz(pd.DataFrame({"a": range(rows)}), tmp_path / "a.csv.gz")
    sums = [line.split("  ") for line in (tmp_path / "SHA256SUMS").read_text().splitlines()]
    assert [name for _, name in sums] == ["a.csv.gz", "b.npz"]
    for checksum, name in sums:
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == checksum
    assert "b.npz: b (2, 3), " in capsys.readouterr().out


def test_a_checksum_can_be_kept_in_a_folder_above(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "a.npz").write_bytes(b"a")
    (tmp_path / "SHA256SUMS").write_text("\n0  b.npz\n")
    record_checksum(tmp_path / "part" / "a.npz", tmp_path, "an a")
    digest = hashlib.sha256(b"a").hexdigest()
    assert (tmp_path / "SHA256SUMS").read_text() == f"0  b.npz\n{digest}  part/a.npz\n"


def package_manager(folder, monkeypatch, deb=b"a package", missing=None, failing=None):
    """Put stand-ins for apt-get, which fetches `deb`, and dpkg-deb, which unpacks one file, in their places."""
    tar = folder / "content.tar"
    (folder / "winds").write_bytes(b"the winds")
    with tarfile.open(tar, "w") as archive:
        archive.add(folder / "winds", "./usr/share/winds")

    def run(command, cwd, **_):
        if command[0] == missing:
            raise FileNotFoundError(command[0])
        if command[0] == failing:
            raise subprocess.CalledProcessError(100, command, stderr="Version not found")
        if command[0] == "apt-get":
            (Path(cwd) / f"{command[-1].replace('=', '_')}_all.deb").write_bytes(deb)
        else:
            assert (Path(cwd) / command[-1]).read_bytes() == deb
        return subprocess.CompletedProcess(command, 0, stdout=tar.read_bytes())

    monkeypatch.setattr("subprocess.run", run)


PACKAGE = "winds=1.0-2", hashlib.sha256(b"a package").hexdigest(), "usr/share/winds"


def test_a_file_is_read_out_of_a_debian_package(tmp_path, monkeypatch):
    package_manager(tmp_path, monkeypatch)
    assert read_from_deb(*PACKAGE) == b"the winds"


def test_another_debian_package_is_refused(tmp_path, monkeypatch):
    package_manager(tmp_path, monkeypatch, deb=b"another")
    with pytest.raises(ValueError, match=rf"winds=1.0-2 has the sha256 \w{{64}}, not the pinned {PACKAGE[1]}"):
        read_from_deb(*PACKAGE)


@pytest.mark.parametrize("program", ["apt-get", "dpkg-deb"])
def test_without_debian_it_is_said_what_is_needed(tmp_path, monkeypatch, program):
    package_manager(tmp_path, monkeypatch, missing=program)
    with pytest.raises(RuntimeError, match=f"winds=1.0-2 is a Debian package: getting it needs {program}, on Debian"):
        read_from_deb(*PACKAGE)


def test_a_debian_package_out_of_reach_is_named(tmp_path, monkeypatch):
    package_manager(tmp_path, monkeypatch, failing="apt-get")
    message = "`apt-get download .*winds=1.0-2` failed; `apt-cache policy winds` .*It said: Version not found"
    with pytest.raises(RuntimeError, match=message):
        read_from_deb(*PACKAGE)


@pytest.mark.skipif(os.environ.get("LSTMBOOK_NETWORK") != "1", reason="downloads; set LSTMBOOK_NETWORK=1")
@pytest.mark.parametrize("name", sorted(path.parent.name for path in ROOT.glob("data/*/build.py")))
def test_files_are_built_again_byte_for_byte(copy, name):
    if "from_deb" in (ROOT / "data" / name / "build.py").read_text("utf-8") and not shutil.which("apt-get"):
        pytest.skip("needs apt-get")
    if "from_npm" in (ROOT / "data" / name / "build.py").read_text("utf-8") and not shutil.which("npm"):
        pytest.skip("needs npm")
    files = [*(Path(file).name for file in LOADERS if file.startswith(name)), "SHA256SUMS"]
    for file in files:
        (copy.parent / name / file).unlink()
    subprocess.run([sys.executable, "-m", f"data.{name}.build"], cwd=copy.parent.parent, check=True)
    for file in files:
        assert (copy.parent / name / file).read_bytes() == (ROOT / "data" / name / file).read_bytes(), file


@pytest.fixture(scope="module")
def comparison():
    return datasets.architecture_comparison()


def test_comparison_has_every_network_on_every_task_under_the_same_rules(comparison):
    groups = comparison.groupby(["task", "model"])
    assert len(groups) == 3 * 9
    for _, runs in groups:
        validation, test = runs[runs["part"] == "validation"], runs[runs["part"] == "test"]
        assert validation["rate"].tolist()[:5] == [0.001, 0.003, 0.01, 0.03, 0.1]
        assert test["seed"].tolist() == [0, 1, 2]
        assert set(validation["seed"]).isdisjoint(test["seed"])
        assert len(set(runs["parameters"])) == 1
        assert abs(runs["parameters"].iloc[0] - 6000) < 0.06 * 6000


def test_comparison_takes_the_learning_rate_that_was_best_on_validation_data(comparison):
    for (task, _), runs in comparison.groupby(["task", "model"]):
        scores = runs[runs["part"] == "validation"].set_index("rate")["score"]
        scores = scores.sort_index()
        best = scores.idxmin() if task == "household" else scores.idxmax()
        assert (runs.loc[runs["part"] == "test", "rate"] == best).all()
        assert scores.index.min() < best < scores.index.max()


def rows_of(best, m, recorded=()):
    """The rows of a task whose score has its optimum at the rate `best`, and the rates that were trained."""
    trained = []

    def score(*_):
        distance = abs(np.log(trained[-1] / best))
        return distance if m == 1 else -distance

    chapter = {"TASKS": {"a": SimpleNamespace(data=str, m=m)}, "MODELS": {"b": None}, "keras": keras, "score": score}
    chapter["units_for"] = lambda *_: 7
    chapter["prepare"] = lambda *_: SimpleNamespace(count_params=lambda: 6000)
    chapter["train"] = lambda task, model, data, seed, rate: trained.append(rate) or 0.5
    rows = list(comparison_train.measure(chapter, "a", "b", dict(recorded)))
    return rows, trained


@pytest.mark.parametrize("m", [1, 10])
@pytest.mark.parametrize(
    "best, beyond",
    [(0.01, []), (0.001, [0.0003]), (0.0001, [0.0003, 0.0001, 3e-05]), (0.1, [0.3]), (1.0, [0.3, 1.0, 3.0])],
)
def test_comparison_tries_rates_beyond_the_list_until_the_best_one_is_inside(m, best, beyond):
    rows, trained = rows_of(best, m)
    assert trained == [0.001, 0.003, 0.01, 0.03, 0.1, *beyond, best, best, best]
    assert [row[4:7] for row in rows[-3:]] == [("test", str(best), str(seed)) for seed in (0, 1, 2)]


def test_comparison_repeats_no_training_that_is_recorded():
    rows, _ = rows_of(0.1, 10)
    again, trained = rows_of(0.1, 10, {row[:-2]: row[-2:] for row in rows if row[5] != "0.3"})
    assert again == rows
    assert trained == [0.3]


# Births


def test_births_are_complete_and_have_the_values_of_their_source():
    births = datasets.births()
    assert births.shape == (7305, 51) and births.index.freqstr == "D"
    assert births.notna().all(axis=None) and births.columns.is_monotonic_increasing
    assert births.loc["1969-01-01", ["AK", "AL", "CA"]].tolist() == [14, 174, 824]
    assert births.to_numpy().sum() == 70_485_508


def test_early_births_are_even_numbers():
    odd = datasets.births().mod(2)
    assert odd.loc[:"1971"].to_numpy().sum() == 0
    assert odd.loc["1985":].to_numpy().mean() == pytest.approx(0.5, abs=0.01)


# The exercises


def test_everybody_does_every_exercise_with_both_arms():
    recordings, exercises, people, names = datasets.exercises()
    assert names == ["PEN", "ABD", "FEL", "IR", "ER", "TRAP", "ROW"]
    assert pd.crosstab(people, exercises).eq(2).all(axis=None) and list(people) == sorted(people)
    lengths = [len(recording) for recording in recordings]
    assert (len(lengths), min(lengths), max(lengths), sum(lengths)) == (140, 947, 2618, 244_102)


def test_the_exercises_are_accelerations_near_gravity():
    recordings, *_ = datasets.exercises()
    assert {(r.dtype, r.shape[1]) for r in recordings} == {(np.dtype("float32"), 6)}
    sizes = [np.median(np.linalg.norm(recording[:, :3], axis=1)) for recording in recordings]
    assert min(sizes) > 0.95 and np.median(sizes) < 1.2


def test_the_exercises_have_the_values_of_their_source():
    recordings, exercises, people, _ = datasets.exercises()
    assert [len(recording) for recording in recordings[:4]] == [1489, 1398, 2455, 2242]
    assert (people[0], exercises[0], people[-1], exercises[-1]) == (1, 0, 10, 6)
    first = [0.870019, 0.02419, -0.895824, 0.705845, -1.13475, -0.388001]
    last = [-0.837982, 0.575577, 0.282119, 0.336147, -0.123817, -0.988457]
    np.testing.assert_allclose([recordings[0][0], recordings[-1][-1]], [first, last], rtol=0, atol=0.000501)


# The pronunciations


def test_pronunciations_have_no_word_twice_and_no_missing_one():
    table = datasets.pronunciations()
    assert list(table) == ["word", "sounds"] and len(table) == 106_317
    assert table["word"].is_unique and table["word"].is_monotonic_increasing
    assert table["word"].str.fullmatch("[a-z]{3,10}").all()
    assert {"nan", "null"} <= set(table["word"])


def test_sounds_are_signs_without_stress():
    sounds = datasets.pronunciations().set_index("word")["sounds"]
    assert sounds["cabbage"] == "K AE B AH JH"
    signs = set(" ".join(sounds).split(" "))
    assert len(signs) == 39 and all(sign.isalpha() for sign in signs)


# The fiddle tunes


def test_fiddle_tunes_are_complete():
    notes = datasets.fiddle_tunes()
    assert list(notes) == notation.COLUMNS and notes.notna().all(axis=None) and len(notes) == 121_239
    assert notes["tune"].unique().tolist() == list(range(1059))
    assert notes.groupby("tune")[["metre", "sharps"]].nunique().eq(1).all(axis=None)
    assert notes["pitch"].between(55, 89).all() and notes["duration"].between(3, 144).all()


def test_fiddle_tunes_fill_their_bars():
    notes = datasets.fiddle_tunes()
    length = notes["metre"].map(notation.BAR)
    after = (notes["place"] + notes["duration"]) % length
    same = notes["tune"] == notes["tune"].shift(-1)
    assert (after == notes["place"].shift(-1))[same].mean() > 0.998
    begin, end = (notes.groupby("tune").nth(k) for k in (0, -1))
    assert (notes["place"] < length).all() and begin["bar"].isin([0, 1]).all()
    assert end["bar"].eq(16).mean() > 0.75  # most have sixteen bars


def test_fiddle_tunes_have_the_notes_of_their_source():
    first = datasets.fiddle_tunes().query("tune == 7").head(8)  # "After the Hare", a reel in A
    assert first["pitch"].tolist() == [64, 69, 73, 69, 76, 69, 73, 69] and first["sharps"].eq(3).all()


# The S&P 500 and the technology stocks


@pytest.mark.parametrize("load", [datasets.sp500, lambda: datasets.technology_stocks().set_index("date")])
def test_prices_of_a_day_lie_between_its_low_and_its_high(load):
    table = load()
    prices = table[["open", "high", "low", "close"]]
    assert prices.notna().all(axis=None) and (prices["low"] > 0).all()
    assert (prices.max(axis=1) == prices["high"]).all() and (prices.min(axis=1) == prices["low"]).all()
    assert (prices["high"] > prices["low"]).all()
    assert set(table.index.day_of_week) == {0, 1, 2, 3, 4}


def test_the_index_has_the_values_of_its_source():
    table = datasets.sp500()
    assert list(table) == ["open", "high", "low", "close"] and len(table) == 8491
    assert table.index.is_monotonic_increasing and table.index.is_unique
    assert table.iloc[0].tolist() == [115.96, 116.82, 115.91, 116.82]
    assert table.iloc[-1].tolist() == [2060.59, 2062.54, 2043.62, 2043.94]
    assert table["close"].pct_change().idxmin() == pd.Timestamp("1987-10-19")


def test_the_index_opens_where_it_closed_the_day_before_until_2006():
    table = datasets.sp500()
    same = (table["open"] == table["close"].shift()).groupby(table.index.year).mean()
    assert same.loc[1998] == pytest.approx(0.98, abs=0.01) and same.loc[2008:2010].max() < 0.05


def test_the_range_of_the_index_fits_its_returns():
    table = datasets.sp500()
    parkinson = np.log(table["high"] / table["low"]) ** 2 / (4 * np.log(2))
    returns = np.log(table["close"]).diff() ** 2
    ratio = parkinson.groupby(table.index.year).mean() / returns.groupby(table.index.year).mean()
    assert ratio.between(0.5, 0.91).all()


def test_the_six_stocks_share_their_days_and_have_the_values_of_their_source():
    table = datasets.technology_stocks()
    assert list(table) == ["symbol", "date", "open", "high", "low", "close"]
    days = table.groupby("symbol")["date"].apply(tuple)
    assert days.index.tolist() == ["AAPL", "AMZN", "GOOG", "META", "NFLX", "NVDA"]
    assert set(days) == {days.iloc[0]} and len(days.iloc[0]) == 2699
    meta = table[table["symbol"] == "META"].set_index("date")
    assert meta.loc["2013-01-02", ["open", "high", "low", "close"]].tolist() == [27.44, 28.18, 27.42, 28.0]
    assert meta["close"].pct_change().min() == pytest.approx(-0.264, abs=0.001)


# Online retail


def test_the_purchases_have_the_values_of_their_source():
    purchases, names = datasets.online_retail()
    assert list(purchases) == ["customer", "time", "item"] and len(purchases) == 385_199
    assert purchases["customer"].nunique() == 5702
    assert purchases.notna().all(axis=None) and purchases["time"].is_monotonic_increasing
    assert purchases.iloc[0].tolist() == [13085, pd.Timestamp("2009-12-01 07:45"), "79323W"]
    assert purchases["time"].iloc[-1] == pd.Timestamp("2011-12-09 12:50")
    assert names["79323W"] == "WHITE CHERRY LIGHTS"


def test_the_catalogue_was_chosen_before_may_2011():
    purchases, names = datasets.online_retail()
    assert len(names) == names.index.nunique() == 500 and names.str.len().gt(0).all()
    early = purchases.loc[purchases["time"] < "2011-05-01", "item"].value_counts()
    assert early.reindex(names.index).is_monotonic_decreasing and early.min() == early.iloc[-1] > 100
    assert set(purchases["item"]) == set(names.index)


def test_the_bike_orders_have_the_values_of_their_source():
    table = datasets.bike_orders()
    assert list(table) == ["customer", "time", "item"] and len(table) == 2466
    assert table["customer"].nunique() == 30 and table["item"].nunique() == 97
    assert table.notna().all(axis=None) and table["time"].is_monotonic_increasing
    assert table.iloc[0].tolist() == ["Ithaca Mountain Climbers", pd.Timestamp("2011-01-07"), "Jekyll Carbon 2"]


# The genomes

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def coding(sequence, features):
    """The bases of every CDS, as they are read."""
    for gene in features[features["kind"] == "CDS"].itertuples():
        bases = sequence[gene.start : gene.end]
        yield bases if gene.strand == 1 else bases.translate(COMPLEMENT)[::-1]


def broken(genes):
    """How many genes are no whole number of codons, hold a stop before their end, or do not end in one."""
    codons = [[gene[i : i + 3] for i in range(0, len(gene), 3)] for gene in genes]
    stops = [[codon in ("TAA", "TAG", "TGA") for codon in gene] for gene in codons]
    return tuple(
        sum(found)
        for found in zip(
            *[(len(s[-1]) < 3, any(t[:-1]), not t[-1]) for s, t in zip(codons, stops, strict=True)], strict=True
        )
    )


def test_the_genes_of_chlamydia_are_read_from_start_to_stop():
    sequence, features = datasets.chlamydia()
    assert (len(sequence), len(features), set(sequence)) == (1_042_519, 941, set("ACGT"))
    genes = list(coding(sequence, features))
    assert len(genes) == 894
    assert broken(genes) == (0, 0, 1)  # the last gene goes on at the beginning of the sequence
    assert sum(gene[:3] in ("ATG", "GTG", "TTG") for gene in genes) == 893


def test_the_genes_of_ecoli_are_read_from_start_to_stop_with_the_known_exceptions():
    sequence, features = datasets.ecoli()
    assert (len(sequence), len(features), set(sequence)) == (4_639_675, 4471, set("ACGT"))
    assert broken(coding(sequence, features)) == (5, 11, 5)


@pytest.mark.parametrize("load", [datasets.chlamydia, datasets.ecoli])
def test_features_lie_on_the_sequence_in_order(load):
    sequence, features = load()
    assert features["start"].is_monotonic_increasing and features["strand"].isin([-1, 1]).all()
    assert (features["end"] > features["start"]).all() and features["end"].max() <= len(sequence)
    assert (features["kind"] == "frameshift").sum() == 1


# The series with anomalies


def test_the_heartbeat_has_one_labelled_anomaly():
    table = datasets.internal_bleeding()
    assert table.shape == (7501, 2) and table.notna().all(axis=None)
    assert table.index[table["is_anomaly"] == 1].tolist() == list(range(4187, 4199))
    assert table["value"].iloc[[0, -1]].tolist() == [63.73215, 70.52612]


def test_the_water_flow_has_the_stretches_that_its_card_names():
    flow = datasets.water_flow()["flow"].tz_convert("Europe/Rome")
    assert len(flow) == 1268 and flow.index.is_monotonic_increasing and flow.index.is_unique
    low = flow < 95
    starts = flow.index[low & ~low.shift(fill_value=False)]
    assert [f"{start:%m-%d %H}" for start in starts] == ["03-24 09", "03-29 09", "04-27 15"]
    assert low.sum() == 44 and f"{flow.idxmax():%m-%d %H}" == "04-03 06"
    assert flow[~low].between(95, 110).all()
    assert (flow.index.to_series().diff() > pd.Timedelta(hours=1)).sum() == 10


# The snippets and the pairs


def test_the_snippets_are_counted_as_their_card_says():
    table = datasets.snippets()
    assert list(table) == ["source", "rating", "text"] and (table["text"].str.len() > 0).all()
    assert table["source"].value_counts().to_dict() == {"movies": 10_605, "tweets": 4_200, "products": 3_708}
    assert table["rating"].between(-4, 4).all()
    clear = table[table["rating"].abs() > 0.5]
    signs = pd.crosstab(clear["source"], clear["rating"] > 0)
    assert signs.loc["movies"].tolist() == [5061, 4982]
    assert signs.loc[["products", "tweets"]].to_numpy().tolist() == [[1218, 1725], [1062, 2300]]
    words = table["text"][table["source"] == "movies"].str.split().str.len()
    assert (words.median(), words.max()) == (18, 51)


def test_the_snippets_have_the_values_of_their_source():
    table = datasets.snippets()
    first = table[table["source"] == "tweets"].iloc[3]
    assert (first["rating"], first["text"]) == (2.8571, "LMAO, AMAZING!")
    assert table["text"].str.contains("clichés").any()
    assert not table["text"].str.contains("  ", regex=False).any()


def test_pairs_of_order_have_the_same_words_and_pairs_of_negation_nearly():
    pairs = datasets.minimal_pairs()
    words = pairs[["positive", "negative"]].map(lambda text: sorted(re.findall(r"[a-z]+", text.lower())))
    same = words["positive"] == words["negative"]
    assert pairs["kind"].value_counts().to_dict() == {"order": 32, "negation": 32}
    assert same.equals(pairs["kind"] == "order")
    for positive, negative in words[~same].itertuples(index=False):
        assert len(set(positive) ^ set(negative)) <= 3, positive
    assert len({*pairs["positive"], *pairs["negative"]}) == 128


# The novels


def test_the_novels_are_whole_from_the_title_to_the_last_line():
    novels = datasets.austen()
    assert list(novels) == sorted(novels) and len(novels) == 6
    assert all(text.upper().startswith(title.upper() + "\n") for title, text in novels.items())
    assert sum(map(len, novels.values())) == 4_025_028
    text = novels["Pride and Prejudice"]
    assert len(set(text)) == 75 and "\r" not in text and "\t" not in text
    assert [line for line in text.split("\n") if line.startswith("Chapter ")][-1] == "Chapter 61"
    assert text.endswith("had been the means of uniting them.\n")


# Pictures with captions


def test_each_figure_has_six_colours_and_no_two_pictures_or_captions_are_alike():
    pictures, table = datasets.emoji()
    assert pictures.shape == (1856, 48, 48, 3) and pictures.dtype == np.uint8 and len(table) == 1856
    assert table["kind"].value_counts().to_dict() == {"person": 1566, "animal or plant": 159, "food": 131}
    people = table[table["kind"] == "person"]
    assert (people.groupby("figure")["tone"].nunique() == 6).all() and people["figure"].nunique() == 261
    assert table["caption"].is_unique and len({picture.tobytes() for picture in pictures}) == 1856


def test_the_captions_of_emoji_are_words_and_name_figure_and_tone():
    _, table = datasets.emoji()
    people = table[table["kind"] == "person"]
    assert people["caption"].str.fullmatch("[a-z]+( [a-z]+)*").all()
    words = people["caption"].str.split()
    assert (words.str.len().min(), words.str.len().max()) == (1, 10) and len(set().union(*words)) == 127
    both = people["figure"].str.split() + people["tone"].str.split()
    assert (words.map(sorted) == both.map(sorted)).all()
    assert "man medium skin tone red hair" in set(people["caption"])


def test_a_darker_tone_is_a_darker_picture():
    pictures, table = datasets.emoji()
    brightness = pd.Series(pictures.mean(axis=(1, 2, 3)), pd.MultiIndex.from_frame(table[["figure", "tone"]]))
    light, dark = (brightness.xs(f"{tone} skin tone", level="tone") for tone in ("light", "dark"))
    assert (light > dark).all()


def test_the_stamps_are_counted_as_their_card_says():
    pictures, table = datasets.stamps()
    assert pictures.shape == (523, 40, 40, 3) and pictures.dtype == np.uint8 and len(table) == 523
    words = table["caption"].str.split()
    assert table["caption"].nunique() == 484 and len(set().union(*words)) == 712
    assert (words.str.len().min(), words.str.len().max()) == (1, 10)
    assert table["kind"].nunique() == 15 and table["kind"].value_counts().iloc[0] == 146
    assert len({picture.tobytes() for picture in pictures}) == 522
