"""lstmbook.problems: reproducible sequences with the right answer."""

import re
from fractions import Fraction

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


# Cumulative sum


def above_by_loop(X, limit):
    """Walk through each sequence with a running sum, in exact fractions."""
    answers = np.zeros(X.shape, int)
    for sample, answer in zip(X, answers, strict=True):
        numbers = [Fraction(float(value)) for value in sample[:, 0]]
        quarter = sum(numbers) / 4 if limit == "share" else Fraction(len(numbers), 4)
        running = Fraction(0)
        for t, number in enumerate(numbers):
            running += number
            answer[t] = running > quarter
    return answers


@given(
    seed=st.integers(0, 1000),
    n=st.integers(1, 20),
    n_steps=st.integers(1, 30),
    limit=st.sampled_from(["share", "fixed"]),
)
def test_cumulative_sum_says_whether_the_sum_so_far_is_above_the_limit(seed, n, n_steps, limit):
    X, y = problems.cumulative_sum(np.random.default_rng(seed), n, n_steps=n_steps, limit=limit)

    assert X.shape == y.shape == (n, n_steps, 1)
    assert X.dtype == np.float32
    assert np.issubdtype(y.dtype, np.integer)
    assert ((X >= 0) & (X < 1)).all()
    np.testing.assert_array_equal(y, above_by_loop(X, limit))
    assert (np.diff(y, axis=1) >= 0).all()


def test_cumulative_sum_by_default_asks_for_a_share_of_ten_numbers():
    X, y = problems.cumulative_sum(np.random.default_rng(0), 50)
    assert X.shape == (50, 10, 1)
    np.testing.assert_array_equal(y, problems.cumulative_sum(np.random.default_rng(0), 50, limit="share")[1])
    assert (y[:, -1] == 1).all()  # the whole is always more than a quarter of itself


def test_cumulative_sum_has_two_different_limits_on_the_same_numbers():
    (X, share), (X_again, fixed) = (
        problems.cumulative_sum(np.random.default_rng(0), 500, limit=limit) for limit in ("share", "fixed")
    )
    np.testing.assert_array_equal(X, X_again)
    assert 0 < (fixed[:, -1] == 0).mean() < 0.05  # a sum of ten below 2.5 is rare
    assert 0.02 < (share != fixed).mean() < 0.3


def test_cumulative_sum_with_a_share_depends_on_the_future():
    X, y = problems.cumulative_sum(np.random.default_rng(0), 2000)
    rest = X[:, 3:].sum(axis=1)[:, 0]
    alike = abs(X[:, :3].sum(axis=1)[:, 0] - 7 / 6) < 0.05  # at this sum both answers are equally likely
    assert alike.sum() > 30
    answer = y[alike, 2, 0]
    assert rest[alike][answer == 1].max() < rest[alike][answer == 0].min() + 0.4
    assert 0.2 < answer.mean() < 0.8


def test_cumulative_sum_depends_on_the_generator_alone_and_goes_on_where_it_stands():
    rng = np.random.default_rng(1)
    first, second = problems.cumulative_sum(rng, 30), problems.cumulative_sum(rng, 30)
    again = problems.cumulative_sum(np.random.default_rng(1), 30)
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0], second[0])


@pytest.mark.parametrize("name", ["n", "n_steps"])
@pytest.mark.parametrize("value", [0, -3, 2.0, True, "3", None], ids=repr)
def test_cumulative_sum_refuses_sizes_that_are_not_whole_numbers(name, value):
    message = f"^{name} must be a whole number of at least 1; got {re.escape(repr(value))}"
    with pytest.raises(ValueError, match=message):
        problems.cumulative_sum(np.random.default_rng(0), **{"n": 5, name: value})


@pytest.mark.parametrize("limit", ["quarter", "", None, 2.5])
def test_cumulative_sum_refuses_an_unknown_limit(limit):
    message = f"^limit must be one of 'share', 'fixed'; got {re.escape(repr(limit))}"
    with pytest.raises(ValueError, match=message):
        problems.cumulative_sum(np.random.default_rng(0), 5, limit=limit)


