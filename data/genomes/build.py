"""Make chlamydia.npz and ecoli.npz from pinned packages. Run from the top folder: python -m data.genomes.build"""

import gzip
import re
from pathlib import Path

import numpy as np
import pandas as pd

from data.fetch import read_from_deb, write_npz

SOURCES = {
    "chlamydia": {
        "requirement": "r-cran-seqinr=4.2-23-1",
        "sha256": "62aca5d68b8b41182ed2300fee62d62a190b41356723fab5d4506293877d4d9d",
        "member": "usr/lib/R/site-library/seqinr/sequences/ct.gbk.gz",
    },
    "ecoli": {
        "requirement": "cct-examples=1:1.0.3-1",
        "sha256": "d053d802a9a9bb2e25c7b098a53c3dfc4b7de8ffbc521837f1ec8c398d1cd7d2",
        "member": "usr/share/doc/cct/examples/sample_projects/sample_project_3/comparison_genomes/NC_000913.gbk.gz",
    },
}
HERE = Path(__file__).parent


def read_genbank(text: str) -> tuple[str, pd.DataFrame]:
    """Return the bases of a GenBank record, in capitals, and its features, one row each, as they stand in the file."""
    head, origin = text.split("\nORIGIN", 1)
    rows = []
    for feature in re.split(r"\n     (?=\w)", head.split("\nFEATURES", 1)[1])[1:]:
        kind, place = feature.split("\n                     /", 1)[0].split(None, 1)
        places = [int(number) for number in re.findall(r"\d+", place)]
        notes = dict(re.findall(r'/(gene|product)="([^"]*)"', feature))
        row = {
            "kind": "frameshift" if kind == "CDS" and "join" in place else kind,
            "start": min(places) - 1,
            "end": max(places),
            "strand": -1 if "complement" in place else 1,
        }
        rows.append(row | {key: " ".join(notes.get(key, "").split()) for key in ("gene", "product")})
    return re.sub(r"[^a-z]", "", origin).upper(), pd.DataFrame(rows)


for name, source in SOURCES.items():
    bases, features = read_genbank(gzip.decompress(read_from_deb(**source)).decode())
    assert set(bases) <= set("ACGT")
    features = features[features["kind"] != "source"]
    # In the second record each CDS or RNA comes with a "gene" at the same place: only the others are kept.
    alone = ~features.duplicated(["start", "end", "strand"], keep=False) | (features["kind"] != "gene")
    features = features[alone].sort_values(["start", "end", "kind"], kind="stable")
    write_npz(
        HERE / f"{name}.npz",
        bases=np.array(["ACGT".index(base) for base in bases], dtype="uint8"),
        **{column: features[column].to_numpy("int32") for column in ("start", "end", "strand")},
        **{column: features[column].to_numpy("U") for column in ("kind", "gene", "product")},
    )
