"""Export stored networks for the pages in which they run: python -m tools.export_live [NAME ...]

Writes ``_static/live/NAME.bin``, the weights, ``NAME.json``, what the page has to know of them, and a picture that
stands in the page before the network is started. The table LIVE says which networks these are.
"""

import hashlib
import json
import sys
from html import escape
from importlib import import_module
from itertools import islice
from pathlib import Path
from textwrap import wrap

import numpy as np

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "_static" / "live"
FORMATS = ("float16", "int8")

# Name in the page -> the stored network and how it is shown there:
# - "chapter", "network", "seed": where `lstmbook.networks.load` finds it, the seed counted from 0;
# - "vocabulary": its symbols in the order of their numbers, or {"name": ...}, the name that the chapter's cells tagged
#   recipe give to them;
# - "format": "float16", or "int8" where the table in the appendix says that it loses next to nothing;
# - "example": for the demonstration "gates" a sequence of symbols and the units to show; for "writer" a beginning,
#   temperature, top_k, nucleus, seed and length, with which the page opens, and "start", what is read before any
#   beginning;
# - "by", for networks of another make: the module that exports them, and what else this module wants.
LIVE = {
    "echo": {
        "chapter": "architectures/vanilla",
        "network": "LSTM",
        "seed": 0,
        "vocabulary": "0123456789",
        "format": "float16",
        "example": {"digits": "4703391582", "units": 8},
    },
    "text": {
        "chapter": "generation/text",
        "network": "novel",
        "seed": 0,
        "vocabulary": {"name": "symbols"},
        "format": "float16",
        "example": {"beginning": "Elizabeth looked at", "start": "\n", "temperature": 0.6, "seed": 1, "length": 400},
    },
    "fiddle": {
        "chapter": "generation/music",
        "network": "without counts",
        "seed": 0,
        "format": "float16",
        "by": "tools.live_tunes",
        "example": {"metre": "4/4", "temperature": 0.95, "bars": 16, "seed": 1},
    },
    "hand": {
        "chapter": "generation/handwriting",
        "network": "writer",
        "seed": 0,
        "format": "float16",
        "by": "tools.live_pen",
        "example": {"text": "window", "hand": 0, "bias": 1.0, "seed": 1},
    },
    "people": {
        "chapter": "generation/image_captions",
        "network": "attention",
        "seed": 0,
        "format": "float16",
        "by": "tools.live_captions",
        "pictures": {"colour, test": 12, "figure, test": 8},  # drawn at random
        "example": {"picture": 0},
    },
}

# The weights


def layers_of(weights: list[np.ndarray], n_symbols: int | None = None) -> list[dict]:
    """Tell from the shapes of a model's weights which layers they belong to.

    These can be an embedding or none (then the symbols are one-hot), LSTM layers with Keras's usual activations, and
    one dense layer whose outputs go through a softmax.
    """
    layers, rest, size = [], list(weights), n_symbols or len(weights[0])
    while rest:
        shapes = [array.shape for array in rest[:3]]
        n = shapes[1][0] if len(shapes) == 3 and len(shapes[1]) == 2 else None
        if n and shapes == [(size, 4 * n), (n, 4 * n), (4 * n,)]:
            layer, size = {"kind": "lstm", "arrays": rest[:3]}, n
        elif len(shapes) == 2 and shapes == [(size, *shapes[1]), shapes[1]]:
            layer, size = {"kind": "dense", "arrays": rest[:2]}, shapes[1][0]
        elif not layers and shapes[0][0] == size and len(shapes[0]) == 2:
            layer, size = {"kind": "embedding", "arrays": rest[:1]}, shapes[0][1]
        else:
            raise ValueError(
                f"the weights must be those of an embedding of {len(weights[0])} symbols or none, of LSTM layers one "
                f"on top of the other, and of one dense layer; got {', '.join(str(w.shape) for w in weights)}"
            )
        layers.append(layer)
        rest = rest[len(layer["arrays"]) :]
    return layers


def encode(weights: list[np.ndarray], precision: str) -> tuple[bytes, list[dict], list[np.ndarray]]:
    """Return the file, where in it each array is, and the arrays as the page will decode them.

    Float16 rounds to 11 binary digits. Int8 rounds each column of a matrix to 255 steps between minus and plus its
    largest weight; biases, which are few, stay float16.
    """
    content, places, decoded = b"", [], []
    for array in weights:
        place = {"shape": list(array.shape), "format": precision if array.ndim == 2 else "float16"}
        if place["format"] == "int8":
            scales = np.maximum(np.abs(array).max(axis=0), 1e-12).astype("<f4") / np.float32(127)
            values = np.rint(array / scales).astype("<i1")
            place["scales"] = len(content)
            content += scales.tobytes()
            decoded.append((values * scales).astype("float32"))
        else:
            values = array.astype("<f2")
            decoded.append(values.astype("float32"))
        place["at"] = len(content)
        content += values.tobytes()
        content += bytes(-len(content) % 4)  # a typed array of numbers of four bytes begins at a multiple of four
        places.append(place)
    return content, places, decoded


