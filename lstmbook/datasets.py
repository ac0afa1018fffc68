"""The book's data sets, read from its `data` folder and checked against their checksums.

The folder is found beside the package; set the environment variable LSTMBOOK_DATA where it lies elsewhere. The card of
each file tells its source, its licence and how it was made.

Every function raises FileNotFoundError if its file is missing, PermissionError if it must not be read and ValueError if
it is damaged; the message says how to get it back.
"""

import bz2
import hashlib
import json
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

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.beijing_weather().shape
    (43824, 8)
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

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.household_power().shape
    (34589, 8)
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

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.household_power_daily().shape
    (1442, 9)
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

    Examples
    --------
    >>> from lstmbook import datasets
    >>> recordings, digits = datasets.spoken_digits()
    >>> len(recordings), recordings[0].shape, digits.shape
    (3000, (14, 13), (3000,))
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

    Examples
    --------
    >>> from lstmbook import datasets
    >>> points, digits = datasets.pendigits()
    >>> points.shape, digits.shape
    ((10992, 8, 2), (10992,))
    """
    with np.load(_checked("pendigits", "pendigits.npz")) as file:
        return file["points"].astype("float32"), file["digits"].astype(int)


def single_line_hands():
    """The letters a-z and A-Z in four hands, drawn as paths of a pen: 3,982 points of 208 letters.

    They are drawings of letters from single-line fonts, not recordings of writers: each letter exists once in a hand.

    Its card: ``data/single_line_hands/README.md``.

    Returns
    -------
    DataFrame
        A row for each point, in the order of writing: hand ("Allure", "Elfin", "Felix" or "Tech"), letter, advance
        (where the next letter begins), stroke (from 0), x (rightwards) and y (upwards), in 1/1000 em.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> letters = datasets.single_line_hands()
    >>> letters.shape, letters["hand"].unique().tolist()
    ((3982, 6), ['Allure', 'Elfin', 'Felix', 'Tech'])
    """
    return pd.read_csv(_checked("single_line_hands", "letters.csv.gz"), keep_default_na=False)


def kanji():
    """Kanji of at most eight strokes, drawn as paths of a pen: 44,866 points of 1,320 characters.

    They are drawings with the usual order of strokes, not recordings of writers: one of each character. From KanjiVG,
    copyright Ulrich Apel, under the licence CC BY-SA 3.0.

    Its card: ``data/kanji/README.md``.

    Returns
    -------
    DataFrame
        A row for each point, in the order of writing: character, stroke (from 0), x (rightwards) and y (upwards), both
        between 0 and 109. The points of a stroke are equally far apart.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> kanji = datasets.kanji()
    >>> kanji.shape, kanji["character"].nunique()
    ((44866, 4), 1320)
    """
    return pd.read_csv(_checked("kanji", "kanji.csv.gz"), keep_default_na=False)


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

    Examples
    --------
    >>> from lstmbook import datasets
    >>> train_utterances, train_speakers, test_utterances, test_speakers = datasets.japanese_vowels()
    >>> len(train_utterances), train_utterances[0].shape, test_speakers.shape
    (270, (20, 12), (370,))
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

    Examples
    --------
    >>> from lstmbook import datasets
    >>> winds, months, latitudes, longitudes = datasets.monthly_winds()
    >>> winds.shape, str(months[0]), latitudes.shape, longitudes.shape
    ((132, 73, 144, 2), '1982-01', (73,), (144,))
    """
    with np.load(_checked("monthly_winds", "monthly_winds.npz")) as file:
        winds = np.stack([file["east"], file["north"]], axis=-1) / np.float32(100)
        return winds, pd.PeriodIndex(file["months"], freq="M"), file["latitudes"], file["longitudes"]


def births():
    """Births a day in the 50 states of the USA and the District of Columbia, 1969 to 1988: 7,305 days without gaps.

    Its card: ``data/births/README.md``.

    Returns
    -------
    DataFrame
        Counts by date (rows) and state ("AK" to "WY", columns).

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.births().shape
    (7305, 51)
    """
    return pd.read_csv(_checked("births", "births.csv.gz"), index_col="date", parse_dates=["date"]).asfreq("D")


