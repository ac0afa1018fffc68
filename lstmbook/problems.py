"""Test problems from the literature, made fresh from a random generator whenever they are asked for."""

import numbers

import numpy as np

from lstmbook._checks import check_sizes


def echo(rng, n, *, n_steps=5, n_values=10, position=1):
    """Sequences of random integers, and the integer that stood at one position.

    The network reads the whole sequence, must keep one value in memory and say it at the end.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sequences.
    n_steps : int
        Integers in a sequence.
    n_values : int
        The integers run from 0 to ``n_values - 1``, each equally likely.
    position : int
        Which integer to remember, counted from 0. It has to be kept for ``n_steps - 1 - position`` further steps.

    Returns
    -------
    X : array of float32, shape (n, n_steps, n_values)
        The integers, one-hot encoded.
    y : array of int, shape (n,)
        The integer at `position`.

    Raises
    ------
    ValueError
        If `n`, `n_steps` or `n_values` is not a whole number of at least 1, or `position` lies outside the sequence.

    Notes
    -----
    After the echo problem in Jason Brownlee, *Long Short-Term Memory Networks With Python* (2017), chapter 6.
    """
    check_sizes(n=n, n_steps=n_steps, n_values=n_values)
    is_position = isinstance(position, numbers.Integral) and not isinstance(position, bool)
    if not is_position or not 0 <= position < n_steps:
        raise ValueError(f"position must be a whole number from 0 to n_steps - 1 = {n_steps - 1}; got {position!r}.")
    integers = rng.integers(n_values, size=(n, n_steps))
    return np.eye(n_values, dtype="float32")[integers], integers[:, position]


def sample_and_hold(rng, n, *, n_steps=20):
    """Random numbers, now and then with the signal "write"; at the signal "read" the number written last is asked for.

    The network has to write, keep, overwrite and read a memory of one number.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sequences.
    n_steps : int
        Steps in a sequence.

    Returns
    -------
    X : array of float32, shape (n, n_steps, 3)
        A number, uniform in [-1, 1); the signal "write", 0 or 1; the signal "read", 0 or 1. Each signal comes at a
        fifth of the steps, independently.
    y : array of float32, shape (n, n_steps, 1)
        Where "read" is 1, the number at the last step (this one included) at which "write" was 1, or 0 if there was
        none; elsewhere 0.

    Raises
    ------
    ValueError
        If `n` or `n_steps` is not a whole number of at least 1.

    Notes
    -----
    Named after the circuit that samples a voltage and holds it.
    """
    check_sizes(n=n, n_steps=n_steps)
    values = rng.uniform(-1, 1, (n, n_steps))
    write, read = rng.random((2, n, n_steps)) < 0.2
    last_write = np.maximum.accumulate(np.where(write, np.arange(n_steps), -1), axis=1)
    held = np.where(last_write >= 0, np.take_along_axis(values, last_write, axis=1), 0)
    X = np.stack([values, write, read], axis=-1).astype("float32")
    return X, (held * read)[..., np.newaxis].astype("float32")


def adding(rng, n, *, n_steps=100):
    """Random numbers, two of them marked in the first half of the sequence; their sum is asked for at the end.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sequences.
    n_steps : int
        Steps in a sequence, at least 20.

    Returns
    -------
    X : array of float32, shape (n, n_steps, 2)
        A number, uniform in [-1, 1), and a mark, 0 or 1. One mark stands on one of the first ten steps, the other on
        another step of the first half.
    y : array of float32, shape (n, 1)
        ``0.5 + (a + b) / 4`` for the marked numbers a and b, between 0 and 1.

    Raises
    ------
    ValueError
        If `n` is not a whole number of at least 1 or `n_steps` not one of at least 20.

    Notes
    -----
    Experiment 4 of S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997), with one
    length instead of slightly varying ones and without the mark -1 on the first and the last step.
    """
    check_sizes(n=n)
    check_sizes(20, n_steps=n_steps)
    rows = np.arange(n)
    first = rng.integers(0, 10, n)
    second = rng.integers(0, n_steps // 2 - 1, n)
    second += second >= first  # any step of the first half but that of the first mark
    marks = np.zeros((n, n_steps))
    marks[rows, first] = marks[rows, second] = 1
    values = rng.uniform(-1, 1, (n, n_steps))
    y = 0.5 + (values * marks).sum(axis=1, keepdims=True) / 4
    return np.stack([values, marks], axis=-1).astype("float32"), y.astype("float32")
