"""lstmbook.framing: windows beside a plain loop and beside Keras, and splits beside counting."""

import re
import time
import tracemalloc
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmbook import framing

# Oracles and cases


def windows_by_loop(rows, columns, n_steps, horizon, stride=1, gap=0):
    """Return the windows and targets that plain Python cuts from a list of rows."""
    X, y = [], []
    start = 0
    while start + n_steps + gap + horizon <= len(rows):
        X.append([rows[start + step] for step in range(n_steps)])
        first = start + n_steps + gap
        y.append([[rows[first + step][column] for column in columns] for step in range(horizon)])
        start += stride
    return np.array(X), np.array(y)


@st.composite
def sizes(draw, smallest_extra=0):
    """Draw the sizes of a framing, and the length of a series with room for at least one window."""
    drawn = {
        "n_steps": draw(st.integers(1, 6)),
        "horizon": draw(st.integers(1, 5)),
        "stride": draw(st.integers(1, 4)),
        "gap": draw(st.integers(0, 4)),
    }
    extra = draw(st.integers(smallest_extra, smallest_extra + 12))
    return drawn, drawn["n_steps"] + drawn["gap"] + drawn["horizon"] + extra


def column_names(n_features):
    return [f"column {position}" for position in range(n_features)]


@st.composite
def targets_and_columns(draw, n_features, named):
    """Draw a `targets` argument, and the positions that it means."""
    positions = st.integers(0, n_features - 1)
    evenly_spaced = st.builds(lambda first, step: list(range(first, n_features, step)), positions, st.integers(1, 3))
    column = draw(st.lists(positions, min_size=1, max_size=5) | evenly_spaced)
    spellings = [lambda c: c, lambda c: c - n_features, np.int64]
    if named:
        spellings.append(lambda c: f"column {c}")
    spelled = [draw(st.sampled_from(spellings))(c) for c in column]
    return draw(st.sampled_from([(None, list(range(n_features))), (spelled[0], column[:1]), (spelled, column)]))


# The values of windows


@settings(deadline=None, max_examples=300)
@given(data=st.data(), shape=sizes(), n_features=st.integers(1, 6), dtype=st.sampled_from(["float32", "int64"]))
def test_windows_hold_what_a_loop_cuts(data, shape, n_features, dtype):
    arguments, length = shape
    series = np.arange(length * n_features, dtype=dtype).reshape(length, n_features)
    named = data.draw(st.booleans(), label="DataFrame")
    targets, columns = data.draw(targets_and_columns(n_features, named), label="targets, columns")

    frame = pd.DataFrame(series, columns=column_names(n_features)) if named else series
    X, y = framing.windows(frame, targets=targets, **arguments)

    expected_X, expected_y = windows_by_loop(series.tolist(), columns, **arguments)
    np.testing.assert_array_equal(X, expected_X, strict=False)
    np.testing.assert_array_equal(y, expected_y, strict=False)
    assert X.dtype == y.dtype == series.dtype


@given(shape=sizes(), kind=st.sampled_from([np.asarray, list, pd.Series]))
def test_a_one_dimensional_series_gives_one_feature(shape, kind):
    arguments, length = shape
    values = np.arange(length) * 10
    X, y = framing.windows(kind(values), **arguments)
    expected_X, expected_y = windows_by_loop(values[:, np.newaxis].tolist(), [0], **arguments)
    np.testing.assert_array_equal(X, expected_X)
    np.testing.assert_array_equal(y, expected_y)


# Keras refuses series that are not longer than the stride.
@settings(deadline=None, max_examples=25)
@given(data=st.data(), shape=sizes(smallest_extra=4), n_features=st.integers(1, 4))
def test_windows_hold_what_keras_cuts(data, shape, n_features):
    arguments, length = shape
    n_steps, horizon, stride, gap = arguments.values()
    series = np.random.default_rng(length).normal(size=(length, n_features)).astype("float32")
    targets, columns = data.draw(targets_and_columns(n_features, named=False), label="targets, columns")

    X, y = framing.windows(series, targets=targets, **arguments)

    first, last = n_steps + gap, length - horizon + 1
    dataset = keras.utils.timeseries_dataset_from_array(
        data=series[: length - gap - horizon],
        targets=np.stack([series[first + step : last + step, columns] for step in range(horizon)], axis=1),
        sequence_length=n_steps,
        sequence_stride=stride,
        shuffle=False,
        batch_size=length,
    )
    ((keras_X, keras_y),) = dataset
    np.testing.assert_array_equal(X, keras_X)
    np.testing.assert_array_equal(y, keras_y)


