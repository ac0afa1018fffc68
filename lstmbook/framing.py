"""From one long series to samples: windows, splits that respect time, and batches."""

import numbers

import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.lib.stride_tricks import sliding_window_view


def windows(series, n_steps, horizon=1, *, targets=None, stride=1, gap=0):
    """Cut a series into input windows and the targets that follow them.

    ``X[i]`` covers `n_steps` time steps that start at step ``i * stride``; then `gap` steps are skipped;
    then ``y[i]`` covers `horizon` steps. Missing values (NaN) are framed as they are.

    Parameters
    ----------
    series : array or DataFrame, shape (time,) or (time, features)
        Numeric values, one row a time step, oldest first.
    n_steps : int
        Time steps in a window, at least 1.
    horizon : int
        Time steps to predict, at least 1.
    targets : None, int, str or a list of these
        Columns of `series` that ``y`` holds, by DataFrame name or by position (a negative one counts from the end);
        a name goes before a position. None takes every column.
    stride : int
        Steps between the starts of neighbouring windows, at least 1.
    gap : int
        Steps skipped between a window and its targets, at least 0.

    Returns
    -------
    X : array, shape (samples, n_steps, features)
        Read-only and, where `series` is an array, a view on it: no value is copied.
    y : array, shape (samples, horizon, targets)
        Read-only. A view too, unless `targets` lists columns that are not evenly spaced: those columns are copied once.

    Raises
    ------
    ValueError
        If `series` is not numeric, has not one or two dimensions, or is shorter than one window with its targets; if
        a size is not a whole number in its range; or if a target column does not exist.
    """
    n_steps = _whole_number("n_steps", n_steps, 1)
    horizon = _whole_number("horizon", horizon, 1)
    stride = _whole_number("stride", stride, 1)
    gap = _whole_number("gap", gap, 0)
    values, names = _numeric_2d(series)
    columns = _positions(targets, names, values.shape[1])

    needed = n_steps + gap + horizon
    if len(values) < needed:
        raise ValueError(
            f"series has {len(values)} time steps; one window needs n_steps + gap + horizon = {needed}. "
            "Give a longer series or ask for less."
        )
    X = sliding_window_view(values[: len(values) - gap - horizon], n_steps, axis=0)
    y = sliding_window_view(values[n_steps + gap :, columns], horizon, axis=0)
    return X[::stride].transpose(0, 2, 1), y[::stride].transpose(0, 2, 1)


def split_by_time(series, validation, test):
    """Split a series into training, validation and test part, oldest first, without shuffling.

    Parameters
    ----------
    series : array or DataFrame, shape (time, ...)
        One row a time step, oldest first.
    validation, test : int or float
        Size of each part: a number of rows, or a fraction of all rows (rounded to whole rows). Training gets the rest.

    Returns
    -------
    training, validation, test : three views on `series`, in that order.

    Raises
    ------
    ValueError
        If a size is neither a positive whole number nor a fraction below 1, or if nothing is left for training.
    """
    n = len(series)
    n_validation = _row_count("validation", validation, n)
    n_test = _row_count("test", test, n)
    n_train = n - n_validation - n_test
    if n_train < 1:
        raise ValueError(
            f"validation={validation} and test={test} take {n_validation + n_test} of {n} rows and leave none "
            "for training. Ask for less."
        )
    rows = series.iloc if isinstance(series, pd.DataFrame | pd.Series) else series
    return rows[:n_train], rows[n_train : n_train + n_validation], rows[n_train + n_validation :]


