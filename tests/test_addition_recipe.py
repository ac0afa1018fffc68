"""data/addition/train.py, the recipe of the network that adds, and tools/bench_addition.py, which times it."""

import keras
import numpy as np
import pytest

from data.addition import train
from lstmbook import models, problems
from tools import bench_addition


def test_the_unrolled_network_is_that_of_the_book():
    keras.utils.set_random_seed(0)
    unrolled = train.build()
    assert [layer.unroll for layer in unrolled.layers if isinstance(layer, keras.layers.LSTM)] == [True, True]
    book = models.encoder_decoder(7, 12, 4, 12, units=128, activation="softmax")
    book.set_weights(unrolled.get_weights())
    X, _ = problems.addition(np.random.default_rng(0), 50)
    np.testing.assert_allclose(unrolled(X), book(X), atol=1e-6)


@pytest.mark.parametrize("framing", ["aligned", "text"])
def test_networks_are_measured_on_held_out_sums_each_once(framing):
    X, y = train.held_out_sums(framing)
    assert len(X) == len(y) == 8_756
    questions = {"".join(problems.ADDITION_CHARACTERS[c] for c in row) for row in X.argmax(axis=-1)}
    assert len(questions) == len(X)
    pairs = np.array([[int(number) for number in question.split("+")] for question in questions])
    assert problems.held_out(*pairs.T).all()


def test_exact_match_asks_for_every_character():
    class Answers:
        def predict(self, X, **_):
            return np.eye(12)[X]

    y = np.array([[1, 2], [3, 4], [5, 6], [7, 8]])
    said = np.array([[1, 2], [3, 0], [0, 6], [0, 0]])
    assert train.exact(Answers(), said, y) == 0.25


def test_the_learning_rate_rises_and_falls_to_zero():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    train.compile_for(model, epochs=4)
    rate = model.optimizer._learning_rate
    assert [round(float(rate(step)), 6) for step in (0, 250, 500, 2000)] == [0, 0.0025, 0.005, 0]


def test_seconds_to_goals(monkeypatch):
    clock = iter(range(100))  # each look at the clock is a second later, so each epoch takes one
    monkeypatch.setattr(bench_addition.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(train, "exact", lambda share, X, y: share)
    shares = [0.5, 0.95, 0.89, 0.995, 0.97]
    assert bench_addition.seconds_to_goals(iter(shares), None, None, 50) == ({0.9: 2, 0.99: 4}, 5, 0.97)
    assert bench_addition.seconds_to_goals(iter(shares), None, None, 3) == ({0.9: 2}, 3, 0.89)
