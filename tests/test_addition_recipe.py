"""The recipe of the network that adds, of the chapter on encoder-decoders, and tools/bench_addition.py: it times it."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from data.networks.train import names_of
from lstmbook import models, networks, problems
from tools import bench_addition


@pytest.fixture(scope="module")
def chapter():
    return names_of("architectures/encoder_decoder")


def test_the_unrolled_network_is_that_of_the_book_and_its_stored_weights_add(chapter):
    unrolled = chapter["build_adder"]()
    assert [layer.unroll for layer in unrolled.layers if isinstance(layer, keras.layers.LSTM)] == [True, True]
    book = models.encoder_decoder(7, 12, 4, 12, units=128, activation="softmax")
    (weights,) = networks.load("architectures/encoder_decoder")[0]["three digits"]
    for model in (unrolled, book):
        model.set_weights(weights)
    X, y = bench_addition.held_out_sums()
    np.testing.assert_allclose(unrolled(X[:50]), book(X[:50]), atol=1e-6)
    assert bench_addition.exact(book, X, y) > 0.999


@pytest.mark.parametrize("framing", ["aligned", "text"])
def test_networks_are_measured_on_held_out_sums_each_once(framing):
    X, y = bench_addition.held_out_sums(framing)
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
    assert bench_addition.exact(Answers(), said, y) == 0.25


def test_the_recipe_draws_new_training_pairs_and_its_rate_rises_and_falls_to_zero(chapter, monkeypatch):
    drawn = []

    def fit(X, y, **_):
        drawn.append(X.argmax(axis=-1))
        return SimpleNamespace(history={"loss": [0.0]})

    small = keras.Sequential([keras.Input((7, 12)), keras.layers.Dense(1)])
    monkeypatch.setattr(small, "fit", fit)
    list(chapter["fit_adder"](small, seed=0, epochs=2))
    rate = small.optimizer._learning_rate
    assert [round(float(rate(step)), 6) for step in (0, 250, 500, 1000)] == [0, 0.0025, 0.005, 0]
    assert (drawn[0] != drawn[1]).any()
    for questions in drawn:
        text = ["".join(problems.ADDITION_CHARACTERS[c] for c in row) for row in questions[:500]]
        pairs = np.array([[int(number) for number in question.split("+")] for question in text])
        assert not problems.held_out(*pairs.T).any()


def test_the_bench_trains_the_recipe_of_the_chapter():
    def fit_adder(model, seed):
        yield {"loss": [seed]}

    chapter = {"build_adder": lambda: "a network", "fit_adder": fit_adder}
    assert list(bench_addition.chapters_recipe(chapter)) == ["a network"]


def test_seconds_to_goals(monkeypatch):
    clock = iter(range(100))  # each look at the clock is a second later, so each epoch takes one
    monkeypatch.setattr(bench_addition.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(bench_addition, "exact", lambda share, X, y: share)
    shares = [0.5, 0.95, 0.89, 0.995, 0.97]
    assert bench_addition.seconds_to_goals(iter(shares), None, None, 50) == ({0.9: 2, 0.99: 4}, 5, 0.97)
    assert bench_addition.seconds_to_goals(iter(shares), None, None, 3) == ({0.9: 2}, 3, 0.89)