def test_the_defaults_are_one_step_ahead_every_column_no_gap_every_start():
    X, y = framing.windows(np.array([[1, 10], [2, 20], [3, 30], [4, 40]]), 2)
    assert X.tolist() == [[[1, 10], [2, 20]], [[2, 20], [3, 30]]]
    assert y.tolist() == [[[3, 30]], [[4, 40]]]


def test_the_shortest_series_gives_one_window():
    X, y = framing.windows(np.arange(9), 4, 3, gap=2)
    assert X[:, :, 0].tolist() == [[0, 1, 2, 3]]
    assert y[:, :, 0].tolist() == [[6, 7, 8]]


def test_missing_values_pass_through():
    X, y = framing.windows(np.array([1.0, np.nan, 3.0, np.nan]), 2)
    np.testing.assert_array_equal(X[:, :, 0], [[1, np.nan], [np.nan, 3]])
    np.testing.assert_array_equal(y[:, 0, 0], [3, np.nan])


# Types of values


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint16", "bool"])
def test_the_type_of_an_array_is_kept(dtype):
    X, y = framing.windows(np.ones((5, 3), dtype), 2, targets=[0, 1, 0])
    assert X.dtype == y.dtype == dtype


@pytest.mark.parametrize(
    "columns",
    [
        {"a": [0.5, 1.5, 2.5], "b": [True, False, True]},
        {"a": pd.array([1, None, 3], dtype="Int64"), "b": [0.5, 1.5, 2.5]},
        {"a": pd.array([0.5, None, 2.5], dtype="Float64"), "b": pd.array([True, False, None], dtype="boolean")},
        {"a": pd.array([1, 2, 3], dtype="Int64"), "b": pd.array([True, None, True], dtype="boolean")},
    ],
    ids=["bool and float", "nullable int", "nullable float and bool", "nullable int and bool"],
)
def test_mixed_and_nullable_columns_become_floats(columns):
    X, y = framing.windows(pd.DataFrame(columns), 2, targets="b")
    expected = np.array(
        [[np.nan if pd.isna(value) else float(value) for value in column] for column in columns.values()]
    )
    assert X.dtype == y.dtype == float
    np.testing.assert_array_equal(X[0].T, expected[:, :2])
    np.testing.assert_array_equal(y[0, 0], expected[1, 2:])


def test_a_name_goes_before_a_position():
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=[1, 0])
    assert framing.windows(frame, 1, targets=0)[1].item() == 4
    assert framing.windows(frame, 1, targets=-1)[1].item() == 4


def test_names_need_not_be_strings():
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=pd.to_datetime(["2020-01-01", "2020-01-02"]))
    assert framing.windows(frame, 1, targets=[frame.columns[1]])[1].item() == 4


def test_columns_of_one_name_are_framed_and_taken_by_position():
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    X, y = framing.windows(frame, 1, targets=1)
    assert X.tolist() == [[[1, 2]]]
    assert y.tolist() == [[[4]]]


# No copies


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("targets", [None, 2, -1, [1], [0, 1, 2, 3], [0, 2], [-3, -1]], ids=str)
def test_windows_and_evenly_spaced_targets_are_views(targets, stride):
    series = np.arange(80).reshape(20, 4)
    X, y = framing.windows(series, 3, 2, targets=targets, stride=stride)
    columns = range(4) if targets is None else np.atleast_1d(targets)
    np.testing.assert_array_equal(y[0], series[3:5, columns])
    assert np.shares_memory(X, series)
    assert np.shares_memory(y, series)


@pytest.mark.parametrize("targets", [[0, 1, 3], [1, 0], [2, 2], [3, 1]], ids=str)
def test_other_targets_are_copied_once(targets):
    series = np.arange(80).reshape(20, 4)
    X, y = framing.windows(series, 3, 2, targets=targets)
    assert np.shares_memory(X, series)
    assert not np.shares_memory(y, series)
    np.testing.assert_array_equal(y[0], series[3:5, targets])
    assert np.shares_memory(y[0, 1], y[1, 0])


