"""Train the networks that chapters load instead of training them.

python -m data.chapter_networks.train                          trains those of all chapters in CHAPTERS, one by one
python -m data.chapter_networks.train architectures/stacked    trains those of one chapter

Run from the top folder. Networks, data and training are a chapter's own code, its cells tagged "recipe": they define
``trainings()``, which yields the name of a network, the network once it is trained (or None if nobody needs its
weights), and its losses.
"""

import sys
import time
from pathlib import Path

import numpy as np

from data.fetch import write_npz
from data.recipe import names_of

CHAPTERS = [
    f"architectures/{name}"
    for name in ("bidirectional", "cnn_lstm", "comparison", "encoder_decoder", "generative", "stacked", "vanilla")
]


def trained(chapter):
    """Return the weights of a chapter's networks by name/seed/place, and their losses by name/seed/metric.

    The first network of a name counts as seed 0, the next as seed 1, and so on: ``trainings()`` has to take its seeds
    in this order.
    """
    arrays, seeds, started = {}, {}, time.monotonic()
    for name, model, losses in names_of(chapter)["trainings"]():
        seed = seeds[name] = seeds.get(name, -1) + 1
        arrays |= {f"{name}/{seed}/{i}": w for i, w in enumerate(model.get_weights() if model else [])}
        arrays |= {f"{name}/{seed}/{metric}": np.array(values, "float32") for metric, values in losses.items()}
        last = ", ".join(f"{metric} {values[-1]:.4g}" for metric, values in losses.items())
        print(f"{time.monotonic() - started:4.0f} s: {name}, seed {seed}, {last}", flush=True)
    return arrays


def main(*chapters):
    unknown = [chapter for chapter in chapters if chapter not in CHAPTERS]
    if unknown:
        sys.exit(
            f"No networks are trained for {', '.join(unknown)}. Name one of {', '.join(CHAPTERS)}, or none for all."
        )
    for chapter in chapters or CHAPTERS:
        write_npz(Path(__file__).with_name(f"{Path(chapter).name}.npz"), **trained(chapter))


if __name__ == "__main__":
    main(*sys.argv[1:])
