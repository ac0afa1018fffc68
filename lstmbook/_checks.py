"""Checks of arguments that several modules share."""

import numbers
from collections.abc import Hashable

import numpy as np
import pandas as pd


def check_sizes(smallest=1, **sizes):
    """Return sizes, given by name, as a list of int; refuse one that is no whole number of at least `smallest`."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < smallest:
            raise ValueError(f"{name} must be a whole number of at least {smallest}; got {value!r}.")
    return [int(value) for value in sizes.values()]  # small NumPy integers would overflow in sums and products


def is_number(value):
    """Tell whether a value is a single real number; True and False are none."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def check_choice(name, value, choices):
    """Refuse a value that is not one of the `choices`."""
    if not isinstance(value, Hashable) or value not in choices:  # an array has no single truth value
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}.")


def check_generator(rng):
    """Refuse a source of random numbers that is not NumPy's Generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got {rng!r}.")


def check_mapping(name, values, content):
    """Refuse what is no dict, such as a table alone, or an empty one; `content` says what a dict would hold."""
    if not isinstance(values, dict) or not values:
        got = values if isinstance(values, dict) else type(values).__name__
        raise ValueError(f"{name} must be a dict, {content}, with at least one entry; got {got}.")


def numeric_array(name, values):
    """Return an array of real numbers or booleans, masked values as NaN; refuse anything else."""
    dtypes = values.dtypes if isinstance(values, pd.DataFrame) else [getattr(values, "dtype", None)]
    if any(isinstance(dtype, pd.CategoricalDtype) for dtype in dtypes):  # NumPy would take the names for numbers
        raise ValueError(f"{name} must be numeric; got values of type category. Convert them to numbers first.")
    try:
        array = np.asarray(values)
    except ValueError:  # from NumPy, for lists of different lengths
        raise ValueError(
            f"{name} must be an array of numbers; got a sequence of arrays of different shapes. "
            "Give them one at a time, or pad them to one length."
        ) from None
    if not np.can_cast(array.dtype, float, "same_kind"):
        raise ValueError(f"{name} must be numeric; got values of type {array.dtype}. Convert them to numbers first.")
    if np.ma.is_masked(values):
        array = np.ma.filled(values.astype(np.result_type(array, np.float16)), np.nan)
    return array


def finite_array(name, values, advice="Fill or drop them first."):
    """Return an array of numbers; refuse one with missing, masked or infinite values."""
    values = numeric_array(name, values)
    if not np.isfinite(values).all():
        count = np.count_nonzero(~np.isfinite(values))
        raise ValueError(f"{name} must be finite; got {count} missing or infinite values. {advice}")
    return values
