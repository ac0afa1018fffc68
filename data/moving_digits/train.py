"""Train the CNN-LSTM in one piece of the chapter on CNN-LSTMs. Run from the top folder:

python -m data.moving_digits.train       trains it from three seeds and stores moving_digits.npz: about 10 minutes
python -m data.moving_digits.train 3     trains it from another seed, stores nothing and only says how good it is

The network and the videos are made by the chapter's own code, its cells tagged "recipe".
"""

import sys
import time
from pathlib import Path

import keras
import numpy as np

from data.fetch import write_npz
from data.recipe import names_of

SEEDS = (0, 1, 2)
VIDEOS_AN_EPOCH = 8192
BATCH = 64
EPOCHS = 30


def compile_for(model, epochs):
    """Compile the network for a training of so many epochs."""
    rate = keras.optimizers.schedules.CosineDecay(5e-3, epochs * VIDEOS_AN_EPOCH // BATCH)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), "sparse_categorical_crossentropy", steps_per_execution=64)


def training(chapter, seed, epochs=EPOCHS):
    """Train a network on new videos of the training scans in every epoch, and yield it after each."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng([seed, 5])  # videos that no cell of the chapter draws
    model = chapter["build_in_one_piece"]()
    compile_for(model, epochs)
    for _ in range(epochs):
        X, y, _ = chapter["digit_videos"](rng, chapter["train_scans"], VIDEOS_AN_EPOCH)
        model.fit(X, y, batch_size=BATCH, verbose=0)
        yield model


def shares_right(model, X, y):
    """Return the share of videos whose direction, and whose digit, is right."""
    answers = model.predict(X, batch_size=500, verbose=0)
    return {name: float(np.mean(answers[name].argmax(axis=-1) == y[name])) for name in y}


def main(*other_seed):
    chapter = names_of("architectures/cnn_lstm")
    X, y, _ = chapter["digit_videos"](np.random.default_rng(4), chapter["val_scans"], 2000)
    weights = {}
    for seed in other_seed or SEEDS:
        started = time.monotonic()
        for epoch, model in enumerate(training(chapter, seed), start=1):
            right = shares_right(model, X, y)
            seconds = time.monotonic() - started
            print(
                f"seed {seed}, epoch {epoch}, {seconds:4.0f} s, on videos of the validation scans: "
                + ", ".join(f"{name} {share:.3f}" for name, share in right.items()),
                flush=True,
            )
        weights |= {f"seed{seed}_w{i}": w for i, w in enumerate(model.get_weights())}
    if not other_seed:
        write_npz(Path(__file__).with_name("moving_digits.npz"), **weights)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
