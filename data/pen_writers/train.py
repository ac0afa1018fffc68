"""Train the two networks that write digits in the chapter on generative LSTMs. Run from the top folder:

python -m data.pen_writers.train       trains both from three seeds and stores pen_writers.npz: about 12 minutes
python -m data.pen_writers.train 3     trains both from another seed, stores nothing and only says how good they are

Networks, digits and training are the chapter's own, its cells tagged "recipe".
"""

import sys
import time
from pathlib import Path

import numpy as np

from data.fetch import write_npz
from data.recipe import names_of

SEEDS = (0, 1, 2)
NETWORKS = {"lstm": "build_writer", "memoryless": "build_memoryless"}


def main(*other_seed):
    chapter = names_of("architectures/generative")
    arrays = {}
    for name, build in NETWORKS.items():
        for seed in other_seed or SEEDS:
            started, losses = time.monotonic(), []
            for model, history in chapter["train_writer"](chapter[build], seed):
                weights = model.get_weights()
                losses.append([history["loss"][0], history["val_loss"][0]])
                print(
                    f"{name}, seed {seed}, epoch {len(losses)}, {time.monotonic() - started:4.0f} s, "
                    "loss on training and validation digits: {:.3f}, {:.3f} nats a point".format(*losses[-1]),
                    flush=True,
                )
            arrays |= {f"{name}_seed{seed}_w{i}": w for i, w in enumerate(weights)}
            arrays[f"{name}_seed{seed}_losses"] = np.array(losses, "float32")
    if not other_seed:
        write_npz(Path(__file__).with_name("pen_writers.npz"), **arrays)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