@pytest.mark.parametrize("targets", [None, [0, 1, 3]], ids=str)
def test_windows_are_read_only_and_the_series_stays_writeable(targets):
    series = np.zeros((20, 4))
    for part in framing.windows(series, 3, targets=targets):
        with pytest.raises(ValueError, match="read-only"):
            part[0, 0, 0] = 1
    series[0] = 1


def test_a_million_rows_are_framed_at_once_and_without_memory():
    series = np.ones((1_000_000, 8), "float32")
    seconds = []
    for _ in range(7):
        start = time.perf_counter()
        framing.windows(series, 72, 24, targets=0)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.01

    tracemalloc.start()
    try:
        X, y = framing.windows(series, 72, 24, targets=0)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        X[0].copy()
        assert tracemalloc.get_traced_memory()[1] > X[0].nbytes, "NumPy reports its memory to tracemalloc"
    finally:
        tracemalloc.stop()
    assert X.shape == (999_905, 72, 8)
    assert y.shape == (999_905, 24, 1)


# What windows refuses


@pytest.mark.parametrize("name, smallest", [("n_steps", 1), ("horizon", 1), ("stride", 1), ("gap", 0)])
@pytest.mark.parametrize("value", [-1, -7, 2.0, 1.5, True, "2", None, np.float64(2), float("nan")], ids=repr)
def test_a_size_that_is_not_a_whole_number_is_refused(name, smallest, value):
    with pytest.raises(ValueError, match=rf"^{name} must be a whole number of at least {smallest}; got .*{value}"):
        framing.windows(np.ones(10), **{"n_steps": 2, name: value})


@pytest.mark.parametrize("name", ["n_steps", "horizon", "stride"])
def test_a_size_of_zero_is_refused(name):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number of at least 1; got 0"):
        framing.windows(np.ones(10), **{"n_steps": 2, name: 0})


@pytest.mark.parametrize("kind", [int, np.int32, np.uint8])
def test_any_kind_of_whole_number_is_a_size(kind):
    X, y = framing.windows(np.arange(10), kind(2), kind(3), stride=kind(2), gap=kind(1))
    expected_X, expected_y = windows_by_loop([[i] for i in range(10)], [0], 2, 3, 2, 1)
    np.testing.assert_array_equal(X, expected_X)
    np.testing.assert_array_equal(y, expected_y)


@given(shape=sizes(), missing=st.integers(1, 20))
def test_a_series_too_short_is_refused(shape, missing):
    arguments, _ = shape
    needed = arguments["n_steps"] + arguments["gap"] + arguments["horizon"]
    length = max(needed - missing, 0)
    message = rf"^series has {length} time steps; one window needs .* = {needed}\. Give a longer series or ask for less"
    with pytest.raises(ValueError, match=message):
        framing.windows(np.ones((length, 2)), **arguments)


@pytest.mark.parametrize("shape", [(), (4, 3, 2), (4, 0)], ids=str)
def test_another_number_of_dimensions_is_refused(shape):
    message = r"^series must have shape \(time,\) or \(time, features\); got \({}\)\. Reshape it"
    with pytest.raises(ValueError, match=message.format(", ".join(map(str, shape)))):
        framing.windows(np.ones(shape), 1)


def test_a_data_frame_without_columns_is_refused():
    with pytest.raises(ValueError, match=r"^series must have shape .*; got \(4, 0\)"):
        framing.windows(pd.DataFrame(index=range(4)), 1)


@pytest.mark.parametrize(
    "series, dtype",
    [
        (["a", "b", "c"], "<U1"),
        (np.array(["2020-01-01", "2020-01-02"], "M8[D]"), r"datetime64\[D\]"),
        (np.array([1, None, 3]), "object"),
        (np.arange(3).astype("timedelta64[s]"), r"timedelta64\[s\]"),
        (np.arange(3) + 1j, "complex128"),
        (pd.Categorical([1, 2, 3]), "category"),
    ],
    ids=["text", "dates", "objects", "durations", "complex", "categories"],
)
def test_values_that_are_not_numbers_are_refused(series, dtype):
    with pytest.raises(ValueError, match=f"^series must be numeric; got values of type {dtype}. Convert them"):
        framing.windows(series, 1)


DATES = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"])
NAMES_HINT = r"names: if they name several series, frame each alone \(windows_by_series\); if they are a feature"
NUMBERS_HINT = r"numbers kept as text: use pandas\.to_numeric\(…, errors='coerce'\) and look at what is missing then"


