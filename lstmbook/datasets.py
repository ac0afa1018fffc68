"""The book's data sets and stored weights, read from its `data` folder and checked against their checksums.

The folder is found beside the package; set the environment variable LSTMBOOK_DATA where it lies elsewhere. The card of
each file tells its source, its licence and how it was made, or how a network was trained and how good it is.

Every function raises FileNotFoundError if its file is missing and ValueError if it is damaged; the message says how to
get it back.
"""

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd


def beijing_weather():
    """Hourly weather and fine dust in Beijing, 2010-2014: 43,824 rows, one an hour without gaps.

    - ``temperature``, ``dew_point``: °C
    - ``pressure``: hPa
    - ``wind_direction``: "NW", "NE", "SE" or "calm" (calm and variable), a category
    - ``wind_speed``: m/s, added up over the hours since the wind last changed direction
    - ``snow_hours``, ``rain_hours``: hours of snow or rain in a row so far
    - ``pm2_5``: µg/m³ of fine dust; 2,067 values are missing, no other column has gaps

    Its card: ``data/beijing_weather/README.md``.

    Returns
    -------
    DataFrame
        The columns above, indexed by local time.
    """
    path = _checked("beijing_weather", "beijing_weather.csv.gz")
    types = {"wind_direction": "category", "pm2_5": float}
    return pd.read_csv(path, index_col="time", parse_dates=["time"], dtype=types).asfreq("h")


def household_power():
    """Hourly electricity use of one house near Paris, 2006-12-16 17:00 to 2010-11-26 21:00: 34,589 rows, one an hour.

    Each value is the mean of the minutes measured in that hour, rounded to three decimals:

    - ``global_active_power``: kW, of the whole house
    - ``global_reactive_power``: kvar, of the whole house (the source says kilowatt)
    - ``voltage``: V
    - ``global_intensity``: A, current into the whole house
    - ``sub_metering_1``, ``sub_metering_2``, ``sub_metering_3``: watt-hours per minute of the kitchen, the laundry
      room, and water heater with air conditioner; 1 Wh per minute is 0.06 kW
    - ``minutes``: number of measured minutes, 0 to 60; at 0 the other columns are missing (421 hours)

    Its card: ``data/household_power/README.md``.

    Returns
    -------
    DataFrame
        The columns above, indexed by the start of the hour.
    """
    path = _checked("household_power", "household_power_hourly.csv.gz")
    return pd.read_csv(path, index_col="time", parse_dates=["time"]).asfreq("h")


def household_power_daily():
    """Daily electricity use of one house near Paris, 2006-12-16 to 2010-11-26: 1,442 rows, one a day without gaps.

    Each value is the sum of the day's minutes; minutes without measurement were first filled with the value 24 hours
    before, as published forecasts of this series do:

    - ``global_active_power``: sum of the minutes' kW; divided by 60 it is the day's energy in kWh
    - ``global_reactive_power``, ``voltage``, ``global_intensity``: sums of the minutes' kvar, V and A
    - ``sub_metering_1``, ``sub_metering_2``, ``sub_metering_3``: Wh of the kitchen, the laundry room, and water heater
      with air conditioner
    - ``sub_metering_4``: Wh of all the rest, ``global_active_power * 1000 / 60`` less the three others
    - ``minutes``: number of measured (not filled) minutes, 0 to 1,440

    The first and the last day are incomplete, 396 and 1,263 minutes, and are not filled up.

    Its card: ``data/household_power/README.md``.

    Returns
    -------
    DataFrame
        The columns above, indexed by day.
    """
    path = _checked("household_power", "household_power_daily.csv.gz")
    return pd.read_csv(path, index_col="time", parse_dates=["time"]).asfreq("D")


def spoken_digits():
    """Recordings of the ten English digits, spoken 50 times each by six people, as cepstral coefficients (MFCC).

    There are 300 recordings of each digit. They lie in the source's order, which is mixed but not thoroughly: shuffle
    before you split. Who speaks is not known.

    Its card: ``data/spoken_digits/README.md``.

    Returns
    -------
    recordings : list of 3,000 arrays of float32, shape (frames, 13)
        13 coefficients for each of 6 to 92 frames.
    digits : array of int, shape (3000,)
        The digits spoken, 0 to 9.
    """
    with np.load(_checked("spoken_digits", "spoken_digits.npz")) as file:
        return np.split(file["frames"], np.cumsum(file["lengths"])[:-1]), file["digits"]


