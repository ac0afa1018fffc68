"""lstmbook.problems: reproducible sequences with the right answer."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmbook import problems


@given(data=st.data(), n=st.integers(1, 20), n_steps=st.integers(1, 8), n_values=st.integers(1, 12))
def test_echo_is_one_hot_and_its_answer_stands_at_the_position(data, n, n_steps, n_values):
    position = data.draw(st.integers(0, n_steps - 1), label="position")
    X, y = problems.echo(np.random.default_rng(n), n, n_steps=n_steps, n_values=n_values, position=position)

    assert X.shape == (n, n_steps, n_values)
    assert X.dtype == np.float32
    assert y.shape == (n,)
    assert np.issubdtype(y.dtype, np.integer)
    assert set(np.unique(X)) <= {0, 1}
    assert (X.sum(axis=-1) == 1).all()
    np.testing.assert_array_equal(X[:, position].argmax(axis=-1), y)


def test_echo_by_default_asks_for_the_second_of_five_digits():
    X, y = problems.echo(np.random.default_rng(0), 50)
    assert X.shape == (50, 5, 10)
    np.testing.assert_array_equal(X[:, 1].argmax(axis=-1), y)


def test_echo_draws_every_integer_at_every_step_equally_often():
    X, _ = problems.echo(np.random.default_rng(0), 20_000, n_steps=3, n_values=4)
    # The count of each integer is binomial; 5 standard deviations hold for any seed.
    np.testing.assert_allclose(X.sum(axis=0), 5000, atol=5 * np.sqrt(20_000 * 0.25 * 0.75))


def test_echo_draws_the_steps_independently():
    X, _ = problems.echo(np.random.default_rng(0), 20_000, n_steps=2, n_values=4)
    pairs = np.einsum("na,nb->ab", X[:, 0], X[:, 1])
    np.testing.assert_allclose(pairs, 1250, atol=5 * np.sqrt(20_000 / 16 * 15 / 16))


def test_echo_depends_on_the_generator_alone():
    first, again, other = (problems.echo(np.random.default_rng(seed), 30) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


def test_echo_goes_on_where_the_generator_stands():
    rng = np.random.default_rng(0)
    assert not np.array_equal(problems.echo(rng, 30)[0], problems.echo(rng, 30)[0])


def test_echo_accepts_any_kind_of_whole_number():
    sizes = {"n": 4, "n_steps": 3, "n_values": 6, "position": 2}
    expected = problems.echo(np.random.default_rng(0), **sizes)
    given = problems.echo(np.random.default_rng(0), **{name: np.int32(size) for name, size in sizes.items()})
    np.testing.assert_array_equal(given[0], expected[0])
    np.testing.assert_array_equal(given[1], expected[1])


@pytest.mark.parametrize("name", ["n", "n_steps", "n_values"])
@pytest.mark.parametrize("value", [0, -3, 2.0, True, "3", None], ids=repr)
def test_echo_refuses_sizes_that_are_not_whole_numbers(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number of at least 1; got {value!r}"):
        problems.echo(np.random.default_rng(0), **{"n": 5, name: value})


@pytest.mark.parametrize("position", [-1, 4, 9, 1.0, "1", None], ids=repr)
def test_echo_refuses_a_position_outside_the_sequence(position):
    message = f"^position must be a whole number from 0 to n_steps - 1 = 3; got {position!r}"
    with pytest.raises(ValueError, match=message):
        problems.echo(np.random.default_rng(0), 5, n_steps=4, position=position)


@pytest.mark.parametrize("position", [True, False])
def test_echo_refuses_a_position_that_is_a_truth_value(position):
    with pytest.raises(ValueError, match=f"^position must be a whole number from 0 .*; got {position}"):
        problems.echo(np.random.default_rng(0), 5, position=position)


# Sample and hold


def held_by_loop(X):
    """Walk through each sequence with a memory of one number."""
    answers = np.zeros((*X.shape[:2], 1))
    for sample, answer in zip(X, answers, strict=True):
        memory = 0
        for t, (value, write, read) in enumerate(sample):
            if write:
                memory = value
            if read:
                answer[t] = memory
    return answers


@given(seed=st.integers(0, 1000), n=st.integers(1, 20), n_steps=st.integers(1, 30))
def test_sample_and_hold_asks_for_the_number_written_last(seed, n, n_steps):
    X, y = problems.sample_and_hold(np.random.default_rng(seed), n, n_steps=n_steps)

    assert X.shape == (n, n_steps, 3)
    assert y.shape == (n, n_steps, 1)
    assert X.dtype == y.dtype == np.float32
    assert (abs(X[:, :, 0]) <= 1).all()
    assert set(np.unique(X[:, :, 1:])) <= {0, 1}
    np.testing.assert_array_equal(y, held_by_loop(X))


def test_sample_and_hold_has_twenty_steps_by_default():
    assert problems.sample_and_hold(np.random.default_rng(0), 3)[0].shape == (3, 20, 3)


def test_sample_and_hold_answers_zero_before_the_first_write_and_without_a_read():
    X, y = problems.sample_and_hold(np.random.default_rng(0), 500)
    written = np.maximum.accumulate(X[:, :, 1], axis=1) == 1
    read = X[:, :, 2] == 1
    assert (read & ~written).sum() > 100
    assert (y[read & ~written] == 0).all()
    assert (y[~read] == 0).all()
    assert (y[read & written] != 0).all()


def test_sample_and_hold_reads_the_number_of_the_same_step_and_older_ones():
    X, y = problems.sample_and_hold(np.random.default_rng(0), 500)
    both = (X[:, :, 1:] == 1).all(axis=-1)
    assert both.any()
    np.testing.assert_array_equal(y[both, 0], X[both, 0])
    # Some numbers are kept over other numbers, and some are overwritten by the next.
    kept = (X[:, 1:, 2] == 1) & (X[:, 1:, 1] == 0) & (X[:, :-1, 1] == 1)
    np.testing.assert_array_equal(y[:, 1:, 0][kept], X[:, :-1, 0][kept])
    assert kept.any()


def test_sample_and_hold_draws_both_signals_at_a_fifth_of_the_steps_independently():
    X, _ = problems.sample_and_hold(np.random.default_rng(0), 20_000, n_steps=3)
    write, read = X[:, :, 1], X[:, :, 2]
    for share, found in [
        (0.2, write.mean(axis=0)),
        (0.2, read.mean(axis=0)),
        (0.04, (write * read).mean(axis=0)),
        (0.04, (write[:, 1:] * write[:, :-1]).mean(axis=0)),
        (0.04, (read[:, 1:] * read[:, :-1]).mean(axis=0)),
        (0.04, (write[:, :-1] * read[:, 1:]).mean(axis=0)),
    ]:
        np.testing.assert_allclose(found, share, atol=5 * np.sqrt(share * (1 - share) / 20_000))


def assert_uniform(numbers):
    """Check that ten intervals from -1 to 1 hold about the same number of `numbers`."""
    counts, _ = np.histogram(numbers, bins=10, range=(-1, 1))
    assert counts.sum() == numbers.size
    np.testing.assert_allclose(counts, numbers.size / 10, atol=5 * np.sqrt(numbers.size * 0.1 * 0.9))


def test_sample_and_hold_draws_numbers_evenly_whatever_the_signals():
    X, _ = problems.sample_and_hold(np.random.default_rng(0), 20_000, n_steps=3)
    for chosen in (X[:, :, 1] == 1, X[:, :, 2] == 1, (X[:, :, 1:] == 0).all(axis=-1)):
        assert_uniform(X[chosen, 0])
    for t in range(3):
        assert_uniform(X[:, t, 0])


# Adding


@given(seed=st.integers(0, 1000), n=st.integers(1, 20), n_steps=st.integers(20, 60))
def test_adding_marks_two_numbers_of_the_first_half_and_asks_for_their_sum(seed, n, n_steps):
    X, y = problems.adding(np.random.default_rng(seed), n, n_steps=n_steps)

    assert X.shape == (n, n_steps, 2)
    assert y.shape == (n, 1)
    assert X.dtype == y.dtype == np.float32
    assert (abs(X[:, :, 0]) <= 1).all()
    assert set(np.unique(X[:, :, 1])) == {0, 1}
    assert ((y >= 0) & (y <= 1)).all()
    for sample, answer in zip(X, y, strict=True):
        first, second = np.flatnonzero(sample[:, 1])  # in order, so the first is the one below ten
        assert first < 10
        assert first < second < n_steps // 2
        a, b = sample[[first, second], 0].tolist()
        assert answer.item() == pytest.approx(0.5 + (a + b) / 4, abs=1e-7)


def test_adding_has_a_hundred_steps_by_default():
    X, _ = problems.adding(np.random.default_rng(0), 2000)
    assert X.shape == (2000, 100, 2)
    marked = X[:, :, 1].any(axis=0)
    assert marked[:50].all()
    assert not marked[50:].any()


@pytest.mark.parametrize("n_steps", [20, 21, 25, 40])
def test_adding_marks_every_pair_as_often_as_it_should(n_steps):
    n, half = 20_000, n_steps // 2
    X, _ = problems.adding(np.random.default_rng(0), n, n_steps=n_steps)
    pairs = np.zeros((half, half))
    for marks in X[:, :, 1]:
        pairs[tuple(np.flatnonzero(marks))] += 1

    expected = np.zeros((half, half))
    for first in range(10):
        for second in set(range(half)) - {first}:
            expected[min(first, second), max(first, second)] += 1 / 10 / (half - 1)
    assert expected.sum() == pytest.approx(1)
    np.testing.assert_allclose(pairs, n * expected, atol=5 * np.sqrt(n * expected.max()))
    assert (pairs[expected == 0] == 0).all()
    assert (pairs[expected > 0] > 0).all()


def test_adding_draws_numbers_evenly_marked_or_not():
    X, y = problems.adding(np.random.default_rng(0), 5000, n_steps=20)
    marked = X[:, :, 1] == 1
    assert_uniform(X[marked, 0])
    assert_uniform(X[~marked, 0])
    # Two uniform numbers in [-1, 1) have a sum with mean 0 and variance 2/3.
    assert y.mean() == pytest.approx(0.5, abs=5 * np.sqrt(2 / 3 / 16 / 5000))
    assert y.var() == pytest.approx(2 / 3 / 16, rel=0.1)


# Both


@pytest.mark.parametrize("problem", [problems.sample_and_hold, problems.adding])
class TestSampleAndHoldAndAdding:
    def test_depend_on_the_generator_alone(self, problem):
        first, again, other = (problem(np.random.default_rng(seed), 30) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first[0], again[0])
        np.testing.assert_array_equal(first[1], again[1])
        assert not np.array_equal(first[0], other[0])

    def test_go_on_where_the_generator_stands(self, problem):
        rng = np.random.default_rng(0)
        assert not np.array_equal(problem(rng, 30)[0], problem(rng, 30)[0])

    def test_accept_any_kind_of_whole_number(self, problem):
        expected = problem(np.random.default_rng(0), 4, n_steps=25)
        given = problem(np.random.default_rng(0), np.int32(4), n_steps=np.uint8(25))
        np.testing.assert_array_equal(given[0], expected[0])
        np.testing.assert_array_equal(given[1], expected[1])

    @pytest.mark.parametrize("name", ["n", "n_steps"])
    @pytest.mark.parametrize("value", [0, -3, 30.0, True, np.True_, "30", None, [30]], ids=repr)
    def test_refuse_sizes_that_are_not_whole_numbers(self, problem, name, value):
        smallest = 20 if problem is problems.adding and name == "n_steps" else 1
        message = f"{name} must be a whole number of at least {smallest}; got {value!r}."
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            problem(np.random.default_rng(0), **{"n": 5, name: value})


def test_adding_refuses_fewer_than_twenty_steps():
    with pytest.raises(ValueError, match=r"^n_steps must be a whole number of at least 20; got 19\.$"):
        problems.adding(np.random.default_rng(0), 5, n_steps=19)