@pytest.mark.parametrize(
    "column, hint",
    [
        (DATES, r"\(datetime64.*\) holds times: make it the index \(set_index\)"),
        (DATES.tz_localize("UTC"), r"\(datetime64.*UTC\]\) holds times: make it the index"),
        (DATES.to_period("D"), r"\(period\[D\]\) holds times: make it the index"),
        (["2020-01-01", "2020-01-02", "?"], r"\(str\) holds times kept as text: use pandas.to_datetime and make it"),
        (["1.1", "?", "1.3"], rf"\(str\) holds {NUMBERS_HINT}"),
        (np.array([1, None, 3], dtype=object), rf"\(object\) holds {NUMBERS_HINT}"),
        (["Oslo", "Rome", "Oslo"], rf"\(str\) holds {NAMES_HINT}"),
        (np.array([None, None, None]), rf"\(object\) holds {NAMES_HINT}"),
        (pd.Categorical([1, 2, 1]), rf"\(category\) holds {NAMES_HINT}"),
        (pd.Categorical(["a", "b", "a"]), rf"\(category\) holds {NAMES_HINT}"),
        (DATES - DATES[0], r"\(timedelta64.*\) holds values of another kind: make numbers of them, such as"),
        (np.arange(3) + 1j, r"\(complex128\) holds values of another kind: make numbers of them"),
    ],
    ids=str,
)
def test_columns_that_are_not_numbers_are_named_with_what_would_do(column, hint):
    for series in (pd.DataFrame({"number": [1, 2, 3], "x": column}), pd.Series(column, name="x")):
        with pytest.raises(ValueError, match=rf"^series must be numeric; column 'x' {hint}"):
            framing.windows(series, 1)


def test_all_columns_that_are_not_numbers_are_named():
    frame = pd.DataFrame([[1, "a", "1"], [2, "b", "2"]], columns=["a", "a", "b"])
    message = rf"^series must be numeric; column 'a' .* holds {NAMES_HINT}.*; column 'b' .* holds {NUMBERS_HINT}\."
    with pytest.raises(ValueError, match=message):
        framing.windows(frame, 1)


def test_recordings_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"^series must be an array of numbers; got .* different shapes\. Give"):
        framing.windows([np.ones((n, 2)) for n in (5, 7)], 3)


@pytest.mark.parametrize("targets", [3, -4, [0, 3], "a", np.int64(7), True, 1.5, 1.0, [1.0], [None]], ids=repr)
def test_an_unknown_target_is_refused(targets):
    wrong = targets[-1] if isinstance(targets, list) else targets
    with pytest.raises(
        ValueError, match=r"^targets: there is no column (.*); this series has positions 0 to 2\."
    ) as error:
        framing.windows(np.ones((5, 3)), 2, targets=targets)
    assert f"no column {wrong!r};" in str(error.value)


def test_an_unknown_name_is_answered_with_the_known_ones():
    frame = pd.DataFrame(np.ones((5, 2)), columns=["dew_point", 7])
    message = "^targets: there is no column 'dew'; this series has positions 0 to 1 and the names dew_point, 7."
    with pytest.raises(ValueError, match=message):
        framing.windows(frame, 2, targets="dew")


def test_a_name_of_several_columns_is_refused():
    frame = pd.DataFrame(np.ones((5, 3)), columns=["a", "b", "a"])
    with pytest.raises(ValueError, match=r"^targets: 'a' is the name of several columns; give its position instead\."):
        framing.windows(frame, 2, targets=["b", "a"])


@pytest.mark.parametrize("targets", [[], (), np.array([], int)], ids=repr)
def test_no_targets_are_refused(targets):
    with pytest.raises(ValueError, match=r"^targets is empty; name at least one column, or leave it None for all"):
        framing.windows(np.ones((5, 3)), 2, targets=targets)


@pytest.mark.parametrize("targets", [{0, 1}, frozenset({0}), {0: 1}], ids=repr)
def test_targets_without_an_order_are_refused(targets):
    with pytest.raises(ValueError, match=r"^targets must be in an order, as in a list; got") as error:
        framing.windows(np.ones((5, 3)), 2, targets=targets)
    assert repr(targets) in str(error.value)


@pytest.mark.parametrize(
    "targets, column", [(("t", "min"), [1]), ([("t", "max"), ("t", "min")], [0, 1]), ((("t", "min"), 0), [1, 0])]
)
def test_a_name_may_be_a_tuple(targets, column):
    names = pd.MultiIndex.from_tuples([("t", "max"), ("t", "min")])
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=names)
    assert framing.windows(frame, 1, targets=targets)[1].ravel().tolist() == [[3, 4][c] for c in column]