def pendigits():
    """Digits written with a pen on a tablet by 44 people, as eight points of the pen's path: 10,992 digits.

    Each digit is stretched to fill 0 to 100 in both directions. They do not lie in the order of the original files and
    carry no label of the writer: shuffle before you split; a split by writer is impossible.

    Its card: ``data/pendigits/README.md``.

    Returns
    -------
    points : array of float32, shape (10992, 8, 2)
        x (rightwards) and y (upwards) of eight points in the order they were written, whole numbers from 0 to 100.
    digits : array of int, shape (10992,)
        The digits written, 0 to 9.
    """
    with np.load(_checked("pendigits", "pendigits.npz")) as file:
        return file["points"].astype("float32"), file["digits"].astype(int)


def japanese_vowels():
    """Nine men saying the two vowels /ae/ in a row, 640 times in all, as linear prediction (LPC) cepstrum coefficients.

    The utterances are sorted by speaker, in training and in test: shuffle the training set. They are not padded.

    Its card: ``data/japanese_vowels/README.md``.

    Returns
    -------
    train_utterances : list of 270 arrays of float32, shape (frames, 12)
        12 coefficients, without unit, for each of 7 to 26 frames; 30 utterances of each speaker.
    train_speakers : array of int, shape (270,)
        Who speaks, 0 to 8.
    test_utterances : list of 370 arrays of float32, shape (frames, 12)
        The same men, 24 to 88 utterances of each, 7 to 29 frames.
    test_speakers : array of int, shape (370,)
        Who speaks, 0 to 8.
    """
    result = []
    with np.load(_checked("japanese_vowels", "japanese_vowels.npz")) as file:
        for part in ("train", "test"):
            ends = np.cumsum(file[f"{part}_lengths"])
            result += [np.split(file[f"{part}_frames"], ends[:-1]), file[f"{part}_speakers"].astype(int)]
    return tuple(result)


def monthly_winds():
    """Monthly mean winds over the whole globe, January 1982 to December 1992, every 2.5 degrees, to 0.01 m/s.

    Its card: ``data/monthly_winds/README.md``.

    Returns
    -------
    winds : array of float32, shape (132, 73, 144, 2)
        m/s by month, latitude and longitude; on the last axis the wind towards the east (u) and towards the north (v).
        No value is missing.
    months : PeriodIndex of 132 months
        1982-01 to 1992-12.
    latitudes : array of float64, shape (73,)
        Degrees north, from -90 to 90.
    longitudes : array of float64, shape (144,)
        Degrees east, from 20 to 377.5; 360 is Greenwich.
    """
    with np.load(_checked("monthly_winds", "monthly_winds.npz")) as file:
        winds = np.stack([file["east"], file["north"]], axis=-1) / np.float32(100)
        return winds, pd.PeriodIndex(file["months"], freq="M"), file["latitudes"], file["longitudes"]


def chapter_networks(chapter):
    """Weights and losses of networks that a chapter loads, trained by ``data/chapter_networks/train.py``.

    They fit the networks that the chapter builds; the training is the chapter's own code.

    The card: ``data/chapter_networks/README.md``.

    Parameters
    ----------
    chapter : str
        Name of the chapter's notebook, such as "vanilla".

    Returns
    -------
    weights : dict of str to list of lists
        Name of the network -> for the seeds 0, 1, ... arrays of float32 in the order of the model's ``set_weights``.
    losses : dict of str to list of dicts
        Of the same networks, name of the metric -> array of float32, one number an epoch, as in Keras's
        ``History.history``; for "comparison" only "seconds", one number.

    Raises
    ------
    ValueError
        If no networks are stored for such a chapter.
    """
    sums = _data_folder() / "chapter_networks" / "SHA256SUMS"
    # Without the list _checked says what is missing.
    listed = [Path(line.split()[-1]).stem for line in sums.read_text().splitlines()] if sums.is_file() else [chapter]
    if chapter not in listed:
        raise ValueError(f"chapter must be one of {', '.join(listed)}; got {chapter!r}.")
    command = f"python -m data.chapter_networks.train architectures/{chapter}"
    arrays = _by_network_and_seed("chapter_networks", f"{chapter}.npz", command)
    weights = {
        name: [[a for place, a in seed.items() if place.isdigit()] for seed in seeds] for name, seeds in arrays.items()
    }
    losses = {
        name: [{metric: a for metric, a in seed.items() if not metric.isdigit()} for seed in seeds]
        for name, seeds in arrays.items()
    }
    return weights, losses


def addition_weights():
    """Weights of a network that adds two numbers of up to three digits, trained by ``data/addition/train.py``.

    They fit ``models.encoder_decoder(7, 12, 4, 12, units=128, activation="softmax")``, for sums as
    ``problems.addition`` makes them.

    Its card: ``data/addition/README.md``.

    Returns
    -------
    list of 8 arrays of float32, in the order of the model's ``set_weights``.
    """
    with np.load(_checked("addition", "addition.npz", "python -m data.addition.train")) as file:
        return [file[name] for name in file.files]