@given(
    seed=st.integers(0, 1000),
    n_steps=st.integers(1, 30),
    horizon=st.integers(1, 10),
    period=st.floats(5, 40),
    decay=st.floats(0, 0.2),
)
def test_damped_sine_obeys_its_recurrence(seed, n_steps, horizon, period, decay):
    rng = np.random.default_rng(seed)
    X, y = problems.damped_sine(rng, 5, n_steps=n_steps, horizon=horizon, period=(period, period), decay=(decay, decay))

    assert X.shape == (5, n_steps, 1)
    assert y.shape == (5, horizon)
    assert X.dtype == y.dtype == np.float32
    wave = np.concatenate([X[:, :, 0], y], axis=1).astype(float) - 0.5
    assert (abs(wave) <= 0.5 * np.exp(-decay * np.arange(n_steps + horizon)) + 1e-6).all()
    # exp(-decay * t) * sin(frequency * t + phase) solves a linear recurrence of second order, whatever the phase.
    a, b = 2 * np.exp(-decay) * np.cos(2 * np.pi / period), -np.exp(-2 * decay)
    np.testing.assert_allclose(wave[:, 2:], a * wave[:, 1:-1] + b * wave[:, :-2], atol=1e-6)


def test_damped_sine_by_default_asks_for_ten_values_after_fifty():
    X, y = problems.damped_sine(np.random.default_rng(0), 3)
    assert X.shape == (3, 50, 1)
    assert y.shape == (3, 10)


def period_and_decay(wave):
    """Read both from the recurrence that fits each wave best."""
    found = []
    for values in wave.astype(float) - 0.5:
        a, b = np.linalg.lstsq(np.stack([values[1:-1], values[:-2]], axis=1), values[2:], rcond=None)[0]
        root = np.roots([1, -a, -b])[0]
        found.append((2 * np.pi / abs(np.angle(root)), -np.log(abs(root))))
    return np.array(found).T


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [({}, ((10, 20), (0.01, 0.1))), ({"period": (20, 30), "decay": (0, 0.02)}, ((20, 30), (0, 0.02)))],
    ids=["default", "chosen"],
)
def test_damped_sine_draws_period_decay_and_phase_evenly(ranges, expected):
    n = 2000
    X, _ = problems.damped_sine(np.random.default_rng(0), n, **ranges)
    for found, (low, high) in zip(period_and_decay(X[:, :, 0]), expected, strict=True):
        counts, _ = np.histogram(found, bins=5, range=(low, high))
        slack = 1e-3 * (high - low)
        assert ((found > low - slack) & (found < high + slack)).all()
        np.testing.assert_allclose(counts, n / 5, atol=5 * np.sqrt(n * 0.2 * 0.8))
    # At step 0 the value is 0.5 + 0.5 * sin(phase): half of all phases give less than 0.5, a third less than 0.25.
    for level, share in ((0.5, 1 / 2), (0.25, 1 / 3), (0.75, 2 / 3)):
        assert (X[:, 0] < level).mean() == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / n))


def test_damped_sine_adds_noise_to_what_is_read_only():
    clean, noisy = (problems.damped_sine(np.random.default_rng(0), 500, noise=noise) for noise in (0, 0.1))
    np.testing.assert_array_equal(clean[1], noisy[1])
    difference = noisy[0] - clean[0]
    assert difference.mean() == pytest.approx(0, abs=5 * 0.1 / np.sqrt(difference.size))
    np.testing.assert_allclose(difference.std(axis=0), 0.1, atol=0.02)
    np.testing.assert_allclose(difference.std(axis=1), 0.1, atol=0.06)