# Times


def at(times):
    return pd.DataFrame({"x": np.arange(len(times))}, index=times)


HOURS = pd.date_range("2024-01-01", periods=40, freq="h")
DAYS = pd.date_range("2024-01-01", periods=40)  # from a Monday on
TRADING = pd.bdate_range("2024-01-01", periods=40).delete([7, 20])  # with two holidays


@pytest.mark.parametrize(
    "times",
    [
        HOURS,
        HOURS.tz_localize("UTC"),
        HOURS - HOURS[0],
        HOURS.to_period(),
        pd.date_range("2024-03-30", periods=80, freq="h", tz="Europe/Berlin"),  # the clocks change
        pd.date_range("2024-03-01", periods=80, tz="Europe/Berlin"),
        pd.date_range("2019-01-01", periods=30, freq="MS"),
        pd.period_range("2019-01", periods=30, freq="M"),
        pd.date_range("2019-01-01", periods=30, freq="YS"),
        TRADING,
        TRADING.to_period("D"),
        pd.DatetimeIndex(np.cumsum(np.arange(1, 41)) * 3_600_000_000_000),  # events, no usual step
        HOURS[:1],
        HOURS[:0],
        pd.Index([3, 2, 2, 9]),
        pd.Index(list("abca")),
    ],
    ids=lambda times: f"{type(times).__name__} {getattr(times, 'freqstr', None)}",
)
def test_times_that_increase_evenly_are_accepted(times):
    for frame in (at(times), at(times)["x"]):
        if len(times) > 1:
            assert len(framing.windows(frame, 1)[0]) == len(times) - 1
        if len(times) > 2:
            assert [len(part) for part in framing.split_by_time(frame, 1, 1)] == [len(times) - 2, 1, 1]


@pytest.mark.parametrize("times", [HOURS, DAYS, HOURS.to_period(), HOURS - HOURS[0], HOURS.tz_localize("Asia/Tokyo")])
@pytest.mark.parametrize(
    "order, got", [(slice(None, None, -1), (38, 39)), ([0, 1, 1, 2], (1, 1)), ([0, 2, 1, 3], (1, 2))], ids=str
)
def test_times_that_do_not_increase_are_refused(times, order, got):
    frame = at(times[order])
    later, earlier = (pd.Index(times)[i] for i in got)
    later, earlier = (t.to_timestamp() if isinstance(t, pd.Period) else t for t in (later, earlier))
    message = f"series must have times that increase from row to row; got {later} after {earlier}. Sort it (sort_index)"
    for call in (lambda: framing.windows(frame, 1), lambda: framing.split_by_time(frame["x"], 1, 1)):
        with pytest.raises(ValueError) as error:
            call()
        assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "times", [HOURS, DAYS, HOURS.to_period(), HOURS - HOURS[0], pd.date_range("2019-01-01", periods=40, freq="MS")]
)
def test_holes_are_refused_and_filled_or_stated(times):
    frame = at(times.delete([3, 10, 11]))
    with pytest.raises(ValueError, match=r"^series must have no holes in its times; got 2 steps longer than usual"):
        framing.windows(frame, 2)
    assert [len(part) for part in framing.split_by_time(frame, 1, 1)] == [35, 1, 1]
    assert len(framing.windows(frame.reindex(times), 2)[0]) == 38
    assert len(framing.windows(frame.reset_index(drop=True), 2, targets="x")[0]) == 35


def test_missing_times_and_several_levels_are_refused():
    frame = at(pd.DatetimeIndex([*HOURS[:3], pd.NaT]))
    levels = pd.DataFrame({"x": range(4)}, index=pd.MultiIndex.from_product([["A", "B"], HOURS[:2]]))
    for function in (lambda series: framing.windows(series, 1), lambda series: framing.split_by_time(series, 1, 1)):
        with pytest.raises(ValueError, match=r"^series must have a time for every row; got 1 rows without\. Drop them"):
            function(frame)
        with pytest.raises(ValueError, match=r"^series must have an index of one level, such as times; got 2 levels"):
            function(levels)


# Several series in one table


