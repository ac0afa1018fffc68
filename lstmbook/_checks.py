"""Checks of arguments that several modules share."""

import numbers
from collections.abc import Hashable

import numpy as np


def check_sizes(smallest=1, **sizes):
    """Refuse a size, given by name, that is not a whole number of at least `smallest`."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < smallest:
            raise ValueError(f"{name} must be a whole number of at least {smallest}; got {value!r}.")


def check_choice(name, value, choices):
    """Refuse a value that is not one of the `choices`."""
    if not isinstance(value, Hashable) or value not in choices:  # an array has no single truth value
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}.")


def check_generator(rng):
    """Refuse a source of random numbers that is not NumPy's Generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got {rng!r}.")