def batches(*arrays, size):
    """Return the batches of a training, in the order of the samples, for ``model.fit(..., shuffle=False)``.

    ``model.fit`` takes arrays as well, and reads the same batches from them. But it then lets TensorFlow tune how it
    reads, in a thread that sleeps for twice as long each time; when the training is over, it waits until the thread
    wakes up (TensorFlow 2.21): up to as long as the training took. Here nothing is tuned.

    Parameters
    ----------
    *arrays : array, or list, tuple or dict of arrays, each of shape (samples, ...)
        Inputs, targets and perhaps weights of the samples, as ``model.fit`` takes them; several inputs in a list.
    size : int
        Samples in a batch, at least 1. The last batch holds what is left.

    Returns
    -------
    tf.data.Dataset
        Of tuples with one batch of each of `arrays`.

    Raises
    ------
    ValueError
        If there is no array, if the arrays differ in their number of samples, or if `size` is not a whole number of
        at least 1.
    """
    size = _whole_number("size", size, 1)
    arrays = tuple(tuple(a) if isinstance(a, list | tuple) else a for a in arrays)
    lengths = [len(a) for a in tf.nest.flatten(arrays)]
    if len(set(lengths)) != 1:
        raise ValueError(f"arrays must be at least one and hold the same number of samples; got {lengths} samples.")
    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.from_tensor_slices(arrays).batch(size).with_options(options)


def _whole_number(name, value, smallest):
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < smallest:
        raise ValueError(f"{name} must be a whole number of at least {smallest}; got {value!r}.")
    return int(value)


def _row_count(name, size, n):
    if not isinstance(size, bool) and isinstance(size, numbers.Integral) and size >= 1:
        return int(size)
    if isinstance(size, numbers.Real) and 0 < size < 1 and round(size * n) >= 1:
        return round(size * n)
    raise ValueError(
        f"{name} must be a number of rows (1 or more) or a fraction between 0 and 1 that is at least one of "
        f"the {n} rows; got {size!r}."
    )


def _numeric_2d(series):
    """Return the values as an array (time, features), and the column names or None."""
    names = None
    if isinstance(series, pd.DataFrame):
        names = list(series.columns)
        wrong = [str(name) for name, dtype in series.dtypes.items() if not pd.api.types.is_numeric_dtype(dtype)]
        if wrong:
            raise ValueError(
                f"series must be numeric; these columns are not: {', '.join(wrong)}. Encode them (pandas.get_dummies) "
                "or leave them out."
            )
        values = series.to_numpy()
        if values.dtype == object:  # a mixture of bool and float, or pandas' nullable types
            values = series.to_numpy(dtype=float, na_value=np.nan)
    else:
        values = np.asarray(series)
    if not (np.issubdtype(values.dtype, np.number) or values.dtype == bool):
        raise ValueError(f"series must be numeric; got values of type {values.dtype}. Convert them to numbers first.")
    if values.ndim not in (1, 2) or 0 in values.shape[1:]:
        raise ValueError(
            f"series must have shape (time,) or (time, features); got {values.shape}. "
            "Reshape it, or frame one series at a time."
        )
    return (values[:, np.newaxis] if values.ndim == 1 else values), names


def _positions(targets, names, n_features):
    """Return the wanted columns as a slice where they are evenly spaced (a view), else as a list (a copy)."""
    if targets is None:
        return slice(None)
    wanted = list(targets) if np.iterable(targets) and not isinstance(targets, str) else [targets]
    if not wanted:
        raise ValueError("targets is empty; name at least one column, or leave it None for all.")
    positions = [_position(target, names, n_features) for target in wanted]
    steps = set(np.diff(positions).tolist()) or {1}
    if len(steps) == 1 and (step := steps.pop()) > 0:
        return slice(positions[0], positions[-1] + 1, step)
    return positions


def _position(target, names, n_features):
    if names is not None and target in names:
        if names.count(target) > 1:
            raise ValueError(f"targets: {target!r} is the name of several columns; give its position instead.")
        return names.index(target)
    is_position = isinstance(target, numbers.Integral) and not isinstance(target, bool)
    if is_position and -n_features <= target < n_features:
        return int(target) % n_features
    known = f"positions 0 to {n_features - 1}" + (f" and the names {', '.join(map(str, names))}" if names else "")
    raise ValueError(f"targets: there is no column {target!r}; this series has {known}.")