@settings(deadline=None, max_examples=30)
@given(data=st.data(), shape=sizes(), n_series=st.integers(1, 4))
def test_no_window_crosses_from_one_series_to_the_next(data, shape, n_series):
    arguments, length = shape
    parts = [100 * i + np.arange(2.0 * (length + i)).reshape(-1, 2) for i in range(n_series)]
    frames = [pd.DataFrame(p, columns=["a", "b"]).assign(shop=f"shop {i}") for i, p in enumerate(parts)]
    frames = data.draw(st.permutations(frames), label="order")
    X, y, shop = framing.windows_by_series(pd.concat(frames), "shop", targets="b", **arguments)
    expected = [framing.windows(frame[["a", "b"]], targets=1, **arguments) for frame in frames]
    np.testing.assert_array_equal(X, np.concatenate([X for X, _ in expected]))
    np.testing.assert_array_equal(y, np.concatenate([y for _, y in expected]))
    names = [frame["shop"].iloc[0] for frame in frames]
    assert shop.tolist() == [name for name, (X, _) in zip(names, expected, strict=True) for _ in X]


def test_the_rows_of_several_series_may_be_mixed():
    table = pd.DataFrame({"v": [1, 10, 2, 20, 3, 30], "id": pd.Categorical([7, 8] * 3, categories=[8, 9, 7])})
    table.index = HOURS[[0, 0, 1, 1, 2, 2]]
    X, y, series = framing.windows_by_series(table, "id", 2)
    assert (X[..., 0].tolist(), y.ravel().tolist(), series.tolist()) == ([[1, 2], [10, 20]], [3, 30], [7, 8])


def test_several_series_are_refused_with_the_name_of_the_wrong_one():
    table = pd.DataFrame({"v": range(6), "shop": list("AAAABB")})
    with pytest.raises(ValueError, match=r"^shop 'B': series has 2 time steps; one window needs .* = 3\."):
        framing.windows_by_series(table, "shop", 2)
    table = table.set_index(HOURS[[0, 1, 2, 3, 1, 0]])
    with pytest.raises(ValueError, match=r"^shop 'B': series must have times that increase"):
        framing.windows_by_series(table, "shop", 1)
    with pytest.raises(ValueError, match=r"^by must be the name of one column, of v, shop; got 'store'"):
        framing.windows_by_series(table, "store", 1)
    with pytest.raises(ValueError, match=r"^by must name a series for every row; column 'shop' has missing entries"):
        framing.windows_by_series(table.assign(shop=["A", None, "B", "B", "B", "A"]), "shop", 1)


@pytest.mark.parametrize("table", [np.ones((4, 2)), None, pd.DataFrame({"shop": []})], ids=type)
def test_what_is_no_table_of_several_series_is_refused(table):
    with pytest.raises(ValueError, match=r"^table must be a DataFrame with rows and columns; got"):
        framing.windows_by_series(table, "shop", 1)


# Masked values


def test_masked_values_become_missing():
    series = np.ma.masked_equal([0, 1, -9999, 3], -9999)
    X, y = framing.windows(series, 2)
    np.testing.assert_array_equal(X[:, :, 0], [[0, 1], [1, np.nan]])
    np.testing.assert_array_equal(y[:, 0, 0], [np.nan, 3])
    assert framing.windows(np.ma.masked_equal(np.arange(4), 9), 2)[0].dtype == int


# split_by_time


def as_series(kind, n):
    """Return `n` rows of distinct values as an array, a DataFrame or a Series."""
    values = np.arange(2 * n).reshape(n, 2)
    return {"array": values, "1-D": values[:, 0], "frame": pd.DataFrame(values), "Series": pd.Series(values[:, 1])}[
        kind
    ]


KINDS = ["array", "1-D", "frame", "Series"]
PARTS = st.integers(1, 40) | st.floats(0.05, 0.45)


@given(kind=st.sampled_from(KINDS), n=st.integers(100, 200), validation=PARTS, test=PARTS)
def test_a_split_has_the_sizes_asked_for_and_loses_nothing(kind, n, validation, test):
    series = as_series(kind, n)
    parts = framing.split_by_time(series, validation, test)

    for size, part in zip((validation, test), parts[1:], strict=True):
        if isinstance(size, int):
            assert len(part) == size
        else:
            assert abs(len(part) - size * n) <= 0.5
    assert all(type(part) is type(series) for part in parts)
    assert min(map(len, parts)) >= 1
    np.testing.assert_array_equal(np.concatenate(parts), series)