def exercises():
    """Ten people doing seven shoulder exercises with a watch on the wrist, left and right: 140 recordings, 50 Hz.

    Its card: ``data/exercises/README.md``.

    Returns
    -------
    recordings : list of 140 arrays of float32, shape (samples, 6)
        947 to 2,618 samples of acceleration (g, three axes) and rate of turn (rad/s, three axes).
    exercises : array of int, shape (140,)
        Which exercise, 0 to 6; a position in `names`.
    people : array of int, shape (140,)
        Who, 1 to 10; the recordings are sorted by person.
    names : list of 7 str
        "PEN" (pendulum), "ABD" (abduction), "FEL" (forward elevation), "IR", "ER" (internal and external rotation),
        "TRAP" (trapezius extension), "ROW" (upright row).

    Examples
    --------
    >>> from lstmbook import datasets
    >>> recordings, exercises, people, names = datasets.exercises()
    >>> len(recordings), recordings[0].shape, names[exercises[0]], int(people[0])
    (140, (1489, 6), 'PEN', 1)
    """
    with np.load(_checked("exercises", "exercises.npz")) as file:
        recordings = np.split(file["samples"] / np.float32(1000), np.cumsum(file["lengths"])[:-1])
        return recordings, file["exercises"].astype(int), file["people"].astype(int), file["names"].tolist()


def pronunciations():
    """English words of 3 to 10 letters and their sounds: 106,317 words from the CMU Pronouncing Dictionary.

    - ``word``: lower-case letters a to z
    - ``sounds``: 39 kinds of ARPAbet signs, parted by spaces, without stress

    Its card: ``data/pronunciations/README.md``.

    Returns
    -------
    DataFrame
        The columns above, in alphabetical order.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.pronunciations().set_index("word").loc["cabbage", "sounds"]
    'K AE B AH JH'
    """
    # "nan" and "null" are words.
    return pd.read_csv(_checked("pronunciations", "pronunciations.csv.gz"), keep_default_na=False)


def sp500():
    """The American share index S&P 500 on 8,491 trading days, May 1982 to 2015.

    - ``open``, ``high``, ``low``, ``close``: index points; until about 2006 ``open`` is mostly the close of the day
      before

    Its card: ``data/sp500/README.md``.

    Returns
    -------
    DataFrame
        The columns above, indexed by day.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> float(datasets.sp500()["close"].iloc[-1])
    2043.94
    """
    return pd.read_csv(_checked("sp500", "sp500.csv.gz"), index_col="date", parse_dates=["date"])


def technology_stocks():
    """Prices of six American shares on 2,699 trading days, January 2013 to September 2023: 16,194 rows.

    - ``symbol``: "AAPL", "AMZN", "GOOG", "META", "NFLX" or "NVDA"
    - ``date``: trading day
    - ``open``, ``high``, ``low``, ``close``: US dollars, adjusted for splits of the shares

    Its card: ``data/technology_stocks/README.md``.

    Returns
    -------
    DataFrame
        The columns above, one share below the other.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.technology_stocks().groupby("symbol").size().to_dict()["NVDA"]
    2699
    """
    return pd.read_csv(_checked("technology_stocks", "technology_stocks.csv.gz"), parse_dates=["date"])


def online_retail():
    """Purchases of 5,702 customers of a British online shop, December 2009 to December 2011: 385,199 rows.

    - ``customer``: number of the customer
    - ``time``: when the invoice was written, local time, to the minute
    - ``item``: code of the item, one of 500

    Rows of one invoice share their time; their order is that of the source. Its card:
    ``data/online_retail/README.md``.

    Returns
    -------
    purchases : DataFrame
        The columns above, sorted by time.
    names : Series of str
        What the shop calls an item, indexed by its code; the most often bought before May 2011 comes first.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> purchases, names = datasets.online_retail()
    >>> names.iloc[0]
    'WHITE HANGING HEART T-LIGHT HOLDER'
    """
    with np.load(_checked("online_retail", "online_retail.npz")) as file:
        names = pd.Series(
            file["names"].astype(object), pd.Index(file["codes"].astype(object), name="item"), name="name"
        )
        time = pd.Timestamp("2009-12-01") + pd.to_timedelta(file["minute"], unit="min")
        columns = {"customer": file["customer"].astype(int), "time": time, "item": names.index[file["item"]]}
        return pd.DataFrame(columns), names


