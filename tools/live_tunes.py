"""Export the network that composes tunes in the page of the chapter on music: part of `tools.export_live`.

What the page does in ``_static/live/composer.js``, `Composer` does here, with the same random numbers.
"""

import functools
import io
from unittest.mock import patch

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from lstmbook.notation import BAR
from tools.export_live import FORMATS, assemble, encode, lstm_step, mulberry32, softmax

BARS, AGO, LONGEST = (1, 2, 3, 4, 6, 8, 12, 16), (1, 2, 4, 8, 16), 8
PARTS = ["hidden", "query", "key", "marks", "own", "scores p", "scores d"]
JUDGED = 32  # tunes, with the seeds from 1 on
MEASURES = ("bars again", "same 4 bars ago", "in key", "step", "heard")


@functools.cache
def recipe(chapter: str) -> dict:
    """Run the chapter's cells tagged recipe; the counts, which are not used here, are not fitted."""
    from data.networks.train import names_of

    with patch("keras.Model.fit"):
        return names_of(chapter)


def number_of(layer) -> int:
    """Return the place of a layer among those of its kind, in the order in which they were made."""
    return int(layer.name.rpartition("_")[2]) if "_" in layer.name else 0


def parts_of(names: dict, weights: list[np.ndarray]) -> dict[str, list[np.ndarray]]:
    """Return the weights of the chapter's network by the names of its parts."""
    import keras

    model = names["build_full"](counts=False)
    model.set_weights(weights)
    made = {}
    for kind in (keras.layers.Embedding, keras.layers.LSTM, keras.layers.Dense):
        made[kind] = sorted((layer for layer in model.layers if type(layer) is kind), key=number_of)
    embeddings, (lstm,), dense = made.values()
    parts = {"embeddings": [layer.get_weights()[0] for layer in embeddings], "lstm": lstm.get_weights()}
    parts |= {name: layer.get_weights() for name, layer in zip(PARTS, dense, strict=True)}
    return parts


class Composer:
    """Writes tunes as the page does."""

    def __init__(self, parts: dict, names: dict):
        self.parts, self.sizes = parts, {kind: int(n) for kind, n in names["SIZES"].items()}
        self.pitches, self.durations = names["PITCHES"].tolist(), names["LENGTHS"].tolist()
        self.spots = [[metre, int(place)] for metre, place in names["SPOTS"]]
        self.training = [names["tunes"][i] for i in names["PARTS"]["training"]]
        self.starts = {}  # metre -> place of the first note -> share of the training tunes
        for metre in sorted({tune["metre"] for tune in self.training}):
            first = [int(tune["spot"][0]) for tune in self.training if tune["metre"] == metre]
            spots, counts = np.unique(first, return_counts=True)
            self.starts[metre] = dict(zip(spots.tolist(), (counts / len(first)).round(4).tolist(), strict=True))

    def begin(self, spot: int, bar: int) -> dict:
        units = len(self.parts["lstm"][1])
        states = np.zeros(units), np.zeros(units)
        return {"p": [], "d": [], "spot": [spot], "bar": [bar], "keys": [], "states": states}

    def expect(self, tune: dict) -> tuple[np.ndarray, np.ndarray, float]:
        """Return probabilities of the next pitch and duration, and the share that is copied."""
        parts, now = self.parts, len(tune["p"])
        spot, bar = np.array(tune["spot"]), np.array(tune["bar"])
        match = agreement(tune["p"])
        apart = np.where(spot[:-1] == spot[-1], bar[-1] - bar[:-1], 0)
        last = [tune[kind][-1] if now else -1 for kind in self.sizes]
        then = [np.flatnonzero(apart == bars)[-1:] for bars in AGO]
        step = [*last, spot[-1], bar[-1] % 8, *(tune["p"][j[0]] if len(j) else -1 for j in then)]
        embedded = [table[number + 1] for table, number in zip(parts["embeddings"], step, strict=True)]
        tune["states"] = lstm_step(parts["lstm"], np.concatenate(embedded), *tune["states"])
        h = tune["states"][0]

        marks = [np.ones(now), *(match >= k for k in (1, 2, 3, 4, 6, 8)), *(apart == bars for bars in BARS)]
        marks = np.array([*marks, (apart > 0) & ~np.isin(apart, BARS)], float)
        query = dense(parts["query"], h)
        scores = np.reshape(tune["keys"], (now, len(query))) @ query / 8 + dense(parts["marks"], h) @ marks
        share = softmax(np.concatenate([dense(parts["own"], h), scores]))
        tune["keys"].append(dense(parts["key"], h))

        hidden, found = np.maximum(dense(parts["hidden"], h), 0), []
        for kind in self.sizes:
            p = share[0] * softmax(dense(parts[f"scores {kind}"], hidden))
            np.add.at(p, np.array(tune[kind], int), share[1:])
            found.append(p)
        return *found, 1 - float(share[0])

    def add(self, tune: dict, p: int, d: int) -> None:
        """Write a note into the tune, and where the next one begins."""
        metre, place = self.spots[tune["spot"][-1]]
        time = place + self.durations[d]
        bar = tune["bar"][-1] + time // BAR[metre]
        for name, value in {"p": p, "d": d, "spot": self.place(metre, time), "bar": bar}.items():
            tune[name].append(value)

    def place(self, metre: str, time: int) -> int:
        spot = [metre, time % BAR[metre]]
        return self.spots.index(spot) if spot in self.spots else -1

    def write(self, metre: str, temperature: float, bars: int, seed: int):
        """Yield bar, place, duration, pitch and the share that was copied, note by note."""
        random = mulberry32(seed)
        spot = [*self.starts[metre]][draw(np.array([*self.starts[metre].values()]), next(random))]
        tune = self.begin(spot, 0 if self.spots[spot][1] else 1)
        while tune["bar"][-1] <= bars:
            bar, place = tune["bar"][-1], self.spots[tune["spot"][-1]][1]
            p, d, copied = self.expect(tune)
            p, d = (softmax(np.log(share + 1e-7), temperature) for share in (p, d))
            d = d * [self.place(metre, place + duration) >= 0 for duration in self.durations]
            p, d = (draw(shares / shares.sum(), next(random)) for shares in (p, d))
            self.add(tune, p, d)
            duration = min(self.durations[d], (bars + 1 - bar) * BAR[metre] - place)  # not beyond the last bar
            yield bar, place, duration, self.pitches[p], copied


