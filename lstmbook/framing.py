"""From one long series to samples: windows, splits that respect time, and batches."""

import numbers
from collections.abc import Hashable

import keras
import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from lstmbook._checks import check_sizes, numeric_array


def windows(series, n_steps, horizon=1, *, targets=None, stride=1, gap=0):
    """Cut a series into input windows and the targets that follow them.

    ``X[i]`` covers `n_steps` time steps that start at step ``i * stride``; then `gap` steps are skipped;
    then ``y[i]`` covers `horizon` steps. Missing values (NaN) are framed as they are; masked ones become NaN.

    Parameters
    ----------
    series : array, Series or DataFrame, shape (time,) or (time, features)
        Numeric values, one row a time step, oldest first. If its index holds times, they are looked at; see the notes.
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
        A network with `targets` outputs takes ``y[:, 0]`` where the horizon is 1, one with `horizon` outputs
        ``y[:, :, 0]`` where there is one target, and one with ``horizon * targets`` outputs ``y.reshape(len(y), -1)``.

    Raises
    ------
    ValueError
        If `series` is not numeric, has not one or two dimensions, or is shorter than one window with its targets; if
        its index holds times that do not increase or leave holes; if a size is not a whole number in its range; or if
        a target column does not exist.

    Notes
    -----
    A hole is a step in time that is longer than one and a half times the usual step, where a usual one exists: more
    than half of all steps are of this length. Daily tables without a single row on some day of the week, such as stock
    prices, may have holes of any length, because a holiday looks like a missing row.

    See Also
    --------
    windows_by_series : the same for a table that holds several series, one below the other.

    Examples
    --------
    >>> X, y = windows([10, 11, 12, 13, 14], n_steps=3)
    >>> X.shape, y.shape
    ((2, 3, 1), (2, 1, 1))
    >>> X[0, :, 0], y[0, :, 0]
    (array([10, 11, 12]), array([13]))
    """
    n_steps, horizon, stride = check_sizes(n_steps=n_steps, horizon=horizon, stride=stride)
    (gap,) = check_sizes(0, gap=gap)
    _check_times(series, holes=False)
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