def bike_orders():
    """Invented orders of 30 bicycle shops, January to December 2011: 2,466 lines.

    - ``customer``: name of the shop
    - ``time``: day of the order
    - ``item``: model of the bicycle, one of 97

    Its card: ``data/bike_orders/README.md``.

    Returns
    -------
    DataFrame
        The columns above, in the order of time.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> int(datasets.bike_orders()["item"].nunique())
    97
    """
    return pd.read_csv(_checked("bike_orders", "bike_orders.csv.gz"), parse_dates=["time"])


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

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.architecture_comparison().shape
    (230, 9)
    """
    command = "python -m data.architecture_comparison.train"
    return pd.read_csv(_checked("architecture_comparison", "results.csv", command))


def fiddle_tunes():
    """1,059 fiddle tunes of a collection of 1883, as notes: 121,239 rows.

    - ``tune``: number of the tune, 0 to 1058
    - ``metre``: "4/4", "6/8", "9/8" or "12/8"; tunes in 2/4 are counted like 4/4 with twice as long notes
    - ``sharps``: of the key; flats are negative
    - ``bar``: 0 for an upbeat at the beginning, then from 1 on; repeats are not played
    - ``place``: in the bar, in units of which an eighth note has 12
    - ``duration``: until the next note begins, in the same units
    - ``pitch``: MIDI number, 60 is middle C, one a semitone

    Its card: ``data/fiddle_tunes/README.md``.

    Returns
    -------
    DataFrame
        The columns above, one row a note, in the order in which they are played.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> notes = datasets.fiddle_tunes()
    >>> notes.loc[notes["tune"] == 7, "pitch"].tolist()[:8]
    [64, 69, 73, 69, 76, 69, 73, 69]
    """
    return pd.read_csv(_checked("fiddle_tunes", "fiddle_tunes.csv.gz"))


def internal_bleeding():
    """Some forty heartbeats, most likely of a pig, as one curve with one labelled anomaly: 7,501 rows.

    - ``value``: no unit is stated
    - ``is_anomaly``: 1 at rows 4187 to 4198, else 0

    Its card: ``data/internal_bleeding/README.md``.

    Returns
    -------
    DataFrame
        The columns above, one row a time step.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.internal_bleeding()["is_anomaly"].sum().item()
    12
    """
    return pd.read_csv(_checked("internal_bleeding", "internal_bleeding.csv.gz"))


def water_flow():
    """Hourly water flow through a branch of a pipeline, 2022-03-20 to 2022-05-16: 1,268 rows, some hours are missing.

    Its card: ``data/water_flow/README.md``.

    Returns
    -------
    DataFrame
        ``flow`` in litres a second, indexed by time in UTC.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.water_flow()["flow"].median().item()
    102.34
    """
    table = pd.read_csv(_checked("water_flow", "water_flow.csv.gz"))
    return table.assign(time=pd.to_datetime(table["time"], utc=True)).set_index("time")


def chlamydia():
    """The genome of *Chlamydia trachomatis* D/UW-3/CX: 1,042,519 bases and what is written on them, 941 features.

    - ``kind``: "CDS" (codes for a protein), "tRNA", "rRNA", "misc_RNA", "frameshift" (two frames) and "rep_origin"
    - ``start``, ``end``: place in `sequence`, from 0, the end not included: ``sequence[start:end]``
    - ``strand``: 1, or -1 where it is read backwards on the other strand, whose bases are the complements
    - ``gene``, ``product``: its name and what it makes, "" where the source says nothing

    Its card: ``data/genomes/README.md``.

    Returns
    -------
    sequence : str
        Of the letters A, C, G and T.
    features : DataFrame
        The columns above, sorted by place.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> sequence, features = datasets.chlamydia()
    >>> features[["kind", "start", "end", "strand", "gene"]].iloc[2:3]
      kind  start   end  strand  gene
    2  CDS   1793  2096       1  gatC
    >>> len(sequence), sequence[1793:1805]  # where this gene begins
    (1042519, 'ATGACAGAGTCA')
    """
    return _genome("chlamydia")


def ecoli():
    """The genome of *Escherichia coli* K-12 MG1655: 4,639,675 bases and what is written on them, 4,471 features.

    The columns are those of `chlamydia`. Further kinds: "repeat_region", "misc_feature" and "gene", here genes that
    code for nothing the source describes. Its card: ``data/genomes/README.md``.

    Returns
    -------
    sequence : str
        Of the letters A, C, G and T.
    features : DataFrame
        Sorted by place.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> sequence, features = datasets.ecoli()
    >>> len(sequence), int((features["kind"] == "CDS").sum())
    (4639675, 4253)
    """
    return _genome("ecoli")


def snippets():
    """Short texts and how people rated them: 10,605 snippets of film reviews, 3,708 of product reviews, 4,200 tweets.

    - ``source``: "movies", "products" or "tweets"
    - ``rating``: mean of the ratings of fifteen people or more, from -4, extremely negative, over 0, neutral, to 4,
      extremely positive
    - ``text``: one sentence or a few; names of users of the tweets are replaced by "@anonymous"

    Its card: ``data/sentiment/README.md``.

    Returns
    -------
    DataFrame
        The columns above, in the order of the source.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> print(datasets.snippets()["text"][2])
    Effective but too tepid biopic
    """
    return pd.read_csv(_checked("sentiment", "snippets.csv.gz"), keep_default_na=False)


def minimal_pairs():
    """Sixty-four pairs of sentences about films that differ by little and mean the opposite.

    - ``kind``: "order", the same words in another order, or "negation", one or two words more or others
    - ``positive``, ``negative``: the two sentences

    They were written for this book. Their card: ``data/sentiment/README.md``.

    Returns
    -------
    DataFrame
        The columns above, 32 rows of each kind.

    Examples
    --------
    >>> from lstmbook import datasets
    >>> datasets.minimal_pairs().iloc[0].tolist()
    ['order', 'It is good, not bad.', 'It is bad, not good.']
    """
    return pd.read_csv(_checked("sentiment", "minimal_pairs.csv.gz"))


def _genome(name):
    with np.load(_checked("genomes", f"{name}.npz")) as file:
        columns = ("kind", "start", "end", "strand", "gene", "product")
        features = pd.DataFrame({column: file[column] for column in columns}).astype(dict.fromkeys(columns[1:4], int))
        return np.frombuffer(b"ACGT", "uint8")[file["bases"]].tobytes().decode(), features


def _data_folder():
    return Path(os.environ.get("LSTMBOOK_DATA") or Path(__file__).resolve().parent.parent / "data")


def _ways_back(name, command):
    return (
        f"Get it back with `git checkout -- data/{name}`, or make it again with `{command}`. "
        "If the book's data folder lies elsewhere, set the environment variable LSTMBOOK_DATA to it."
    )


def _read(path, name, command):
    """Return the content of a file of a data set; `command` makes the file again."""
    try:
        return path.read_bytes()
    except PermissionError as error:
        message = f"The data set {name} needs {path}, which may not be read: change its permissions (`chmod +r`)."
        raise PermissionError(message) from error
    except OSError as error:
        message = f"The data set {name} needs {path}, which does not exist. {_ways_back(name, command)}"
        raise FileNotFoundError(message) from error


def _sums(name, command="make data"):
    """Return file -> checksum, as SHA256SUMS of a data set has them."""
    text = _read(_data_folder() / name / "SHA256SUMS", name, command).decode(errors="replace")
    lines = (line.split(maxsplit=1) for line in text.splitlines())
    return {line[1]: line[0] for line in lines if len(line) == 2}


def _checked(name, file, command="make data"):
    """Return the path of a data file whose checksum is right; `command` makes the file again."""
    path = _data_folder() / name / file
    found = hashlib.sha256(_read(path, name, command)).hexdigest()
    if _sums(name, command).get(file) != found:
        message = f"{path} is damaged: its checksum is not the one in SHA256SUMS of its folder."
        raise ValueError(f"{message} {_ways_back(name, command)}")
    return path


def austen():
    """The six novels of Jane Austen: 4,025,028 characters, as Project Gutenberg's volunteers typed them.

    Its card: ``data/austen/README.md``.

    Returns
    -------
    dict
        Title -> text, a str with line breaks, in the order of the titles: "Emma", "Mansfield Park", "Northanger Abbey",
        "Persuasion", "Pride and Prejudice" and "Sense and Sensibility".

    Examples
    --------
    >>> from lstmbook import datasets
    >>> text = datasets.austen()["Pride and Prejudice"]
    >>> len(text), text[51:90]
    (684768, 'It is a truth universally acknowledged,')
    """
    return json.loads(bz2.decompress(_checked("austen", "novels.json.bz2").read_bytes()))


def emoji():
    """Small pictures of people with captions, and others of animals, plants and food: 1,856 emoji, 48 by 48 pixels.

    Their card: ``data/emoji/README.md``.

    Returns
    -------
    pictures : array of uint8, shape (1856, 48, 48, 3)
        Red, green and blue from 0 to 255, on white.
    table : DataFrame, one row a picture
        ``caption``: words in small letters, such as "woman pilot medium skin tone"; ``figure``: the caption without the
        skin tone, "woman pilot"; ``tone``: the skin tone, "medium skin tone", or "" where the caption names none (the
        picture is yellow then); ``kind``: "person", "animal or plant" or "food".

    Examples
    --------
    >>> from lstmbook import datasets
    >>> pictures, table = datasets.emoji()
    >>> table["kind"].value_counts().to_dict()
    {'person': 1566, 'animal or plant': 159, 'food': 131}
    """
    with np.load(_checked("emoji", "emoji.npz")) as file:
        columns = ("caption", "figure", "tone", "kind")
        return file["pictures"], pd.DataFrame({name: file[name].astype(object) for name in columns})


def stamps():
    """Pictures of things, many of them photographs, with a caption each: 523 of 40 by 40 pixels, on white.

    Their card: ``data/stamps/README.md``.

    Returns
    -------
    pictures : array of uint8, shape (523, 40, 40, 3)
        Red, green and blue from 0 to 255.
    table : DataFrame, one row a picture
        ``caption``: one to ten words in small letters; ``kind``: one of fifteen, such as "animals" or "vehicles".

    Examples
    --------
    >>> from lstmbook import datasets
    >>> pictures, table = datasets.stamps()
    >>> table["caption"].nunique()
    484
    """
    with np.load(_checked("stamps", "stamps.npz")) as file:
        return file["pictures"], pd.DataFrame({name: file[name].astype(object) for name in ("caption", "kind")})