def dense(arrays, x):
    return x @ arrays[0] + arrays[1]


def draw(probabilities, number):
    found = np.searchsorted(np.cumsum(probabilities), number, side="right")
    return int(min(found, np.flatnonzero(probabilities)[-1]))


def agreement(symbols) -> np.ndarray:
    """Return how many symbols before each place agree with the last ones, 0 to LONGEST."""
    symbols, found = np.array(symbols, int), np.zeros(len(symbols), int)
    left = np.arange(len(symbols))
    for k in range(1, LONGEST + 1):
        left = left[left >= k]
        left = left[symbols[left - k] == symbols[-k]] if len(left) else left
        found[left] = k
    return found


def windows(pitch) -> list[bytes]:
    """Return the steps of each eight notes in a row."""
    return [window.tobytes() for window in sliding_window_view(np.diff(np.asarray(pitch, int)), LONGEST - 1)]


def judge(composer: Composer, tunes: list[list]) -> dict[str, float]:
    """Return what the chapter measures of tunes, as means."""
    heard = {window for tune in composer.training for window in windows(np.array(composer.pitches)[tune["p"]])}
    rows = []
    for tune in tunes:
        bar, place, _, pitch, _ = map(np.array, zip(*tune, strict=True))
        bars = [tuple(zip(place[bar == b], pitch[bar == b], strict=True)) for b in np.unique(bar)]
        played = dict(zip(zip(bar, place, strict=True), pitch, strict=True))
        four = [played.get((b - 4, at), 0) for b, at in zip(bar, place, strict=True)]
        same = [one == p for one, p in zip(four, pitch, strict=True) if one]
        again, in_key = 1 - len({*bars}) / len(bars), np.isin(pitch % 12, [1, 2, 4, 6, 7, 9, 11]).mean()
        step, known = np.abs(np.diff(pitch)).mean(), np.mean([window in heard for window in windows(pitch)])
        rows.append([again, np.mean(same), in_key, step, known])
    return dict(zip(MEASURES, np.mean(rows, axis=0).round(3).tolist(), strict=True))


def change(names, parts, precision, tune) -> float:
    """Return the largest change of a probability along a tune."""
    arrays = iter(encode([array for part in parts.values() for array in part], precision)[2])
    rounded = {name: [next(arrays) for _ in part] for name, part in parts.items()}
    gap = 0.0
    both = [Composer(these, names) for these in (parts, rounded)]
    drafts = [composer.begin(tune[0][0], tune[0][1]) for composer in both]
    for _, _, p, d in tune:
        said = [composer.expect(draft) for composer, draft in zip(both, drafts, strict=True)]
        gap = max([gap, *(np.abs(a - b).max() for a, b in zip(said[0][:2], said[1][:2], strict=True))])
        for composer, draft in zip(both, drafts, strict=True):
            composer.add(draft, p, d)
    return float(f"{gap:.2g}")


def picture(tune: list, metre: str) -> bytes:
    """Draw a tune on staves; a PNG."""
    import matplotlib.figure
    import pandas as pd
    from PIL import Image

    from lstmbook import notation

    table = pd.DataFrame([row[:4] for row in tune], columns=["bar", "place", "duration", "pitch"])
    colors = ["#0b57c5" if row[4] > 0.5 else "black" for row in tune]
    figure, content, small = matplotlib.figure.Figure(figsize=(7, 3.3), dpi=150), io.BytesIO(), io.BytesIO()
    ax = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    notation.staff(table.assign(metre=metre, sharps=2), ax=ax, colors=colors)
    figure.savefig(content, format="png", facecolor="white")
    Image.open(content).convert("RGB").quantize(16).save(small, "png", optimize=True)
    return small.getvalue()


def export(name: str, entry: dict, weights: list[np.ndarray]):
    """Return description, weights and picture of the network that composes."""
    names = recipe(entry["chapter"])
    parts = parts_of(names, weights)
    content, layers, _, decoded = assemble(parts, entry["format"])
    page, example = Composer(decoded, names), entry["example"]
    settings = {key: example[key] for key in ("metre", "temperature", "bars")}
    written = [list(page.write(**settings, seed=seed)) for seed in range(1, JUDGED + 1)]
    tune = list(page.write(**settings, seed=example["seed"]))
    first = page.place(example["metre"], tune[0][1])
    path = [(first, tune[0][0], page.pitches.index(row[3]), page.durations.index(row[2])) for row in tune[:-1]]
    description = {
        "symbols": sum(page.sizes.values()),
        "sizes": {precision: len(assemble(parts, precision)[0]) for precision in FORMATS},
        "differences": {precision: change(names, parts, precision, path) for precision in FORMATS},
        "layers": layers,
        "pitches": page.pitches,
        "durations": page.durations,
        "spots": page.spots,
        "starts": page.starts,
        "example": example | {"tune": [[*map(int, row[:4]), round(row[4], 3)] for row in tune]},
        "measures": judge(page, written),
        "alt": "A tune on a staff that the network wrote; blue notes are those that it mostly copied.",
    }
    return description, content, {f"{name}.png": picture(tune, example["metre"])}
