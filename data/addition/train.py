"""Train the network that adds, of the chapter on encoder-decoder LSTMs. Run from the top folder:

python -m data.addition.train       trains it and stores addition.npz: about 5 minutes on one core
python -m data.addition.train 1     trains it from another seed, stores nothing and only says how good it is
"""

import sys
import time
from pathlib import Path

import keras
import numpy as np

from data.fetch import write_npz
from lstmbook import models, problems

N_DIGITS = 3
SEED = 0
BATCH = 128
STEPS_AN_EPOCH = 500
EPOCHS = 24


def build():
    """Return the network: the encoder-decoder of the book, unrolled, which is quicker for so few steps."""
    model = models.encoder_decoder(2 * N_DIGITS + 1, 12, N_DIGITS + 1, 12, units=128, activation="softmax")

    def unrolled(layer):
        is_lstm = isinstance(layer, keras.layers.LSTM)
        return type(layer).from_config(layer.get_config() | ({"unroll": True} if is_lstm else {}))

    return keras.models.clone_model(model, clone_function=unrolled)


def compile_for(model, epochs):
    """Compile the network for a training of so many epochs."""
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, decay_steps=epochs * STEPS_AN_EPOCH - 500, warmup_target=5e-3, warmup_steps=500
    )
    model.compile(
        keras.optimizers.Adam(rate, clipnorm=1.0),
        loss="sparse_categorical_crossentropy",
        jit_compile=True,
        steps_per_execution=50,
    )


def training(seed=SEED, epochs=EPOCHS):
    """Train a network on new sums in every epoch, and yield it after each."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build()
    compile_for(model, epochs)
    for _ in range(epochs):
        X, y = problems.addition(rng, BATCH * STEPS_AN_EPOCH, n_digits=N_DIGITS, pairs="training")
        model.fit(X, y, batch_size=BATCH, shuffle=False, verbose=0)
        yield model


def held_out_sums(framing="aligned"):
    """Return X and y of the held-out sums that measure a network: 20,000 drawn, each kept once."""
    X, y = problems.addition(np.random.default_rng(99), 20_000, n_digits=N_DIGITS, framing=framing, pairs="held-out")
    _, first = np.unique(X.argmax(axis=-1), axis=0, return_index=True)
    return X[first], y[first]


def exact(model, X, y):
    """Return the share of sums of which every character is right."""
    answers = model.predict(X, batch_size=2048, verbose=0).argmax(axis=-1)
    return float((answers == y).all(axis=1).mean())


def main(seed=SEED):
    X, y = held_out_sums()
    started = time.monotonic()
    for model in training(seed):
        seconds = time.monotonic() - started
        print(f"{seconds:4.0f} s: {exact(model, X, y):.4f} of {len(X):,} held-out sums exact", flush=True)
    if seed == SEED:
        weights = {f"w{i}": w for i, w in enumerate(model.get_weights())}
        write_npz(Path(__file__).with_name("addition.npz"), **weights)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
