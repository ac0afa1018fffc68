"""Make water_flow.csv.gz from a pinned package. Run from the top folder: python -m data.water_flow.build"""

import io
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "river==0.26.1",
    "sha256": "6a11e1a9749beec3ea138efeb0205b2c5cea8d424e9deee306c8980faec01bef",
    "member": "river/datasets/water-flow.csv",
    # One wheel of many, whatever the computer: the table is the same in all.
    "options": ("--platform=manylinux_2_28_x86_64", "--python-version=3.11"),
}

table = pd.read_csv(io.BytesIO(read_from_wheel(**SOURCE)))
table.columns = ["time", "flow"]
assert len(table) == 1268 and pd.to_datetime(table["time"], utc=True).is_monotonic_increasing
write_csv_gz(table, Path(__file__).with_name("water_flow.csv.gz"))