def windows_by_series(table, by, n_steps, horizon=1, *, targets=None, stride=1, gap=0):
    """Cut a table that holds several series, one below the other, so that no window crosses from one to the next.

    Parameters
    ----------
    table : DataFrame
        One row a time step of one series, the rows of each series oldest first, times in the index if there are any.
    by : str
        Column that says to which series a row belongs, such as "shop". It is no feature.
    n_steps, horizon, targets, stride, gap
        As in `windows`, for each series alone.

    Returns
    -------
    X : array, shape (samples, n_steps, features)
        The windows of one series after those of the other, in the order in which the series begin. A copy: each value
        takes up to `n_steps` times its memory.
    y : array, shape (samples, horizon, targets)
    series : array, shape (samples,)
        The entry of `by` that each sample comes from.

    Raises
    ------
    ValueError
        If `table` is no DataFrame with rows and a column `by`, if `by` has missing entries, or if `windows` refuses a
        series, for example because it is too short.

    Examples
    --------
    >>> table = pd.DataFrame({"shop": ["A", "A", "A", "B", "B", "B"], "sold": [1, 2, 3, 70, 80, 90]})
    >>> X, y, shop = windows_by_series(table, "shop", n_steps=2)
    >>> X[:, :, 0].tolist(), y[:, 0, 0].tolist(), shop.tolist()
    ([[1, 2], [70, 80]], [3, 90], ['A', 'B'])
    """
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ValueError(f"table must be a DataFrame with rows and columns; got {table!r}.")
    if list(table.columns).count(by) != 1:
        raise ValueError(f"by must be the name of one column, of {', '.join(map(str, table.columns))}; got {by!r}.")
    if table[by].isna().any():
        raise ValueError(f"by must name a series for every row; column {by!r} has missing entries. Drop these rows.")
    X, y, names = [], [], []
    for name, rows in table.groupby(by, sort=False, observed=True):
        try:
            parts = windows(rows.drop(columns=by), n_steps, horizon, targets=targets, stride=stride, gap=gap)
        except ValueError as error:
            raise ValueError(f"{by} {name!r}: {error}") from None
        X.append(parts[0])
        y.append(parts[1])
        names.append(np.full(len(parts[0]), name))
    return tuple(np.concatenate(parts) for parts in (X, y, names))


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
        If `series` has no rows to count, or its index holds times that do not increase; if a size is neither a positive
        whole number nor a fraction below 1; or if nothing is left for training.

    Examples
    --------
    >>> split_by_time(np.arange(10), validation=0.2, test=3)
    (array([0, 1, 2, 3, 4]), array([5, 6]), array([7, 8, 9]))
    """
    if not isinstance(series, list | tuple) and np.ndim(series) == 0:
        raise ValueError(f"series must have rows, as an array, a list or a DataFrame; got {series!r}.")
    _check_times(series)
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
    tf.data.Dataset, or, where Keras's backend is not TensorFlow, keras.utils.PyDataset
        Of tuples with one batch of each of `arrays`. Either can be read again and again.

    Raises
    ------
    ValueError
        If there is no array, if something else is among them, such as None, a list of numbers or a masked array, if the
        arrays differ in their number of samples, or if `size` is not a whole number of at least 1.

    Examples
    --------
    >>> X, y = np.zeros((250, 8, 1)), np.zeros((250, 1))
    >>> len(batches(X, y, size=100))
    3
    """
    (size,) = check_sizes(size=size)
    arrays = tuple(tuple(a) if isinstance(a, list | tuple) else a for a in arrays)
    for i, a in enumerate(arrays):
        if not all(map(_can_be_batched, keras.tree.flatten(a))):
            raise ValueError(
                f"arrays[{i}] must be an array, or a list, tuple or dict of arrays, without a mask; got {a!r}. "
                "Turn numbers in a list into an array, and leave out what is None."
            )
    arrays = keras.tree.map_structure(np.asarray, arrays)
    lengths = [len(a) for a in keras.tree.flatten(arrays)]
    if len(set(lengths)) != 1:
        raise ValueError(f"arrays must be at least one and hold the same number of samples; got {lengths} samples.")
    return (_tensorflow_batches if keras.backend.backend() == "tensorflow" else _Batches)(arrays, size)


def _can_be_batched(a):
    """Tell whether the rows of something are numbers, or text for a layer that reads text."""
    if isinstance(a, np.ma.MaskedArray) or len(getattr(a, "shape", ())) == 0:
        return False
    try:
        return np.asarray(a[:1]).dtype.kind in "SU" or numeric_array("a", a[:1]) is not None
    except ValueError:
        return False


def _tensorflow_batches(arrays, size):
    import tensorflow as tf  # here, so that other backends do without

    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.from_tensor_slices(arrays).batch(size).with_options(options)