@pytest.mark.parametrize(
    "n, validation, test, expected",
    [
        (10, 2, 3, (5, 2, 3)),
        (10, 1, 1, (8, 1, 1)),
        (10, 4, 5, (1, 4, 5)),
        (10, 0.2, 0.3, (5, 2, 3)),
        (10, 0.5, 4, (1, 5, 4)),
        (10, 0.06, 0.14, (8, 1, 1)),
        (10, np.int64(2), np.float32(0.25), (6, 2, 2)),
        (43_824, 0.15, 0.15, (30_676, 6_574, 6_574)),
    ],
)
def test_known_splits(n, validation, test, expected):
    assert tuple(map(len, framing.split_by_time(np.arange(n), validation, test))) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_splits_are_views_oldest_first(kind):
    series = as_series(kind, 10)
    parts = framing.split_by_time(series, 2, 3)
    assert all(np.shares_memory(np.asarray(part), np.asarray(series)) for part in parts)
    assert [np.asarray(part).flat[0] for part in parts] == [np.asarray(series)[row].flat[0] for row in (0, 5, 7)]


@pytest.mark.parametrize("kind", [pd.DataFrame, pd.Series])
@pytest.mark.parametrize("index", [[5, 4, 3, 2, 1, 0], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]], ids=["integers", "floats"])
def test_rows_are_counted_whatever_the_index(kind, index):
    parts = framing.split_by_time(kind(range(6), index=index), 2, 1)
    assert [part.index.tolist() for part in parts] == [index[:3], index[3:5], index[5:]]


@pytest.mark.parametrize("name", ["validation", "test"])
@pytest.mark.parametrize("size", [0, -1, 0.0, -0.2, 1.0, 1.5, 2.0, 0.001, True, None, "3", float("nan")], ids=repr)
def test_a_size_that_is_neither_count_nor_fraction_is_refused(name, size):
    message = rf"^{name} must be a number of rows \(1 or more\) or a fraction .* one of the 100 rows; got {size!r}\."
    with pytest.raises(ValueError, match=message):
        framing.split_by_time(np.arange(100), **{"validation": 1, "test": 1, name: size})


@pytest.mark.parametrize("validation, test, taken", [(5, 5, 10), (0.5, 0.5, 10), (11, 2, 13), (9, 0.1, 10)])
def test_a_split_that_leaves_no_training_data_is_refused(validation, test, taken):
    message = f"^validation={validation} and test={test} take {taken} of 10 rows and leave none for training. Ask for"
    with pytest.raises(ValueError, match=message):
        framing.split_by_time(np.arange(10), validation, test)


@pytest.mark.parametrize("series", [None, 3, {"a": 1}, "abc", np.array(3)], ids=repr)
def test_what_has_no_rows_is_not_split(series):
    with pytest.raises(ValueError, match=r"^series must have rows, as an array, a list or a DataFrame; got"):
        framing.split_by_time(series, 1, 1)


def test_lists_are_split():
    assert framing.split_by_time([[1], [2, 3], [4]], 1, 1) == ([[1]], [[2, 3]], [[4]])


# Batches