def assemble(parts: dict[str, list], precision: str, data: dict | None = None) -> tuple[bytes, list, dict, dict]:
    """Return a file with the named parts of a network, and with arrays of whole numbers behind them.

    Also: where in it each part is, where each array is, and the parts as the page will decode them.
    """
    content, places, decoded = encode([array for part in parts.values() for array in part], precision)
    at, rounded = iter(places), iter(decoded)
    layers = [{"name": name, "arrays": [next(at) for _ in part]} for name, part in parts.items()]
    decoded = {name: [next(rounded) for _ in part] for name, part in parts.items()}
    found = {}
    for name, values in (data or {}).items():
        kind = values.astype(values.dtype.newbyteorder("<"))
        found[name] = {"shape": list(values.shape), "format": values.dtype.name, "at": len(content)}
        content += kind.tobytes()
        content += bytes(-len(content) % 4)
    return content, layers, found, decoded


# The network, and how it writes: the same as in _static/live/lstm.js


class Network:
    """Reads symbols one by one and gives a score for each possible answer."""

    def __init__(self, weights: list[np.ndarray], vocabulary: list[str]):
        from lstmbook.cell import LSTMCell  # not at the top: it needs Keras

        self.layers, self.vocabulary = layers_of(weights, len(vocabulary)), vocabulary
        for layer in self.layers:
            if layer["kind"] == "lstm":
                layer["cell"] = LSTMCell(*layer["arrays"])

    def read(self, symbols, states=None):
        """Return the scores after each symbol, the states after the last, and all that the first LSTM layer did."""
        x = np.eye(len(self.vocabulary))[np.asarray(symbols, int)]
        after, record = [], None
        for layer in self.layers:
            arrays = layer["arrays"]
            if layer["kind"] == "lstm":
                h, c, gates = layer["cell"].forward(x[np.newaxis], states and states[len(after)])
                after.append((h[:, -1], c[:, -1]))
                record = record or {name: values[0] for name, values in {**gates, "cell state": c}.items()}
                x = h[0]
            else:
                x = x @ arrays[0] if layer["kind"] == "embedding" else x @ arrays[0] + arrays[1]
        return x, after, record


def lstm_step(arrays, x, h, c):
    """One step of an LSTM layer; the new states."""
    kernel, recurrent_kernel, bias = arrays
    i, f, candidate, o = np.split(x @ kernel + h @ recurrent_kernel + bias, 4)
    c = c / (1 + np.exp(-f)) + np.tanh(candidate) / (1 + np.exp(-i))
    return np.tanh(c) / (1 + np.exp(-o)), c


def softmax(scores, temperature=1.0):
    if temperature == 0:
        return np.eye(len(scores))[np.argmax(scores)]
    weights = np.exp((scores - scores.max()) / temperature)
    return weights / weights.sum()


def cut(probabilities, top_k=None, nucleus=1.0):
    """Keep the `top_k` likeliest, and of these the fewest that make up the share `nucleus`."""
    order = np.argsort(-probabilities, kind="stable")[:top_k]
    n_kept = 1 + np.searchsorted(np.cumsum(probabilities[order]), nucleus)
    kept = np.zeros_like(probabilities)
    kept[order[:n_kept]] = probabilities[order[:n_kept]]
    return kept / kept.sum()


def mulberry32(seed):
    """Yield random numbers from 0 to 1, those that the page draws from the same seed."""
    low = 2**32 - 1
    state = seed & low
    while True:
        state = (state + 0x6D2B79F5) & low
        t = ((state ^ state >> 15) * (state | 1)) & low
        t ^= (t + (t ^ t >> 7) * (t | 61)) & low
        yield ((t ^ t >> 14) & low) / 2**32


