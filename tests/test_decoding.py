"""lstmbook.decoding: beam search against all sequences there are, and against always taking the best."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmbook.decoding import beam_search

N_SYMBOLS, END = 4, 0


def random_network(seed):
    """A step whose probabilities depend on all symbols so far: its state is a number for each beginning."""
    table = np.random.default_rng(seed).normal(size=(997, N_SYMBOLS)) * 1.5
    table -= np.log(np.exp(table).sum(axis=1, keepdims=True))

    def step(symbols, state):
        number, steps = state["number"], state["steps"]
        number = (number * 31 + symbols[:, None] + 7) % 997
        return table[number[:, 0]], {"number": number, "steps": steps + 1}

    return step, {"number": np.array([[seed % 997]]), "steps": np.zeros((1, 2))}


def every_sequence(step, state, start, length, penalty):
    """Score all sequences that end within `length` steps, one at a time."""
    scores = {}
    for n in range(length):
        for symbols in itertools.product(range(1, N_SYMBOLS), repeat=n):
            now, total, last = state, 0.0, start
            for symbol in [*symbols, END]:
                log_p, now = step(np.array([last]), now)
                total, last = total + log_p[0, symbol], symbol
            scores[symbols] = total / (n + 1) ** penalty
    return scores


@given(st.integers(0, 10_000), st.integers(1, 4), st.sampled_from([0.0, 0.6, 1.0]))
def test_a_wide_beam_finds_the_best_of_all_sequences(seed, length, penalty):
    step, state = random_network(seed)
    found = beam_search(step, state, 1, END, width=N_SYMBOLS**length, max_length=length, length_penalty=penalty)
    scores = every_sequence(step, state, 1, length, penalty)
    assert {tuple(symbols) for symbols, _ in found} == set(scores)
    best = max(scores, key=scores.get)
    assert tuple(found[0][0]) == best
    np.testing.assert_allclose([score for _, score in found], [scores[tuple(symbols)] for symbols, _ in found])
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_a_beam_of_one_is_greedy(seed, length):
    step, state = random_network(seed)
    [(symbols, score)] = beam_search(step, state, 1, END, width=1, max_length=length)
    greedy, total, last = [], 0.0, 1
    for _ in range(length):
        log_p, state = step(np.array([last]), state)
        last = int(log_p[0].argmax())
        total += log_p[0, last]
        if last == END:
            break
        greedy.append(last)
    assert symbols == greedy
    np.testing.assert_allclose(score, total)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_what_is_found_has_the_score_that_the_network_gives(seed, width):
    step, state = random_network(seed)
    found = beam_search(step, state, 1, END, width=width, max_length=5)
    scores = every_sequence(step, state, 1, 5, 0.0)
    assert 1 <= len(found) <= width
    for symbols, score in found:
        if tuple(symbols) in scores:
            np.testing.assert_allclose(score, scores[tuple(symbols)])


def test_sequences_without_an_end_are_given_where_none_ends():
    log_p = np.array([-np.inf, 0.0, -1.0])
    found = beam_search(
        lambda symbols, state: (np.tile(log_p, (len(symbols), 1)), state), (), 1, 0, width=2, max_length=3
    )
    assert found == [([1, 1, 1], 0.0), ([1, 1, 2], -1.0)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": 0}, "width must be a whole number of at least 1; got 0."),
        ({"max_length": 2.5}, "max_length must be a whole number of at least 1; got 2.5."),
        ({"length_penalty": "long"}, "length_penalty must be a number, such as 0.0 or 1.0; got 'long'."),
    ],
)
def test_bad_settings_are_refused(arguments, message):
    step, state = random_network(0)
    with pytest.raises(ValueError, match=re.escape(message)):
        beam_search(step, state, 1, END, **arguments)


@pytest.mark.parametrize("log_p", [np.zeros(3), np.zeros((2, 3)), np.full((1, 3), np.nan)])
def test_a_step_that_does_not_fit_is_refused(log_p):
    with pytest.raises(ValueError, match=re.escape("step must return logarithms of the shape (1, vocabulary)")):
        beam_search(lambda symbols, state: (log_p, state), (), 1, END)
