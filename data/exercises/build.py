"""Make exercises.npz from a pinned package. Run from the top folder: python -m data.exercises.build"""

import io
from pathlib import Path

import numpy as np

from data.fetch import read_from_wheel, write_npz

SOURCE = {
    "requirement": "seglearn==1.2.5",
    "sha256": "ec6b952c85c9627050102854b372d85951563d3b990df677d7c55547e87413dd",
    "member": "seglearn/data/watch_dataset.npy",
}

source = np.load(io.BytesIO(read_from_wheel(**SOURCE)), allow_pickle=True).item()
assert source["X_labels"] == ["ax", "ay", "az", "wx", "wy", "wz"]
# By person, exercise and side; sorting is stable, so repetitions keep their order.
order = np.lexsort([source["side"], source["y"], source["subject"]])
recordings = [np.rint(1000 * source["X"][i]).astype("int16") for i in order]
write_npz(
    Path(__file__).with_name("exercises.npz"),
    samples=np.concatenate(recordings),
    lengths=np.array([len(recording) for recording in recordings], dtype="int64"),
    exercises=source["y"][order].astype("int64"),
    people=source["subject"][order].astype("int64"),
    sides=source["side"][order].astype("int64"),
    names=np.array(source["y_labels"]),
)