def write(network, beginning, seed, temperature=1.0, top_k=None, nucleus=1.0, start=""):
    """Yield the number of each next symbol and what it was drawn from."""
    random = mulberry32(seed)
    scores, states, _ = network.read([network.vocabulary.index(letter) for letter in start + beginning])
    while True:
        kept = cut(softmax(scores[-1], temperature), top_k, nucleus)
        symbol = min(np.searchsorted(np.cumsum(kept), next(random), side="right"), np.flatnonzero(kept)[-1])
        yield int(symbol), kept
        scores, states, _ = network.read([symbol], states)


# The pictures


def svg(width, height, parts):
    style = "text{font:13px sans-serif;fill:#222}.mono{font:15px monospace}.small{font-size:11px}"
    # Narrow, so that it can be read on a phone; drawn larger where there is room.
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{1.25 * width:.0f}">'
    return "\n".join([opening, f"<style>{style}</style>", *parts, "</svg>", ""])


def picture_of_gates(network, example):
    """Draw what `_static/live/gates.js` shows of a sequence: gates and cell state of some units."""
    digits = example["digits"]
    _, _, record = network.read([network.vocabulary.index(digit) for digit in digits])
    parts, cell, bottom = [], 17, 12 * example["units"] + 54
    titles = {
        "forget gate": "Forget gate: keep",
        "input gate": "Input gate: write",
        "output gate": "Output gate: show",
        "cell state": "Cell state: the memory",
    }
    for number, (name, title) in enumerate(titles.items()):
        left, top = 4 + number % 2 * (len(digits) * cell + 20), 20 + number // 2 * bottom
        parts.append(f'<text x="{left}" y="{top - 6}">{title}</text>')
        for t, digit in enumerate(digits):
            parts.append(f'<text class="small" x="{left + t * cell + 5}" y="{top + 10}">{digit}</text>')
            for row, unit in enumerate(example["show"]):
                value = record[name][t, unit]
                shade = min(abs(value) / (2 if name == "cell state" else 1), 1)
                colour = "#b34700" if value < 0 else "#0b57c5"
                x, y = left + t * cell, top + 14 + row * 12
                parts.append(
                    f'<rect x="{x}" y="{y}" width="{cell - 1}" height="11" fill="{colour}" fill-opacity="{shade:.2f}"/>'
                )
    legend = [
        f"Rows: {example['units']} units. Full colour: gate open; none: shut.",
        "State: blue above 0, orange below.",
    ]
    for i, line in enumerate(legend):
        parts.append(f'<text class="small" x="4" y="{2 * bottom + 8 + 14 * i}">{line}</text>')
    return svg(2 * len(digits) * cell + 28, 2 * bottom + 28, parts)


def picture_of_writer(network, example):
    """Draw a text that the network wrote and, below, what one of its letters was chosen from."""
    text = example["beginning"] + example["text"]
    lines = [line for paragraph in text.split("\n") for line in wrap(paragraph, 44) or [""]][:7]
    parts = [f'<text class="mono" x="4" y="{24 + 22 * i}">{escape(line)}</text>' for i, line in enumerate(lines)]
    top = 22 * len(lines) + 30
    end = text[: example["letter"]][-24:].replace("\n", " ")
    parts.append(f'<text x="4" y="{top}">After “{escape(end)}” the network had the choice:</text>')
    for i, (symbol, p) in enumerate(example["alternatives"]):
        y = top + 22 + 20 * i
        name = {" ": "space", "\n": "new line"}.get(symbol, symbol)
        parts.append(f'<text class="mono" x="4" y="{y}">{escape(name)}</text>')
        parts.append(f'<rect x="84" y="{y - 11}" width="{p * 260:.0f}" height="13" fill="#0b57c5"/>')
        parts.append(f'<text class="small" x="{90 + p * 260:.0f}" y="{y}">{p:.0%}</text>')
    return svg(410, top + 14 + 20 * len(example["alternatives"]), parts)


# The files


def describe(network, entry) -> tuple[dict, str, str]:
    """Return what the page opens with, its picture and the description of this picture."""
    example = dict(entry["example"])
    if "digits" in example:
        _, _, record = network.read([network.vocabulary.index(digit) for digit in example["digits"]])
        order = record["forget gate"].mean(axis=0).argsort()[::-1]
        chosen = np.linspace(0, len(order) - 1, example["units"]).round().astype(int)
        example["show"] = order[chosen].tolist()  # from always open to often shut
        alt = (
            f"Four heat maps for the digits {' '.join(example['digits'])} and {example['units']} units: "
            "forget gate, input gate, output gate and cell state at each step."
        )
        return example, picture_of_gates(network, example), alt
    settings = {key: example[key] for key in ("seed", "temperature", "top_k", "nucleus", "start") if key in example}
    written = list(islice(write(network, example["beginning"], **settings), example["length"]))
    example["text"] = "".join(network.vocabulary[symbol] for symbol, _ in written)
    # The picture shows the least certain of the first hundred letters: there was something to choose.
    at = int(np.argmin([kept.max() for _, kept in written[:100]]))
    likeliest = np.argsort(-written[at][1], kind="stable")[:6]
    example["letter"] = len(example["beginning"]) + at
    example["alternatives"] = [[network.vocabulary[k], round(float(written[at][1][k]), 3)] for k in likeliest]
    alt = "A text that the network wrote, and bars for the letters it could choose from at one place in it."
    picture = picture_of_writer(network, example)
    return {key: value for key, value in example.items() if key not in ("letter", "alternatives")}, picture, alt


