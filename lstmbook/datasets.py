"""The book's data sets, read from its `data` folder and checked against their checksums.

The folder is found beside the package; set the environment variable LSTMBOOK_DATA where it lies elsewhere.
"""

import hashlib
import os
from pathlib import Path

import pandas as pd


def beijing_weather():
    """Hourly weather and fine dust in Beijing, 2010-2014: 43,824 rows, one an hour without gaps.

    - ``temperature``, ``dew_point``: °C
    - ``pressure``: hPa
    - ``wind_direction``: "NW", "NE", "SE" or "calm" (calm and variable), a category
    - ``wind_speed``: m/s, added up over the hours since the wind last changed direction
    - ``snow_hours``, ``rain_hours``: hours of snow or rain in a row so far
    - ``pm2_5``: µg/m³ of fine dust; 2,067 values are missing, no other column has gaps

    Returns
    -------
    DataFrame
        The columns above, indexed by local time.

    Raises
    ------
    FileNotFoundError
        If the file is missing; the message says how to get it back.
    ValueError
        If the file is damaged; likewise.

    Notes
    -----
    Source, licence and how the file was made: ``data/beijing_weather/README.md``.
    """
    path = _checked("beijing_weather", "beijing_weather.csv.gz")
    types = {"wind_direction": "category", "pm2_5": float}
    return pd.read_csv(path, index_col="time", parse_dates=["time"], dtype=types).asfreq("h")


def _checked(name, file):
    """Return the path of a data file whose checksum is right."""
    root = Path(os.environ.get("LSTMBOOK_DATA") or Path(__file__).resolve().parent.parent / "data")
    folder = root / name
    advice = (
        f"Get it back with `git checkout -- data/{name}`, or build it again with `make data`. "
        "If the book's data folder lies elsewhere, set the environment variable LSTMBOOK_DATA to it."
    )
    for path in (folder / file, folder / "SHA256SUMS"):
        if not path.is_file():
            raise FileNotFoundError(f"The data set {name} needs {path}, which does not exist. {advice}")
    found = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    if f"{found}  {file}" not in (folder / "SHA256SUMS").read_text().splitlines():
        raise ValueError(f"{folder / file} is damaged: its checksum is not the one in SHA256SUMS beside it. {advice}")
    return folder / file
