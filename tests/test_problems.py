"""lstmbook.problems: reproducible sequences with the right answer."""

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
@pytest.mark.parametrize("value", [0, -3, 2.0, "3", None], ids=repr)
def test_echo_refuses_sizes_that_are_not_whole_numbers(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number of at least 1; got {value!r}"):
        problems.echo(np.random.default_rng(0), **{"n": 5, name: value})


@pytest.mark.parametrize("position", [-1, 4, 9, 1.0, "1", None], ids=repr)
def test_echo_refuses_a_position_outside_the_sequence(position):
    message = f"^position must be a whole number from 0 to n_steps - 1 = 3; got {position!r}"
    with pytest.raises(ValueError, match=message):
        problems.echo(np.random.default_rng(0), 5, n_steps=4, position=position)