def test_damped_sine_depends_on_the_generator_alone_and_goes_on_where_it_stands():
    rng = np.random.default_rng(1)
    first, again, next_ones = (problems.damped_sine(r, 30) for r in (np.random.default_rng(1), rng, rng))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(again[0], next_ones[0])


@pytest.mark.parametrize("name", ["n", "n_steps", "horizon"])
@pytest.mark.parametrize("value", [0, -3, 30.0, True, "30", None], ids=repr)
def test_damped_sine_refuses_sizes_that_are_not_whole_numbers(name, value):
    message = f"{name} must be a whole number of at least 1; got {value!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        problems.damped_sine(np.random.default_rng(0), **{"n": 5, name: value})


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("period", 10, "a pair of numbers"),
        ("period", (10,), "a pair of numbers"),
        ("period", ("a", "b"), "a pair of numbers"),
        ("period", "12", "a pair of numbers"),
        ("period", ("10", "20"), "a pair of numbers"),
        ("period", (10, 20, 30), "a pair of numbers"),
        ("period", (20, 10), "finite, the smaller number first"),
        ("period", (10, np.inf), "finite, the smaller number first"),
        ("period", (np.nan, 10), "finite, the smaller number first"),
        ("period", (0, 10), "above 0"),
        ("decay", (0.1, 0.01), "finite, the smaller number first"),
        ("decay", (-0.1, 0.1), "not be negative"),
        ("decay", (False, True), "a pair of numbers"),
        ("noise", -0.1, "a finite number of at least 0"),
        ("noise", np.inf, "a finite number of at least 0"),
        ("noise", np.nan, "a finite number of at least 0"),
        ("noise", "0.1", "a finite number of at least 0"),
        ("noise", None, "a finite number of at least 0"),
        ("noise", True, "a finite number of at least 0"),
        ("noise", [0.1], "a finite number of at least 0"),
    ],
)
def test_damped_sine_refuses_ranges_that_make_no_sense(name, value, complaint):
    with pytest.raises(ValueError, match=rf"^{name} must (?:be|lie)?.*{complaint}.*; got {re.escape(repr(value))}"):
        problems.damped_sine(np.random.default_rng(0), 5, **{name: value})


def written(X):
    """Return what stands in each row of one-hot characters, or of their numbers."""
    characters = X.argmax(axis=-1) if X.ndim == 3 else X
    return ["".join(problems.ADDITION_CHARACTERS[c] for c in row) for row in characters]


def read_back(X, y, framing):
    """Read both numbers and the sum of each row, and check that it is written as the documentation says."""
    n_digits = y.shape[1] - 1
    if framing == "columns":
        digits = [part.argmax(axis=-1)[:, ::-1] for part in (X[..., :10], X[..., 10:])] + [y[:, ::-1]]
        assert (X.reshape(*X.shape[:2], 2, 10).sum(axis=-1) == 1).all()
        return [tuple(int("".join(map(str, row))) for row in rows) for rows in zip(*digits, strict=True)]
    rows = []
    for question, answer in zip(written(X), written(y), strict=True):
        a, b = (int(number) for number in question.split("+"))
        if framing == "text":
            assert question == f"{a}+{b}".ljust(2 * n_digits + 1)
            total = int(answer)
            assert answer == str(total).ljust(n_digits + 1)
        else:
            assert question == f"{a:{n_digits}}+{b:{n_digits}}"
            total = int(answer[::-1])
            assert answer[::-1] == f"{total:{n_digits + 1}}"
        rows.append((a, b, total))
    return rows


FRAMINGS = ("text", "aligned", "columns")


