"""Train the small network that the tests of the demonstration "writer" use: python -m tests.live.train

It reads the letters of the glossary and learns too little of them to be shown to a reader, but its words have the look
of English. About a minute on one core; the file is made once and stays, whatever becomes of the glossary.
"""

import re
from pathlib import Path

import keras
import numpy as np

from data.fetch import npz_content

ROOT = Path(__file__).parent.parent.parent
FILE = Path(__file__).with_name("letters.npz")
VOCABULARY = "\n abcdefghijklmnopqrstuvwxyz.,:;'-"
BATCH, STEPS = 16, 64


def build(batch=None):
    inputs = keras.Input((None,), batch_size=batch, dtype="int32")
    x = keras.layers.Embedding(len(VOCABULARY), 16)(inputs)
    x = keras.layers.LSTM(96, return_sequences=True, stateful=batch is not None)(x)
    return keras.Model(inputs, keras.layers.Dense(len(VOCABULARY))(x))


def text():
    content = re.sub(r"\{[\w:-]+\}|[`*$\\_]", "", (ROOT / "chapters/appendix/glossary.md").read_text("utf-8").lower())
    return re.sub(f"[^{re.escape(VOCABULARY)}]+", " ", content).replace("  ", " ")


def main():
    keras.utils.set_random_seed(0)
    numbers = np.array([VOCABULARY.index(letter) for letter in text()])
    model = build(BATCH)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(4e-3, clipnorm=1.0), loss, jit_compile=False)
    rng, length = np.random.default_rng(0), (len(numbers) // BATCH - STEPS) // STEPS * STEPS
    for epoch in range(60):
        model.layers[2].reset_states()
        rows = np.stack([np.roll(numbers, -start)[: length + 1] for start in rng.integers(len(numbers), size=BATCH)])
        for at in range(0, length, STEPS):
            value = model.train_on_batch(rows[:, at : at + STEPS], rows[:, at + 1 : at + STEPS + 1])
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1}: loss {float(value):.2f}")
    FILE.write_bytes(npz_content({str(i): w.astype("float16") for i, w in enumerate(model.get_weights())}))


if __name__ == "__main__":
    main()
