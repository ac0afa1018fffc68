"""Make fiddle_tunes.csv.gz from a pinned package. Run from the top folder: python -m data.fiddle_tunes.build"""

import quopri
from pathlib import Path

import pandas as pd

from data.fetch import read_many_from_wheel, write_csv_gz
from lstmbook.notation import read_abc

SOURCE = {
    "requirement": "music21==10.5.1",
    "sha256": "dc3309498c4c95cebdf8d4f20c868deb6b63bce1d929cad4f51a7ccc982987b1",
    "members": "music21/corpus/ryansMammoth/*.abc",
}

tables = []
files = read_many_from_wheel(**SOURCE)
for number, name in enumerate(sorted(files)):
    content = files[name]
    if b"=3D" in content:  # a file that went through the mail
        content = quopri.decodestring(content)
    tables.append(read_abc(content.decode("utf-8", "replace")).assign(tune=number))
table = pd.concat(tables)
assert table["tune"].nunique() == 1059
write_csv_gz(table, Path(__file__).with_name("fiddle_tunes.csv.gz"))
