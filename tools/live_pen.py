"""Export the network that writes by hand in the page of the chapter on handwriting: part of `tools.export_live`.

What the page does in ``_static/live/pen.js``, `Pen` does here, with the same random numbers.
"""

import functools

import numpy as np

from tools.export_live import FORMATS, assemble, lstm_step, mulberry32, softmax, svg

WRITES, ENDS = 0, 2  # what the pen does after a point; 1: it is lifted
LONGEST = 160  # points of a line


def window_step(layer, h, places, text, pace=0.1):
    """One step of the soft window: the new places of the bells, the weight of each character, and what is seen."""
    height, narrow, move = np.split(h @ layer[0] + layer[1], 3)
    places = places + pace * np.exp(move)
    away = places[:, np.newaxis] - np.arange(len(text))
    weights = softmax(height) @ np.exp(-np.exp(narrow)[:, np.newaxis] * away**2)
    return places, weights, weights @ text


def tidy(parameters, bias):
    """Make a mixture surer of itself: raise the likelier Gaussians, and narrow all."""
    scores, *rest = np.split(parameters, 6)
    return np.concatenate([scores * (1 + bias), *rest[:2], *(part - bias for part in rest[2:4]), rest[4]])


def sample_mixture(parameters, random):
    """Draw a move with the random numbers of the page."""
    scores, *blocks = np.split(parameters, 6)
    chosen = draw(softmax(scores), next(random))
    mean_1, mean_2, log_1, log_2, raw = (float(block[chosen]) for block in blocks)
    rho = 0.99 * np.tanh(raw)
    radius, angle = np.sqrt(-2 * np.log(1 - next(random))), 2 * np.pi * next(random)
    z_1, z_2 = radius * np.cos(angle), radius * np.sin(angle)
    second = rho * z_1 + np.sqrt(1 - rho**2) * z_2
    return mean_1 + (np.exp(log_1) + 0.01) * z_1, mean_2 + (np.exp(log_2) + 0.01) * second


def draw(probabilities, number):
    found = np.searchsorted(np.cumsum(probabilities), number, side="right")
    return int(min(found, np.flatnonzero(probabilities)[-1]))


class Pen:
    """Writes lines as the page does."""

    def __init__(self, parts: dict, symbols: str, places: int, n_hands: int):
        self.parts, self.symbols, self.places, self.n_hands = parts, symbols, places, n_hands

    def begin(self, text: str, hand: int) -> dict:
        units, bells = len(self.parts["lstm"][1]), len(self.parts["window"][1]) // 3
        codes = [self.symbols.index(letter) for letter in text.ljust(self.places, self.symbols[0])]
        return {
            "text": np.eye(len(self.symbols))[codes],
            "hand": np.eye(self.n_hands)[hand],
            "states": (np.zeros(units), np.zeros(units)),
            "places": np.zeros(bells),
            "seen": np.zeros(len(self.symbols)),
        }

    def expect(self, line: dict, point) -> np.ndarray:
        """Return six numbers for each Gaussian of the next move, and three scores of what the pen does then."""
        x = np.concatenate([point, line["hand"], line["seen"]])
        line["states"] = lstm_step(self.parts["lstm"], x, *line["states"])
        h = line["states"][0]
        line["places"], line["weights"], line["seen"] = window_step(
            self.parts["window"], h, line["places"], line["text"]
        )
        return np.concatenate([h, line["seen"]]) @ self.parts["pen"][0] + self.parts["pen"][1]

    def write(self, text: str, hand: int, bias: float, seed: int):
        """Yield for each point where the pen is, what it does then, and the weights of the characters."""
        random, line = mulberry32(seed), self.begin(text, hand)
        place, last = np.zeros(2), np.array([0.0, 0.0, 1.0])
        for _ in range(LONGEST):
            numbers = self.expect(line, last)
            move = sample_mixture(tidy(numbers[:-3], bias), random)
            does = draw(softmax(numbers[-3:] * (1 + bias)), next(random))
            place, last = place + move, np.array([*move, float(does != WRITES)])
            yield *place, does, line["weights"]
            if does == ENDS:
                return