def batches_of_other_backends(*arrays, size):
    """What `batches` returns where Keras's backend is not TensorFlow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.backend, "backend", lambda: "another")
        return framing.batches(*arrays, size=size)


every_kind_of_batches = pytest.mark.parametrize("batches", [framing.batches, batches_of_other_backends])


def listed(batches):
    """The batches of one pass, as arrays."""
    return [keras.tree.map_structure(np.asarray, batch) for batch, _ in zip(batches, range(len(batches)), strict=False)]


@every_kind_of_batches
def test_batches_hold_the_samples_in_their_order(batches):
    X, y = np.arange(14).reshape(7, 2), np.arange(7)
    found = listed(batches(X, y, size=3))
    assert [len(x) for x, _ in found] == [3, 3, 1]
    np.testing.assert_array_equal(np.concatenate([x for x, _ in found]), X)
    np.testing.assert_array_equal(np.concatenate([y for _, y in found]), y)


@pytest.mark.parametrize("together", [list, tuple])
def test_batches_of_several_inputs_come_together(together):
    a, b, y, weight = np.arange(4), np.arange(10, 14), np.arange(20, 24), np.ones((4, 2))
    ((found_a, found_b), found_y, found_weight), *_ = framing.batches(together([a, b]), y, weight, size=2)
    assert [*found_a, *found_b, *found_y] == [0, 1, 10, 11, 20, 21]
    assert found_weight.shape == (2, 2)


def test_batches_of_dicts_tables_and_tensors():
    inputs = {"a": pd.DataFrame({"u": [1, 2, 3], "v": [4, 5, 6]}), "b": keras.ops.convert_to_tensor([7, 8, 9])}
    first, last = listed(framing.batches(inputs, pd.Series([1.5, 2.5, 3.5]), size=2))
    assert (first[0]["a"].tolist(), first[0]["b"].tolist(), first[1].tolist()) == ([[1, 4], [2, 5]], [7, 8], [1.5, 2.5])
    assert (last[0]["a"].tolist(), last[0]["b"].tolist(), last[1].tolist()) == ([[3, 6]], [9], [3.5])


def test_batches_of_text():
    first, last = listed(framing.batches(np.array(["a", "b", "c"]), size=2))
    assert [str(text, "utf8") if isinstance(text, bytes) else text for text in [*first[0], *last[0]]] == list("abc")


@every_kind_of_batches
@pytest.mark.parametrize("fit", [{"epochs": 2}, {"epochs": 4, "steps_per_epoch": 2}], ids=str)
def test_a_network_learns_the_same_from_batches_as_from_arrays(batches, fit):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(32, 3)).astype("float32"), rng.normal(size=(32, 1)).astype("float32")
    weight, learned = rng.random(32), []
    if "steps_per_epoch" in fit:  # so that each of the four epochs takes the batches that follow, over two passes
        assert fit["epochs"] * fit["steps_per_epoch"] == 2 * 32 / 8
    for data in (
        {"x": X, "y": y, "sample_weight": weight, "batch_size": 8, "epochs": 2},
        {"x": batches(X, y, weight, size=8)} | fit,
    ):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(**data, shuffle=False, verbose=0)
        learned.append(model.get_weights())
    for a, b in zip(*learned, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    loss = model.evaluate(batches(X, y, size=8), verbose=0)
    assert loss == pytest.approx(np.mean((X @ learned[1][0] + learned[1][1] - y) ** 2), rel=1e-4)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="other backends read without TensorFlow")
def test_the_reading_of_batches_is_not_tuned():
    assert framing.batches(np.ones(3), size=1).options().autotune.enabled is False


@pytest.mark.parametrize(
    ("arrays", "got"), [((), []), (([1, 2, 3], [1, 2]), [3, 2]), (([[1, 2, 3], [1, 2]], [1, 2, 3]), [3, 2, 3])]
)
def test_batches_of_unequal_arrays_are_refused(arrays, got):
    arrays = [[np.array(part) for part in a] if isinstance(a[0], list) else np.array(a) for a in arrays]
    with pytest.raises(ValueError, match=r"^arrays must be at least one and hold the same number") as error:
        framing.batches(*arrays, size=2)
    assert f"got {got} samples" in str(error.value)


@pytest.mark.parametrize(
    ("arrays", "i"),
    [
        ((np.ones((4, 2)), np.ones(4), None), 2),
        ((np.ones((4, 2)), [0, 1, 2, 3]), 1),
        ((np.ma.masked_equal(np.ones((4, 2)), 1), np.ones(4)), 0),
        (({"a": np.ones(4), "b": np.array(3.0)}, np.ones(4)), 0),
        ((np.ones(4), np.ones(4, object)), 1),
        ((np.ones(4), np.ones(4, "timedelta64[s]")), 1),
        ((np.ones(4), pd.Series([1, 2, 3, 4]).astype("category")), 1),
        (("abcd",), 0),
    ],
)
def test_what_is_no_array_makes_no_batches(arrays, i):
    with pytest.raises(ValueError, match=rf"^arrays\[{i}\] must be an array, or a list, tuple or dict of arrays"):
        framing.batches(*arrays, size=2)


@pytest.mark.parametrize("size", [0, 2.5, True, None])
def test_a_batch_has_at_least_one_sample(size):
    with pytest.raises(ValueError, match=rf"^size must be a whole number of at least 1; got {size!r}"):
        framing.batches(np.ones(3), size=size)


# The package and TensorFlow


@pytest.mark.parametrize("path", sorted(Path(framing.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_no_module_needs_tensorflow(path):
    assert not re.search(r"^(import|from) tensorflow", path.read_text("utf8"), re.MULTILINE)