@given(
    seed=st.integers(0, 1000),
    n=st.integers(1, 30),
    n_digits=st.integers(1, 17),
    framing=st.sampled_from(FRAMINGS),
    pairs=st.sampled_from(["all", "training", "held-out"]),
)
def test_addition_asks_for_the_sum_and_keeps_pairs_apart(seed, n, n_digits, framing, pairs):
    X, y = problems.addition(np.random.default_rng(seed), n, n_digits=n_digits, framing=framing, pairs=pairs)

    assert X.shape == ((n, n_digits + 1, 20) if framing == "columns" else (n, 2 * n_digits + 1, 12))
    assert y.shape == (n, n_digits + 1)
    assert X.dtype == np.float32
    assert np.issubdtype(y.dtype, np.integer)
    assert set(np.unique(X)) <= {0, 1}
    for a, b, total in read_back(X, y, framing):
        assert 0 <= a < 10**n_digits and 0 <= b < 10**n_digits
        assert total == a + b
        if pairs != "all":
            assert problems.held_out(a, b) == problems.held_out(b, a) == (pairs == "held-out")


def test_addition_is_written_as_in_its_documentation():
    for framing, question, answer in [("text", "535+61 ", "596 "), ("aligned", "535+ 61", "695 ")]:
        code = [problems.ADDITION_CHARACTERS.index(character) for character in question]
        X, y = problems.addition(np.random.default_rng(0), 300_000, framing=framing)
        asked = (X.argmax(axis=-1) == code).all(axis=1)
        assert set(written(y[asked])) == {answer}


def test_addition_by_default_has_three_aligned_digits_and_all_pairs():
    X, y = problems.addition(np.random.default_rng(0), 500)
    aligned, _ = problems.addition(np.random.default_rng(0), 500, n_digits=3, framing="aligned", pairs="all")
    np.testing.assert_array_equal(X, aligned)
    held = [problems.held_out(a, b) for a, b, _ in read_back(X, y, "aligned")]
    assert 0 < np.mean(held) < 1


@pytest.mark.parametrize("framing", FRAMINGS)
def test_addition_frames_the_same_sums(framing):
    X, y = problems.addition(np.random.default_rng(3), 200, framing=framing)
    aligned = problems.addition(np.random.default_rng(3), 200)
    assert read_back(X, y, framing) == read_back(*aligned, "aligned")


def test_addition_draws_every_length_equally_often_and_then_every_number():
    X, y = problems.addition(np.random.default_rng(0), 20_000, n_digits=2)
    pairs = np.array(read_back(X, y, "aligned"))[:, :2]
    for numbers in pairs.T:
        counts = np.bincount(numbers, minlength=100)
        for expected, found in ((1000, counts[:10]), (20_000 / 180, counts[10:])):
            np.testing.assert_allclose(found, expected, atol=5 * np.sqrt(expected))
    short = pairs < 10
    assert (short[:, 0] & short[:, 1]).mean() == pytest.approx(0.25, abs=5 * np.sqrt(0.25 * 0.75 / 20_000))


def test_addition_goes_on_where_the_generator_stands_and_depends_on_it_alone():
    rng = np.random.default_rng(0)
    first, second = problems.addition(rng, 30), problems.addition(rng, 30)
    assert not np.array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[0], problems.addition(np.random.default_rng(0), 30)[0])


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"n": 0}, "n must be a whole number of at least 1; got 0."),
        ({"n": True}, "n must be a whole number of at least 1; got True."),
        ({"n_digits": 2.0}, "n_digits must be a whole number of at least 1; got 2.0."),
        ({"n_digits": 18}, "n_digits must be at most 17, or the sums have no exact whole numbers; got 18."),
        ({"framing": "rows"}, "framing must be one of 'text', 'aligned', 'columns'; got 'rows'."),
        ({"pairs": "test"}, "pairs must be one of 'all', 'training', 'held-out'; got 'test'."),
    ],
    ids=str,
)
def test_addition_refuses_what_it_cannot_do(wrong, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        problems.addition(np.random.default_rng(0), **{"n": 5, **wrong})


def test_a_tenth_of_all_pairs_is_held_out_in_both_orders():
    a, b = np.meshgrid(np.arange(1000), np.arange(1000))
    held = problems.held_out(a, b)
    np.testing.assert_array_equal(held, held.T)
    # Each number and each size has its share; 5 standard deviations of a draw.
    assert held.mean() == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / 500_500))
    np.testing.assert_allclose(held.mean(axis=0), 0.1, atol=5 * np.sqrt(0.09 / 1000))
    assert held[:100, :100].mean() == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / 5_050))