class _Batches(keras.utils.PyDataset):
    """Slices of arrays for backends other than TensorFlow, which would read them with the tuning described above."""

    def __init__(self, arrays, size):
        super().__init__()
        self.arrays, self.size = arrays, size

    def __len__(self):
        return -(-len(keras.tree.flatten(self.arrays)[0]) // self.size)

    def __getitem__(self, i):
        return keras.tree.map_structure(lambda a: a[i * self.size : (i + 1) * self.size], self.arrays)


def _check_times(series, holes=True):
    """Refuse an index of times that do not increase and, unless `holes` are allowed, one that leaves some out."""
    index = getattr(series, "index", None)
    if isinstance(index, pd.MultiIndex):
        raise ValueError(
            f"series must have an index of one level, such as times; got {index.nlevels} levels. If one of them names "
            "several series, make it a column (reset_index) and frame each series alone (windows_by_series)."
        )
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex) or len(index) < 2:
        return
    if index.hasnans:
        raise ValueError(f"series must have a time for every row; got {index.isna().sum()} rows without. Drop them.")
    steps = np.diff(index.asi8)
    if (steps <= 0).any():
        i = np.argmax(steps <= 0)
        raise ValueError(
            f"series must have times that increase from row to row; got {index[i + 1]} after {index[i]}. Sort it "
            "(sort_index) and drop rows that stand twice; if it holds several series, treat each alone."
        )
    usual = np.median(steps)
    long = steps > 1.5 * usual
    daily = isinstance(index, pd.DatetimeIndex) and pd.Timedelta(int(usual), index.unit) == pd.Timedelta(days=1)
    closed = daily and index.day_of_week.nunique() < 7
    if long.any() and np.mean(steps == usual) > 0.5 and not (holes or closed):
        i = np.argmax(long)
        raise ValueError(
            f"series must have no holes in its times; got {long.sum()} steps longer than usual, the first from "
            f"{index[i]} to {index[i + 1]}. Where rows are missing, add them as NaN (asfreq or reindex); where nothing "
            "is missing and each row is a step, drop the times (reset_index(drop=True))."
        )


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
    """Return the values as an array (time, features), and the column names, if any."""
    if isinstance(series, pd.Series):
        series = series.to_frame()
    if isinstance(series, pd.DataFrame):
        if wrong := [advice for name, column in series.items() if (advice := _advice(name, column))]:
            raise ValueError(f"series must be numeric; {'; '.join(wrong)}.")
        names, values = list(series.columns), series.to_numpy()
        if values.dtype == object:  # a mixture of bool and float, or pandas' nullable types
            values = series.to_numpy(dtype=float, na_value=np.nan)
    else:
        names, values = [], numeric_array("series", series)
    if values.ndim not in (1, 2) or 0 in values.shape[1:]:
        raise ValueError(
            f"series must have shape (time,) or (time, features); got {values.shape}. "
            "Reshape it, or frame one series at a time."
        )
    return (values[:, np.newaxis] if values.ndim == 1 else values), names


def _advice(name, column):
    """Say what a column that is not numeric holds and what would do, or None for a numeric one."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column):
        return None
    if pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column):
        text = column.dropna().astype(str)
        if pd.to_numeric(text, errors="coerce").notna().mean() > 0.5:
            hint = "numbers kept as text: use pandas.to_numeric(…, errors='coerce') and look at what is missing then"
        elif pd.to_datetime(text, errors="coerce", format="mixed").notna().mean() > 0.5:
            hint = "times kept as text: use pandas.to_datetime and make it the index (set_index)"
        else:
            hint = _GROUPS
    elif pd.api.types.is_datetime64_any_dtype(column) or isinstance(column.dtype, pd.PeriodDtype):
        hint = "times: make it the index (set_index)"
    elif isinstance(column.dtype, pd.CategoricalDtype):
        hint = _GROUPS
    else:
        hint = "values of another kind: make numbers of them, such as durations / pandas.Timedelta(hours=1)"
    return f"column {name!r} ({column.dtype}) holds {hint}"


_GROUPS = (
    "names: if they name several series, frame each alone (windows_by_series); if they are a feature, encode them "
    "(pandas.get_dummies)"
)


def _positions(targets, names, n_features):
    """Return the wanted columns as a slice where they are evenly spaced (a view), else as a list (a copy)."""
    if targets is None:
        return slice(None)
    if isinstance(targets, set | frozenset | dict):
        raise ValueError(f"targets must be in an order, as in a list; got {targets!r}.")
    one = isinstance(targets, str) or not np.iterable(targets) or (isinstance(targets, tuple) and targets in names)
    wanted = [targets] if one else list(targets)
    if not wanted:
        raise ValueError("targets is empty; name at least one column, or leave it None for all.")
    positions = [_position(target, names, n_features) for target in wanted]
    steps = set(np.diff(positions).tolist()) or {1}
    if len(steps) == 1 and (step := steps.pop()) > 0:
        return slice(positions[0], positions[-1] + 1, step)
    return positions


def _position(target, names, n_features):
    if isinstance(target, Hashable) and target in names:
        if names.count(target) > 1:
            raise ValueError(f"targets: {target!r} is the name of several columns; give its position instead.")
        return names.index(target)
    is_position = isinstance(target, numbers.Integral) and not isinstance(target, bool)
    if is_position and -n_features <= target < n_features:
        return int(target) % n_features
    known = f"positions 0 to {n_features - 1}" + (f" and the names {', '.join(map(str, names))}" if names else "")
    raise ValueError(f"targets: there is no column {target!r}; this series has {known}.")