def moving_digits_weights():
    """Weights of three networks that follow and read a moving digit, trained by ``data/moving_digits/train.py``.

    They fit the CNN-LSTM in one piece of the chapter on CNN-LSTMs, which builds it.

    Its card: ``data/moving_digits/README.md``.

    Returns
    -------
    list of 3 lists, for the seeds 0, 1 and 2, each of 15 arrays of float32 in the order of the model's ``set_weights``.
    """
    with np.load(_checked("moving_digits", "moving_digits.npz", "python -m data.moving_digits.train")) as file:
        return [[file[name] for name in file.files if name.startswith(f"seed{seed}_")] for seed in range(3)]


def spoken_stream_weights():
    """Weights of networks that label every frame of a stream of digits, trained by ``data/spoken_stream/train.py``.

    They fit the networks of the chapter on bidirectional LSTMs, which builds them with ``build_labellers()``.

    Its card: ``data/spoken_stream/README.md``.

    Returns
    -------
    dict of str to list of 3 lists
        Name of the network -> for the seeds 0, 1 and 2, arrays of float32 in the order of the model's ``set_weights``.
    """
    networks = _by_network_and_seed("spoken_stream", "spoken_stream.npz", "python -m data.spoken_stream.train")
    return {name: [list(seed.values()) for seed in seeds] for name, seeds in networks.items()}


def pen_writers():
    """Weights of two networks that write digits with a pen, three of each, trained by ``data/pen_writers/train.py``.

    They fit the LSTM and the network without memory that the chapter on generative LSTMs builds.

    Its card: ``data/pen_writers/README.md``.

    Returns
    -------
    weights : dict of str to list of 3 lists
        "lstm" and "memoryless": for the seeds 0, 1 and 2 the arrays of float32 in the order of the model's
        ``set_weights``, 5 of the LSTM and 6 of the other.
    histories : dict of str to list of 3 dicts
        Of the same networks, "loss" and "val_loss" as Keras's ``History.history`` has them: an array of float32 with
        one loss an epoch, in nats a point, on training and on validation digits.
    """
    weights, histories = {}, {}
    with np.load(_checked("pen_writers", "pen_writers.npz", "python -m data.pen_writers.train")) as file:
        for name in ("lstm", "memoryless"):
            runs = [f"{name}_seed{seed}" for seed in range(3)]
            weights[name] = [[file[key] for key in file.files if key.startswith(f"{run}_w")] for run in runs]
            histories[name] = [dict(zip(("loss", "val_loss"), file[f"{run}_losses"].T, strict=True)) for run in runs]
    return weights, histories


def _by_network_and_seed(name, file, command):
    """Return arrays that are named network/seed/place: network -> list of {place: array}, one for each seed."""
    networks = {}
    with np.load(_checked(name, file, command)) as stored:
        for key in stored.files:
            network, seed, place = key.split("/")
            seeds = networks.setdefault(network, [])
            if int(seed) == len(seeds):
                seeds.append({})
            seeds[-1][place] = stored[key]
    return networks


def _data_folder():
    return Path(os.environ.get("LSTMBOOK_DATA") or Path(__file__).resolve().parent.parent / "data")


def _checked(name, file, command="make data"):
    """Return the path of a data file whose checksum is right; `command` makes the file again."""
    folder = _data_folder() / name
    advice = (
        f"Get it back with `git checkout -- data/{name}`, or make it again with `{command}`. "
        "If the book's data folder lies elsewhere, set the environment variable LSTMBOOK_DATA to it."
    )
    for path in (folder / file, folder / "SHA256SUMS"):
        if not path.is_file():
            raise FileNotFoundError(f"The data set {name} needs {path}, which does not exist. {advice}")
    found = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    if f"{found}  {file}" not in (folder / "SHA256SUMS").read_text().splitlines():
        raise ValueError(f"{folder / file} is damaged: its checksum is not the one in SHA256SUMS beside it. {advice}")
    return folder / file


def architecture_comparison():
    """Scores and seconds of nine networks on three tasks, as the chapter that compares the architectures trained them.

    - ``task``: "household" (a week's electricity), "pen" (which digit was drawn) or "addition" (of three digits)
    - ``model``: one of nine networks; ``units`` and ``parameters``: its size
    - ``part``: "validation" or "test", on which the score was taken
    - ``rate``: highest learning rate; ``seed``: of the random numbers
    - ``score``: kWh, root of the mean squared error (household); else share of right answers, 0 to 1
    - ``seconds``: of processor time in the training, on one core, building the network left out

    Its card: ``data/architecture_comparison/README.md``.

    Returns
    -------
    DataFrame
        The columns above, one row a training.
    """
    command = "python -m data.architecture_comparison.train"
    return pd.read_csv(_checked("architecture_comparison", "results.csv", command))
