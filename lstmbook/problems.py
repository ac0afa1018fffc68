"""Test problems from the literature, made fresh from a random generator whenever they are asked for."""

import numbers

import numpy as np


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
    for name, value in {"n": n, "n_steps": n_steps, "n_values": n_values}.items():
        if not isinstance(value, numbers.Integral) or value < 1:
            raise ValueError(f"{name} must be a whole number of at least 1; got {value!r}.")
    if not isinstance(position, numbers.Integral) or not 0 <= position < n_steps:
        raise ValueError(f"position must be a whole number from 0 to n_steps - 1 = {n_steps - 1}; got {position!r}.")
    integers = rng.integers(n_values, size=(n, n_steps))
    return np.eye(n_values, dtype="float32")[integers], integers[:, position]
