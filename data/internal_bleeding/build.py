"""Make internal_bleeding.csv.gz from a package. Run from the top folder: python -m data.internal_bleeding.build"""

import io
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "aeon==1.6.0",
    "sha256": "d05227086706f80111ac5fee8de4d5d3115bb3bcfd1c786c8629393055816409",
}
FILES = "aeon/datasets/data/KDD-TSAD_135/135_UCR_Anomaly_InternalBleeding16_{}.csv"

test, train = (
    pd.read_csv(io.BytesIO(read_from_wheel(**SOURCE, member=FILES.format(part)))) for part in ("TEST", "TRAIN")
)
assert test["timestamp"].tolist() == list(range(7501)) and train.equals(test.iloc[:1200])
write_csv_gz(test[["value", "is_anomaly"]], Path(__file__).with_name("internal_bleeding.csv.gz"))
