"""Make japanese_vowels.npz from a pinned package. Run from the top folder: python -m data.japanese_vowels.build"""

from pathlib import Path

import numpy as np

from data.fetch import read_from_wheel, write_npz

SOURCE = {
    "requirement": "sktime==1.2.0",
    "sha256": "dbffc6731d2d683b668dceb5e2bbc5804bebc8446b4c580803a281684d90e4ae",
    "member": "sktime/datasets/data/JapaneseVowels/JapaneseVowels_{}.ts",
}

arrays = {}
for part in ("train", "test"):
    member = SOURCE["member"].format(part.upper())
    text = read_from_wheel(SOURCE["requirement"], SOURCE["sha256"], member).decode()
    # A line is an utterance: twelve coefficients and the speaker, parted by colons; a coefficient, its frames.
    lines = [line.split(":") for line in text.split("@data")[1].split()]
    utterances = [np.array([c.split(",") for c in coefficients], dtype="float32").T for *coefficients, _ in lines]
    assert {a.shape[1] for a in utterances} == {12}
    arrays[f"{part}_frames"] = np.concatenate(utterances)
    arrays[f"{part}_lengths"] = np.array([len(a) for a in utterances], dtype="int64")
    arrays[f"{part}_speakers"] = np.array([int(speaker) - 1 for *_, speaker in lines], dtype="int64")
write_npz(Path(__file__).with_name("japanese_vowels.npz"), **arrays)