def differences(weights, vocabulary, entry) -> dict[str, float]:
    """Return for each format the largest change of a probability on sequences of the kind that the network reads."""
    full = Network(weights, vocabulary)
    if "digits" in entry["example"]:
        sequences = np.random.default_rng(0).integers(len(vocabulary), size=(200, len(entry["example"]["digits"])))
    else:
        start = entry["example"].get("start", "") + entry["example"]["beginning"]
        written = islice(write(full, entry["example"]["beginning"], 0, start=entry["example"].get("start", "")), 400)
        sequences = [[*map(vocabulary.index, start), *(symbol for symbol, _ in written)]]
    found = {}
    for precision in FORMATS:
        rounded = Network(encode(weights, precision)[2], vocabulary)
        pairs = [(full.read(symbols)[0], rounded.read(symbols)[0]) for symbols in sequences]
        if "digits" in entry["example"]:  # it answers once, after the last step
            pairs = [(a[-1:], b[-1:]) for a, b in pairs]
        gaps = [np.abs(softmax(x) - softmax(y)).max() for a, b in pairs for x, y in zip(a, b, strict=True)]
        found[precision] = float(f"{max(gaps):.2g}")
    return found


def vocabulary_of(entry) -> list[str]:
    if isinstance(entry["vocabulary"], dict):
        from data.networks.train import names_of

        return list(names_of(entry["chapter"])[entry["vocabulary"]["name"]])
    return list(entry["vocabulary"])


def stored(entry) -> tuple[list[np.ndarray], str]:
    """Return the weights of an entry of LIVE, and the checksum of the file that they are stored in."""
    from lstmbook import networks

    weights, _ = networks.load(entry["chapter"])
    lines = (ROOT / "data" / "networks" / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in map(str.split, lines)}
    return weights[entry["network"]][entry["seed"]], sums[f"{entry['chapter']}.npz"]


def export_layers(name: str, entry: dict, weights: list[np.ndarray]) -> tuple[dict, bytes, dict[str, bytes]]:
    """Return description, weights and picture of a network of layers that lie one on top of the other."""
    vocabulary = vocabulary_of(entry)
    content, places, decoded = encode(weights, entry["format"])
    example, picture, alt = describe(Network(decoded, vocabulary), entry)
    arrays = iter(places)
    description = {
        "sizes": {precision: len(encode(weights, precision)[0]) for precision in FORMATS},
        "differences": differences(weights, vocabulary, entry),
        "vocabulary": vocabulary,
        "layers": [
            {"kind": layer["kind"], "arrays": [next(arrays) for _ in layer["arrays"]]} for layer in layers_of(weights)
        ],
        "example": example,
        "alt": alt,
    }
    return description, content, {f"{name}.svg": picture.encode()}


def export(name: str, entry: dict, weights: list[np.ndarray], checksum: str, **given) -> dict[str, bytes]:
    """Return the files of one network by their names; the picture comes last."""
    make = import_module(entry["by"]).export if "by" in entry else export_layers
    description, content, pictures = make(name, entry, weights, **given)
    description = {
        "from": {key: entry[key] for key in ("chapter", "network", "seed")} | {"sha256": checksum},
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "format": entry["format"],
        "picture": [*pictures][-1],
    } | description
    lines = (f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in description.items())
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    return {f"{name}.bin": content, f"{name}.json": text.encode(), **pictures}


def main(*names: str) -> None:
    if unknown := set(names) - set(LIVE):
        sys.exit(f"There is no {', '.join(sorted(unknown))} in the table LIVE; it has {', '.join(LIVE)}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or LIVE:
        files = export(name, LIVE[name], *stored(LIVE[name]))
        for file, content in files.items():
            (FOLDER / file).write_bytes(content)
        print(", ".join(f"{file} {len(content):,} bytes" for file, content in files.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
