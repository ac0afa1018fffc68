"""Make sp500.csv.gz from a pinned package. Run from the top folder: python -m data.sp500.build"""

import io
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "great_tables==1.1.0",
    "sha256": "4e22cd6918d0bb6681d27fca19bb6a73e881b69165e35be303f45cb67824f595",
    "member": "great_tables/data/04-sp500.csv",
}

table = pd.read_csv(io.BytesIO(read_from_wheel(**SOURCE)))
table = table[["date", "open", "high", "low", "close"]].sort_values("date")
# Before, highs and lows are of another kind; on one day, 30 June 1983, all four prices are the same.
table = table[(table["date"] >= "1982-05") & (table["high"] > table["low"])]
assert len(table) == 8491 and not table["date"].duplicated().any() and table.notna().all(axis=None)
write_csv_gz(table.round(2), Path(__file__).with_name("sp500.csv.gz"))