def parts_of(weights: list[np.ndarray]) -> dict[str, list[np.ndarray]]:
    """Return the stored weights by the names of the parts: LSTM, window and pen."""
    lstm, window, pen = weights[:3], weights[3:5], weights[5:]
    shapes = [array.shape for array in weights]
    units, bells, outputs = shapes[2][0] // 4, shapes[4][0] // 3, shapes[-1][0]
    wanted = [(lstm[0].shape[0], 4 * units), (units, 4 * units), (4 * units,), (units, 3 * bells), (3 * bells,)]
    if shapes[:5] != wanted or shapes[6:] != [(outputs,)] or outputs % 6 != 3:
        raise ValueError(f"the weights must be those of an LSTM, a window and a pen; got {shapes}")
    return {"lstm": lstm, "window": window, "pen": pen}


def picture(points, text) -> str:
    """Draw a line and, below, where the window lay."""
    at = np.array([point[:2] for point in points]) * 100
    low, high = np.minimum(at.min(axis=0), 0), np.maximum(at.max(axis=0), 100)
    scale = min(400 / (high[0] - low[0]), 120 / (high[1] - low[1]))
    path, begins = "", True
    for (x, y), (_, _, does, _) in zip(at, points, strict=True):
        path += f"{'M' if begins else 'L'}{8 + scale * (x - low[0]):.1f} {10 + scale * (high[1] - y):.1f}"
        begins = does != WRITES
    top = 34 + scale * (high[1] - low[1])
    parts = [f'<path d="{path}" fill="none" stroke="#222" stroke-width="2" stroke-linejoin="round"/>']
    parts.append(f'<text class="small" x="4" y="{top:.0f}">Where the window lay, point by point:</text>')
    step, rows = min(380 / len(points), 6), len(text) + 1
    for u, letter in enumerate([*text, "end"]):
        parts.append(f'<text class="small" x="4" y="{top + 20 + 13 * u:.0f}">{letter}</text>')
        for t, point in enumerate(points):
            if point[3][u] >= 0.05:
                x, y, shade = 30 + step * t, top + 10 + 13 * u, min(point[3][u], 1)
                box = f'<rect x="{x:.1f}" y="{y:.0f}" width="{step:.1f}" height="12"'
                parts.append(f'{box} fill="#0b57c5" fill-opacity="{shade:.2f}"/>')
    return svg(416, round(top + 16 + 13 * rows), parts)


def change(pens, points, text, hand) -> float:
    """Return the largest change along a line: of a mean, of a weight of the window, of the pen's probabilities."""
    lines, last, gap = [pen.begin(text, hand) for pen in pens], np.array([0.0, 0.0, 1.0]), 0.0
    before = np.zeros(2)
    for x, y, does, _ in points:
        one, other = (pen.expect(line, last) for pen, line in zip(pens, lines, strict=True))
        n = (len(one) - 3) // 6
        moves = np.abs((one - other)[n : 3 * n]).max()
        pen = np.abs(softmax(one[-3:]) - softmax(other[-3:])).max()
        gap = max(gap, moves, pen, np.abs(lines[0]["weights"] - lines[1]["weights"]).max())
        last = np.array([x - before[0], y - before[1], float(does != WRITES)])
        before = np.array([x, y])
    return float(f"{gap:.2g}")


@functools.cache
def recipe(chapter: str) -> dict:
    """Run the chapter's cells tagged recipe."""
    from data.networks.train import names_of

    return names_of(chapter)


def export(name: str, entry: dict, weights: list[np.ndarray]):
    """Return description, weights and picture of the network that writes by hand."""
    names = recipe(entry["chapter"])
    symbols, hands, places = names["SYMBOLS"], names["HANDS"], names["PLACES"]
    parts, example = parts_of(weights), entry["example"]
    content, layers, _, decoded = assemble(parts, entry["format"])

    def pen(these):
        return Pen(these, symbols, places, len(hands))

    points = list(pen(decoded).write(**{key: example[key] for key in ("text", "hand", "bias", "seed")}))
    found = {precision: assemble(parts, precision) for precision in FORMATS}
    description = {
        "symbols": symbols,
        "hands": list(hands),
        "numbers": list(hands).index("digits"),
        "places": places,
        "longest": LONGEST,
        "sizes": {precision: len(files[0]) for precision, files in found.items()},
        "differences": {
            precision: change([pen(parts), pen(files[3])], points, example["text"], example["hand"])
            for precision, files in found.items()
        },
        "layers": layers,
        "example": example | {"points": [[round(x, 4), round(y, 4), does] for x, y, does, _ in points]},
        "alt": f"“{example['text']}”, written by the network as by hand, and where its window lay at each point.",
    }
    return description, content, {f"{name}.svg": picture(points, example["text"]).encode()}
