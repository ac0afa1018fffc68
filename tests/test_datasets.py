"""lstmbook.datasets and data/: what is in the files, what is said when they are broken, and how they are built.

The rebuilding from the package index is left out unless LSTMBOOK_NETWORK=1 is set.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.fetch import write_csv_gz
from lstmbook import datasets

ROOT = Path(__file__).parent.parent
WEATHER = "beijing_weather.csv.gz"
WAYS_BACK = r"`git checkout -- data/beijing_weather`.*`make data`.*environment variable LSTMBOOK_DATA"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the data folder, which LSTMBOOK_DATA points to; the folder of the weather in it."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.setenv("LSTMBOOK_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "beijing_weather"


@pytest.fixture(scope="module")
def weather():
    return datasets.beijing_weather()


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


@pytest.mark.parametrize("file", [WEATHER, "SHA256SUMS"])
def test_a_missing_file_is_named_with_the_ways_back(copy, file):
    (copy / file).unlink()
    message = f"^The data set beijing_weather needs .*{file}, which does not exist. Get it back with {WAYS_BACK}"
    with pytest.raises(FileNotFoundError, match=message) as error:
        datasets.beijing_weather()
    assert str(copy / file) in str(error.value)


def test_a_folder_that_does_not_exist_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("LSTMBOOK_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="LSTMBOOK_DATA") as error:
        datasets.beijing_weather()
    assert str(tmp_path / "nowhere") in str(error.value)


@pytest.mark.parametrize("position", [0, 1000, -1])
def test_one_flipped_byte_is_noticed(copy, position):
    content = bytearray((copy / WEATHER).read_bytes())
    content[position] ^= 1
    (copy / WEATHER).write_bytes(content)
    message = (
        rf"{WEATHER} is damaged: its checksum is not the one in SHA256SUMS beside it\. Get it back with {WAYS_BACK}"
    )
    with pytest.raises(ValueError, match=message) as error:
        datasets.beijing_weather()
    assert str(error.value).startswith(str(copy / WEATHER))


@pytest.mark.parametrize("sums", ["", "0" * 64 + f"  {WEATHER}\n"], ids=["empty", "another"])
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


@pytest.mark.skipif(os.environ.get("LSTMBOOK_NETWORK") != "1", reason="downloads; set LSTMBOOK_NETWORK=1")
def test_the_weather_is_built_again_byte_for_byte(copy):
    for file in (WEATHER, "SHA256SUMS"):
        (copy / file).unlink()
    subprocess.run([sys.executable, "-m", "data.beijing_weather.build"], cwd=copy.parent.parent, check=True)
    for file in (WEATHER, "SHA256SUMS"):
        assert (copy / file).read_bytes() == (ROOT / "data" / "beijing_weather" / file).read_bytes(), file
