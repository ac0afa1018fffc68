"""Export tunes that networks wrote, for the pages that play them: python -m tools.export_tunes

Writes ``_static/tunes/NAME.json``, titles, notes (time, duration, pitch) and where they stand in the picture, and a
picture of each tune on a staff.
Which tunes, the table TUNES says: always the first that were written, not picked ones.
"""

import io
import json
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from PIL import Image

from lstmbook import datasets, networks, notation

FOLDER = Path(__file__).parent.parent / "_static" / "tunes"
TUNES = {
    "music": [
        ("full", 0, "Full network, tune 1"),
        ("full", 1, "Full network, tune 2"),
        ("counts", 0, "Gated counts, tune 1"),
        ("counts", 1, "Gated counts, tune 2"),
        ("plain LSTM", 0, "Plain LSTM, tune 1"),
        ("real", 0, "Real tune of 1883 with the upbeat of all tunes 1"),
    ]
}


def tables(name: str) -> dict[str, list[pd.DataFrame]]:
    """Return the tunes that a chapter stores, by their writers, and the real ones that they were modelled on."""
    notes = datasets.fiddle_tunes()
    notes["pitch"] += ((2 - notes["sharps"]) * 7 + 5) % 12 - 5
    notes["sharps"] = 2
    found, real = {}, {number: tune for number, tune in notes.groupby("tune")}
    for writer, (run, *_) in networks.load(f"generation/{name}")[1].items():
        if "written tune" not in run:
            continue
        written = pd.DataFrame({k: run[f"written {k}"].astype(int) for k in ("tune", "bar", "place", "p", "d")})
        written["pitch"] = np.unique(notes["pitch"])[written["p"]]
        written["duration"] = np.unique(notes["duration"])[written["d"]]
        numbers = written["tune"].unique()
        found[writer] = [
            written[written["tune"] == i].assign(metre=real[i]["metre"].iloc[0], sharps=2) for i in numbers
        ]
        found["real"] = [real[i][real[i]["bar"] <= 16] for i in numbers]
    return found


def places(figure, ax) -> list[list[float]]:
    """Return where the heads of the notes are, from the left and from the top, as shares of the picture."""
    heads = [line for line in ax.lines if line.get_marker() == "o" and line.get_markersize() > 3]
    at = ax.transData.transform([(line.get_xdata()[0], line.get_ydata()[0]) for line in heads])
    right, up = (at / figure.bbox.size).T
    return np.column_stack([right, 1 - up]).round(4).tolist()


def export(name: str) -> dict[str, bytes]:
    """Return the files of one set of tunes: name -> content."""
    written, entries, files = tables(name), [], {}
    for k, (writer, place, title) in enumerate(TUNES[name]):
        tune = written[writer][place]
        time = tune["duration"].cumsum() - tune["duration"]
        notes = np.column_stack([time, tune["duration"], tune["pitch"]]).tolist()
        figure = matplotlib.figure.Figure(figsize=(7, 3.3), dpi=150)
        ax = notation.staff(tune, ax=figure.add_axes((0.01, 0.01, 0.98, 0.98)))
        entries.append({"title": title, "picture": f"{name}-{k}.png", "notes": notes, "places": places(figure, ax)})
        content = io.BytesIO()
        figure.savefig(content, format="png", facecolor="white")
        small = io.BytesIO()
        Image.open(content).convert("L").quantize(8).save(small, "png", optimize=True)
        files[f"{name}-{k}.png"] = small.getvalue()
    files[f"{name}.json"] = json.dumps(entries, separators=(",", ":")).encode()
    return files


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in TUNES:
        for file, content in export(name).items():
            (FOLDER / file).write_bytes(content)
            print(f"{file}: {len(content):,} bytes")
