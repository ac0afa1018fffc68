"""Train two recipes that add numbers, and tell after how many seconds each first gets so many held-out sums right.

python -m tools.bench_addition [SECONDS]        at most so many seconds of training each, 600 unless given

The first is that of the chapter on encoder-decoders, its function `fit_adder`. The second has the settings of the
public Keras example "Sequence to sequence learning for performing number addition": the same network, 45,000 fixed
sums as one types them, each reversed, in batches of 32, Adam with its default rate. Both learn from the training pairs
alone and are measured on the same held-out ones. Measuring does not count as training, compiling does.
"""

import sys
import time

import keras
import numpy as np

from data.networks.train import names_of
from lstmbook import models, problems

GOALS = (0.90, 0.99, 0.999)
KERAS_EXAMPLE_SUMS = 45_000


def chapters_recipe(chapter, seed=0):
    """Train the network of the chapter, and yield it after each epoch."""
    keras.utils.set_random_seed(seed)
    model = chapter["build_adder"]()
    for _ in chapter["fit_adder"](model, seed):
        yield model


def keras_example(seed=0):
    """Train the network of the Keras example, and yield it after each epoch."""
    keras.utils.set_random_seed(seed)
    X, y = each_once(*problems.addition(np.random.default_rng(seed), 300_000, framing="text", pairs="training"))
    X, y = X[:KERAS_EXAMPLE_SUMS], y[:KERAS_EXAMPLE_SUMS]
    assert len(X) == KERAS_EXAMPLE_SUMS
    model = models.encoder_decoder(7, 12, 4, 12, units=128, activation="softmax")
    model.compile("adam", loss="sparse_categorical_crossentropy")
    while True:
        model.fit(X[:, ::-1], y, batch_size=32, verbose=0)
        yield model


def each_once(X, y):
    """Return the sums whose question was not drawn before."""
    _, first = np.unique(X.argmax(axis=-1), axis=0, return_index=True)
    return X[np.sort(first)], y[np.sort(first)]


def held_out_sums(framing="aligned"):
    """Return X and y of the held-out sums that measure a network: 20,000 drawn, each kept once."""
    rng = np.random.default_rng(99)
    return each_once(*problems.addition(rng, 20_000, framing=framing, pairs="held-out"))


def exact(model, X, y):
    """Return the share of sums of which every character is right."""
    answers = model.predict(X, batch_size=2048, verbose=0).argmax(axis=-1)
    return float((answers == y).all(axis=1).mean())


def seconds_to_goals(networks, X, y, limit):
    """Return the seconds of training until each goal was first measured, those in all, and the last share."""
    first, share, seconds = {}, 0.0, 0.0
    while seconds < limit:
        started = time.perf_counter()
        model = next(networks, None)
        if model is None:
            break
        seconds += time.perf_counter() - started
        share = exact(model, X, y)
        print(f"  {seconds:4.0f} s  {share:.4f}", flush=True)
        first |= {goal: seconds for goal in GOALS if share >= goal and goal not in first}
    return first, seconds, share


def main(limit=600.0):
    rows = []
    X, y = held_out_sums("text")
    recipes = {
        "the chapter's recipe": (chapters_recipe(names_of("architectures/encoder_decoder")), *held_out_sums()),
        "Keras example's settings": (keras_example(), X[:, ::-1], y),
    }
    for name, (networks, X, y) in recipes.items():
        print(name, flush=True)
        first, seconds, share = seconds_to_goals(networks, X, y, limit)
        reached = [f"{first[goal]:.0f} s" if goal in first else f"not in {seconds:.0f} s" for goal in GOALS]
        rows.append([name, *reached, f"{share:.4f} after {seconds:.0f} s"])
    print(f"Exact match on {len(X):,} held-out sums:")
    for row in [["recipe", *map(str, GOALS), "at the end"], *rows]:
        print("".join(f"{cell:<26}" for cell in row).rstrip())


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
