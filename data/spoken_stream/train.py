"""Train the networks that label every frame of a stream of spoken digits, of the chapter on bidirectional LSTMs.

python -m data.spoken_stream.train       trains four networks from three seeds each and stores spoken_stream.npz
python -m data.spoken_stream.train 7     trains them with 7 passes only, stores nothing and says how good they are

Run from the top folder; it takes about five minutes. The networks and the streams are made by the chapter's own code,
its cells tagged "recipe".
"""

import sys
import time
from pathlib import Path

import keras
import numpy as np

from data.fetch import write_npz
from data.recipe import names_of

SEEDS = (0, 1, 2)
PASSES = 40


def compile_for(model, rate, n_batches, batches_at_once):
    """Compile a network for a training of so many batches."""
    schedule = keras.optimizers.schedules.CosineDecay(rate, n_batches)
    adam = keras.optimizers.Adam(schedule, clipnorm=1.0)
    model.compile(adam, "sparse_categorical_crossentropy", steps_per_execution=batches_at_once)


def train_lstm(chapter, model, rng, delay, passes):
    """Train on whole pieces of the stream, joined anew in every pass."""
    streams = [chapter["later"](*chapter["stream"](rng, "training")[:2], delay) for _ in range(passes)]
    x, y, weight = (np.concatenate(a) for a in zip(*streams, strict=True))
    compile_for(model, 2e-2, -(-len(x) // 64), batches_at_once=9)
    model.fit(x, y, sample_weight=weight, batch_size=64, shuffle=False, verbose=0)


def train_mlp(chapter, model, rng, passes):
    """Train on windows round every frame of the stream, joined anew in every pass."""
    for i in range(passes):
        x, y, _ = chapter["stream"](rng, "training")
        if i == 0:
            compile_for(model, 5e-3, passes * -(-y.size // 256), batches_at_once=20)
        model.fit(chapter["context"](x), y.ravel(), batch_size=256, verbose=0)


def trained(chapter, seed, passes=PASSES):
    """Train the four networks from a seed and yield each with its name."""
    keras.utils.set_random_seed(seed)
    for name, model in chapter["build_labellers"]().items():
        rng = np.random.default_rng([seed, 7])  # streams that no cell of the chapter draws
        if "MLP" in name:
            train_mlp(chapter, model, rng, passes)
        else:
            train_lstm(chapter, model, rng, chapter["LATE"] if "late" in name else 0, passes)
        yield name, model


def shares_right(chapter, name, model):
    """Return the share of frames whose digit is right on validation recordings: all, and the first three of a digit."""
    x, y, since = chapter["stream"](np.random.default_rng(3), "validation")
    right = chapter["probabilities"](name, model, x, y).argmax(axis=-1) == y
    return float(right.mean()), float(right[since < 3].mean())


def main(*other_passes):
    chapter = names_of("architectures/bidirectional")
    weights, started = {}, time.monotonic()
    for seed in SEEDS:
        for name, model in trained(chapter, seed, *other_passes):
            of_all, of_first = shares_right(chapter, name, model)
            seconds = time.monotonic() - started
            print(
                f"{seconds:4.0f} s: {name}, seed {seed}, right on validation recordings: "
                f"{of_all:.3f} of all frames, {of_first:.3f} of the first three of a digit",
                flush=True,
            )
            weights |= {f"{name}/{seed}/{i}": w for i, w in enumerate(model.get_weights())}
    if not other_passes:
        write_npz(Path(__file__).with_name("spoken_stream.npz"), **weights)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
