"""Export the network that describes pictures in the page of the chapter on captions: part of `tools.export_live`.

The convolutional half has done its work here: its maps of some test pictures travel with the decoder. What the page
does in ``_static/live/captioner.js``, `caption` does here.
"""

import base64
import functools
import io
from html import escape

import numpy as np

from tools.export_live import FORMATS, assemble, lstm_step, softmax, svg

PARTS = ("first_h", "first_c", "embedding", "lstm", "query", "key", "score", "say")  # the layers' names


def attend(query, keys, cells, scale):
    """Additive attention: the weights of the cells, and the weighted sum of their rows."""
    weights = softmax(np.tanh(query + keys) @ scale)
    return weights, weights @ cells


def begin(parts: dict, cells: np.ndarray) -> dict:
    mean = cells.mean(axis=0)
    h, c = (np.tanh(dense(parts[name], mean)) for name in ("first_h", "first_c"))
    return {"h": h, "c": c, "cells": cells, "keys": dense(parts["key"], cells)}


def speak(parts: dict, word: int, state: dict) -> tuple[np.ndarray, np.ndarray, dict]:
    """Read a word; return the probabilities of the next one, the weights of the cells, and the new state."""
    h, c = lstm_step(parts["lstm"], parts["embedding"][0][word], state["h"], state["c"])
    weights, seen = attend(dense(parts["query"], h), state["keys"], state["cells"], parts["score"][0])
    return softmax(dense(parts["say"], np.concatenate([h, seen]))), weights, state | {"h": h, "c": c}


def caption(parts: dict, cells: np.ndarray, start: int, end: int, steps: int) -> list[tuple]:
    """Return the number, the probabilities and the weights of each word: always the most probable one."""
    said, word, state = [], start, begin(parts, cells)
    while len(said) < steps and word != end:
        probabilities, weights, state = speak(parts, word, state)
        word = int(probabilities.argmax())
        said.append((word, probabilities, weights))
    return said


def dense(arrays, x):
    return x @ arrays[0] + arrays[1]


def picture(pixels, said, vocabulary, end) -> str:
    """Draw a picture, and again for each word: dark where the network did not look."""
    grid = round(len(said[0][2]) ** 0.5)
    side = 76
    parts = ["<style>.dark{fill:#0a0c1e;shape-rendering:crispEdges}</style>"]
    parts += [f'<defs><image id="p" width="{side}" height="{side}" href="{png(pixels)}"/></defs>']
    for t, (word, weights) in enumerate([(None, None), *((word, weights) for word, _, weights in said)]):
        left, top = 4 + t % 5 * (side + 6), 4 + t // 5 * (side + 24)
        parts.append(f'<use href="#p" x="{left}" y="{top}"/>')
        if weights is None:
            continue
        for i, weight in enumerate(weights / weights.max()):
            x, y, cell = left + i % grid * side / grid, top + i // grid * side / grid, side / grid
            box = f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="{cell:.1f}"'
            parts.append(f'{box} class="dark" fill-opacity="{0.75 * (1 - weight):.2f}"/>')
        name = "(end)" if word == end else vocabulary[word]
        parts.append(f'<text class="small" x="{left}" y="{top + side + 14}">{escape(name)}</text>')
    return svg(4 + 5 * (side + 6), 4 + (len(said) // 5 + 1) * (side + 24), parts)


def png(pixels) -> str:
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def change(pair, cells, settings) -> float:
    """Return the largest change of a probability along the captions, and of a weight of a cell."""
    gap = 0.0
    for own in cells:
        states = [begin(parts, own) for parts in pair]
        words = [word for word, _, _ in caption(pair[0], own, **settings)]
        for word in [settings["start"], *words[:-1]]:
            one, other = (speak(parts, word, state) for parts, state in zip(pair, states, strict=True))
            states = [one[2], other[2]]
            gap = max(gap, *(np.abs(a - b).max() for a, b in zip(one[:2], other[:2], strict=True)))
    return float(f"{gap:.2g}")


def export(name: str, entry: dict, weights: list[np.ndarray], source: dict | None = None):
    """Return description, weights and picture; `source`, what `source_of` returns, spares running the cells again."""
    source = source or source_of(entry, weights)
    parts, vocabulary, titles = source["parts"], source["vocabulary"], source["captions"]
    data = {"cells": source["cells"].astype("float16"), "pixels": source["pixels"].astype("uint8")}
    content, layers, places, decoded = assemble(parts, entry["format"], data)
    cells = data["cells"].astype("float32")
    settings = {key: source[key] for key in ("start", "end", "steps")}
    said = [caption(decoded, own, **settings) for own in cells]
    texts = [" ".join(vocabulary[word] for word, _, _ in one if word != settings["end"]) for one in said]
    found = {precision: assemble(parts, precision, data) for precision in FORMATS}
    shown = entry["example"]["picture"]
    description = {
        "vocabulary": vocabulary,
        **settings,
        "size": source["pixels"].shape[1],
        "grid": round(cells.shape[1] ** 0.5),
        "pictures": titles,
        "sizes": {precision: len(files[0]) for precision, files in found.items()},
        "differences": {precision: change([parts, files[3]], cells, settings) for precision, files in found.items()},
        "layers": layers,
        "data": places,
        "example": entry["example"] | {"captions": texts},
        "alt": f"A picture, and again for each word of “{texts[shown]}”, bright where the network looked.",
    }
    drawn = picture(data["pixels"][shown], said[shown], vocabulary, settings["end"])
    return description, content, {f"{name}.svg": drawn.encode()}


@functools.cache
def recipe(chapter: str) -> dict:
    from data.networks.train import names_of

    return names_of(chapter)


def source_of(entry: dict, weights: list[np.ndarray]) -> dict:
    """Return the decoder's weights, and maps, pixels and captions of test pictures, from the chapter's own cells."""
    import keras

    names = recipe(entry["chapter"])
    model = names["build"]()
    model.set_weights(weights)
    rng, part = np.random.default_rng(0), names["part"]  # drawn, not picked
    chosen = [rng.choice(np.flatnonzero(part == name), n, replace=False) for name, n in entry["pictures"].items()]
    chosen = np.concatenate(chosen)
    eye = keras.Model(model.inputs[:2], model.get_layer("cells").output)
    return {
        "parts": {name: model.get_layer(name).get_weights() for name in PARTS},
        "vocabulary": [str(word) for word in names["VOCABULARY"]],
        "captions": names["rows"]["caption"].iloc[chosen].tolist(),
        "cells": eye.predict([names["X"][chosen], names["views"][chosen]], verbose=0),
        "pixels": np.rint(names["X"][chosen] * 255),
        "start": names["START"],
        "end": names["END"],
        "steps": names["N_STEPS"],
    }