def mixed_by_hand(x):
    """The mixing of `held_out` in Python's whole numbers of any size."""
    x = (x + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
    return x ^ (x >> 31)


@given(a=st.integers(0, 10**17 - 1), b=st.integers(0, 10**17 - 1))
def test_which_pairs_are_held_out_never_changes(a, b):
    expected = mixed_by_hand((mixed_by_hand(min(a, b)) + max(a, b)) % 2**64) % 10 == 0
    assert problems.held_out(a, b) == expected


@pytest.mark.parametrize("name", ["a", "b"])
@pytest.mark.parametrize("bad", [-1, 1.5, "1", None, True, [3, -3], 2**64], ids=repr)
def test_held_out_refuses_what_is_no_whole_number_of_at_least_zero(name, bad):
    message = f"{name} must hold whole numbers of at least 0, below 2**64; got {np.asarray(bad)!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        problems.held_out(**({"a": 3, "b": 4} | {name: bad}))


def test_held_out_refuses_numbers_that_cannot_be_paired():
    with pytest.raises(ValueError, match=r"^a and b must have the same shape; got \(2,\) and \(3,\)\.$"):
        problems.held_out([1, 2], [1, 2, 3])


@given(data=st.data(), seed=st.integers(0, 1000), n=st.integers(1, 20), n_lines=st.integers(2, 12))
def test_rectangles_are_drawn_around_and_closed(data, seed, n, n_lines):
    shortest = data.draw(st.integers(1, n_lines - 1), label="shortest")
    longest = data.draw(st.integers(shortest, n_lines - 1), label="longest")
    sizes = {"n_lines": n_lines, "shortest": shortest, "longest": longest}
    X, y = problems.rectangles(np.random.default_rng(seed), n, **sizes)

    assert X.shape == y.shape == (n, 5, 2)
    assert np.issubdtype(X.dtype, np.integer)
    assert np.issubdtype(y.dtype, np.integer)
    assert (X[:, 0] == -1).all()
    np.testing.assert_array_equal(X[:, 1:], y[:, :-1])
    assert y.min() >= 0
    assert y.max() < n_lines
    for drawing in y.tolist():
        (x_1, y_1), (x_2, y_2) = drawing[0], drawing[2]
        assert shortest <= x_2 - x_1 <= longest
        assert shortest <= y_2 - y_1 <= longest
        anticlockwise = [[x_1, y_1], [x_2, y_1], [x_2, y_2], [x_1, y_2], [x_1, y_1]]
        assert drawing in (anticlockwise, anticlockwise[::-1])


def test_rectangles_by_default_have_sixteen_lines_and_sides_of_three_to_ten():
    _, y = problems.rectangles(np.random.default_rng(0), 5000)
    assert (y.min(), y.max()) == (0, 15)
    assert set(np.unique(y[:, 2] - y[:, 0])) == set(range(3, 11))


def test_rectangles_draws_sizes_directions_and_places_evenly():
    n = 40_000
    _, y = problems.rectangles(np.random.default_rng(0), n, n_lines=6, shortest=2, longest=4)
    width, height = (y[:, 2] - y[:, 0]).T
    clockwise = y[:, 1, 0] == y[:, 0, 0]
    assert clockwise.mean() == pytest.approx(0.5, abs=5 * np.sqrt(0.25 / n))
    for w in (2, 3, 4):
        for h in (2, 3, 4):
            chosen = (width == w) & (height == h)
            for turn in (clockwise, ~clockwise):
                assert (chosen & turn).mean() == pytest.approx(1 / 18, abs=5 * np.sqrt(1 / 18 / n))
            places = np.zeros((6 - w, 6 - h))
            np.add.at(places, tuple(y[chosen, 0].T), 1)
            share = 1 / places.size
            np.testing.assert_allclose(places / chosen.sum(), share, atol=5 * np.sqrt(share / chosen.sum()))


def test_rectangles_depend_on_the_generator_alone_and_go_on_where_it_stands():
    first, again, other = (problems.rectangles(np.random.default_rng(seed), 30)[1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    rng = np.random.default_rng(0)
    assert not np.array_equal(problems.rectangles(rng, 30)[1], problems.rectangles(rng, 30)[1])


@pytest.mark.parametrize(("name", "lowest"), [("n", 1), ("shortest", 1), ("longest", 1), ("n_lines", 2)])
@pytest.mark.parametrize("value", [0, -3, 4.0, True, "3", None], ids=repr)
def test_rectangles_refuse_sizes_that_are_not_whole_numbers(name, lowest, value):
    message = f"{name} must be a whole number of at least {lowest}; got {value!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        problems.rectangles(np.random.default_rng(0), **{"n": 5, name: value})


@pytest.mark.parametrize(("shortest", "longest", "n_lines"), [(5, 4, 16), (3, 16, 16), (2, 2, 2)])
def test_rectangles_refuse_sides_that_do_not_fit(shortest, longest, n_lines):
    message = f"shortest <= longest < n_lines; got {shortest}, {longest} and {n_lines}."
    with pytest.raises(ValueError, match=f"{re.escape(message)}$"):
        problems.rectangles(np.random.default_rng(0), 5, n_lines=n_lines, shortest=shortest, longest=longest)


# Directions counter-clockwise from the right, as (rows down, columns right) a step
DIRECTIONS = {
    4: [(0, 1), (-1, 0), (0, -1), (1, 0)],
    8: [(0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)],
}


@given(
    data=st.data(),
    seed=st.integers(0, 1000),
    n_steps=st.integers(1, 9),
    size=st.integers(1, 10),
    n_directions=st.sampled_from([4, 8]),
    speed=st.integers(1, 12),
)
def test_moving_squares_moves_one_square_in_its_direction(data, seed, n_steps, size, n_directions, speed):
    square = data.draw(st.integers(1, size), label="square")
    X, y = problems.moving_squares(
        np.random.default_rng(seed),
        6,
        n_steps=n_steps,
        size=size,
        square=square,
        n_directions=n_directions,
        speeds=[speed],
    )
    assert X.shape == (6, n_steps, size, size, 1)
    assert X.dtype == np.float32
    assert y.shape == (6,)
    assert np.issubdtype(y.dtype, np.integer)
    corner = np.zeros((size, size, 1))
    corner[:square, :square] = 1
    anywhere = [np.roll(corner, (row, column), (0, 1)) for row in range(size) for column in range(size)]
    for video, direction in zip(X, y, strict=True):
        assert any(np.array_equal(video[0], image) for image in anywhere)
        down, right = DIRECTIONS[n_directions][direction]
        for t, image in enumerate(video):
            np.testing.assert_array_equal(image, np.roll(video[0], (t * speed * down, t * speed * right), (0, 1)))


def test_moving_squares_by_default_has_six_images_of_twelve_pixels_and_eight_directions():
    X, y = problems.moving_squares(np.random.default_rng(0), 300)
    assert X.shape == (300, 6, 12, 12, 1)
    assert set(X.sum(axis=(2, 3, 4)).ravel()) == {9}
    assert set(y) == set(range(8))


def test_moving_squares_draws_every_direction_and_speed_equally_often():
    X, y = problems.moving_squares(np.random.default_rng(0), 16_000, n_steps=2, size=8, square=1, speeds=(1, 3))
    place = X.reshape(len(X), 2, 64).argmax(axis=-1)
    moved = (place[:, 1] - place[:, 0]) % 64
    for direction in range(8):
        # Binomial counts of 1/8 of the videos; 5 standard deviations hold for any seed.
        count = np.count_nonzero(y == direction)
        assert abs(count - 2000) < 5 * np.sqrt(16_000 / 8 * 7 / 8)
    upwards = moved[y == 2]
    assert set(upwards) == {64 - 8, 64 - 24}
    assert abs(np.count_nonzero(upwards == 56) - len(upwards) / 2) < 5 * np.sqrt(len(upwards)) / 2


@pytest.mark.parametrize("t", [0, 3])
def test_moving_squares_single_images_tell_nothing_of_the_direction(t):
    X, y = problems.moving_squares(np.random.default_rng(0), 32_000, n_steps=4, size=4, square=1)
    place = X[:, t].reshape(len(X), 16).argmax(axis=-1)
    counts = np.zeros((8, 16))
    np.add.at(counts, (y, place), 1)
    np.testing.assert_allclose(counts, 250, atol=5 * np.sqrt(250))


def test_moving_squares_depends_on_the_generator_alone():
    first, again, other = (problems.moving_squares(np.random.default_rng(seed), 30) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("name", ["n", "n_steps", "size", "square"])
@pytest.mark.parametrize("value", [0, -3, 2.0, True, "3", None], ids=repr)
def test_moving_squares_refuses_sizes_that_are_not_whole_numbers(name, value):
    arguments = {"n": 2, "n_steps": 3, "size": 6, "square": 2} | {name: value}
    with pytest.raises(ValueError, match=f"^{name} must be a whole number of at least 1; got {re.escape(repr(value))}"):
        problems.moving_squares(np.random.default_rng(0), **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 5, "square": 6}, "square must be at most size = 5; got 6."),
        ({"n_directions": 6}, "n_directions must be one of 4, 8; got 6."),
        ({"n_directions": np.array([4, 8])}, "n_directions must be one of 4, 8; got array([4, 8])."),
        ({"speeds": ()}, "speeds must hold at least one speed, such as (1, 2); got none."),
        ({"speeds": 2}, "speeds must be a sequence of whole numbers, such as (1, 2); got 2."),
        ({"speeds": (1, 0)}, "speeds[1] must be a whole number of at least 1; got 0."),
    ],
)
def test_moving_squares_refuses_what_cannot_be_drawn(arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        problems.moving_squares(np.random.default_rng(0), 3, **arguments)


# All


@pytest.mark.parametrize("rng", [0, None, np.random, np.random.RandomState(0)], ids=["0", "None", "module", "old"])
@pytest.mark.parametrize(
    "problem",
    [
        problems.echo,
        problems.sample_and_hold,
        problems.adding,
        problems.cumulative_sum,
        problems.damped_sine,
        problems.addition,
        problems.rectangles,
        problems.moving_squares,
    ],
)
def test_problems_refuse_another_source_of_random_numbers(problem, rng):
    message = f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got {rng!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        problem(rng, 3)


SMALL_NUMBERS = {
    "echo": {"n": 200, "n_steps": 200, "n_values": 100, "position": 150},
    "sample_and_hold": {"n": 200, "n_steps": 200},
    "adding": {"n": 200, "n_steps": 200},
    "cumulative_sum": {"n": 200, "n_steps": 200},
    "damped_sine": {"n": 2, "n_steps": 200, "horizon": 57},
    "addition": {"n": 200, "n_digits": 3},
    "rectangles": {"n": 200, "n_lines": 200, "shortest": 100, "longest": 150},
    "moving_squares": {"n": 10, "n_steps": 3, "size": 200, "square": 100, "n_directions": 8, "speeds": (100, 200)},
}


def test_small_numbers_are_tried_with_every_problem():
    functions = {name for name, f in vars(problems).items() if getattr(f, "__module__", "") == problems.__name__}
    assert set(SMALL_NUMBERS) == {name for name in functions if not name.startswith("_")} - {"held_out", "written_line"}


@pytest.mark.parametrize("name", SMALL_NUMBERS)
def test_small_integers_of_numpy_do_not_overflow(name):
    def small(value):
        return tuple(map(np.uint8, value)) if isinstance(value, tuple) else np.uint8(value)

    arguments = SMALL_NUMBERS[name]
    expected = getattr(problems, name)(np.random.default_rng(0), **arguments)
    found = getattr(problems, name)(np.random.default_rng(0), **{k: small(v) for k, v in arguments.items()})
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b, strict=True)


def test_held_out_refuses_masked_numbers():
    with pytest.raises(ValueError, match=r"^a must hold whole numbers of at least 0"):
        problems.held_out(np.ma.masked_equal([1, 2], 2), [1, 2])


STROKE = np.array([[0.0, 0], [0, 90], [60, 90]])
LETTERS = {"l": (100, [np.array([[50.0, 600.0], [50.0, 0.0]])]), "t": (200, [STROKE, STROKE])}


def test_a_written_line_without_warp_is_its_letters_side_by_side():
    line = problems.written_line(np.random.default_rng(0), LETTERS, "lt l", spacing=150, warp=0)
    corners = line[:, :2].cumsum(axis=0)[np.flatnonzero(line[:, 2])]
    np.testing.assert_allclose(corners, [[50, 0], [160, 90], [160, 90], [700, 0]])
    np.testing.assert_array_equal(np.hypot(*line[1:5, :2].T), 150)


@given(seed=st.integers(0, 100), spacing=st.floats(20, 200), text=st.text("lt ", min_size=1).filter(str.strip))
def test_a_written_line_lifts_the_pen_after_each_stroke_and_steps_evenly_within(seed, spacing, text):
    line = problems.written_line(np.random.default_rng(seed), LETTERS, text, spacing=spacing)
    assert line.shape[1] == 3
    assert line[-1, 2] == 1
    assert line[:, 2].sum() == text.count("l") + 2 * text.count("t")
    steps = np.hypot(*line[1:, :2].T)[line[:-1, 2] == 0]
    assert steps.max() < 1.6 * spacing or steps.max() < 1.6 * 1.5 * 150  # a stroke has at least one step
    again = problems.written_line(np.random.default_rng(seed), LETTERS, text, spacing=spacing)
    np.testing.assert_array_equal(line, again)


def test_written_lines_differ_more_the_stronger_the_warp():
    rng = np.random.default_rng(0)
    ends = [
        np.std([problems.written_line(rng, LETTERS, "ll", warp=w)[:, 1].sum() for _ in range(50)]) for w in (0, 1, 2)
    ]
    assert ends[0] == 0 < 1.5 * ends[1] < ends[2]


@pytest.mark.parametrize("text", ["", "  ", "lx"])
def test_written_line_refuses_text_it_cannot_write(text):
    with pytest.raises(ValueError, match="letters that are in `letters`"):
        problems.written_line(np.random.default_rng(0), LETTERS, text)


@pytest.mark.parametrize("setting", [{"spacing": 0}, {"spacing": np.nan}, {"warp": -1}, {"warp": None}], ids=str)
def test_written_line_refuses_settings_out_of_range(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        problems.written_line(np.random.default_rng(0), LETTERS, "l", **setting)


def test_written_line_refuses_another_source_of_random_numbers_and_takes_whole_numbers():
    with pytest.raises(ValueError, match=r"^rng must be a numpy.random.Generator"):
        problems.written_line(0, LETTERS, "l")
    small = {"l": (np.uint8(100), [np.array([[50, 250], [50, 0]], np.uint8)])}
    line = problems.written_line(np.random.default_rng(0), small, "lll", spacing=np.uint8(250), warp=0)
    np.testing.assert_allclose(line[:, :2], [[50, 250], [0, -250], [100, 250], [0, -250], [100, 250], [0, -250]])
