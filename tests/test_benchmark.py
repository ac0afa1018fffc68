"""framing.windows beside keras.utils.timeseries_dataset_from_array and beside shifted, concatenated DataFrames.

`make bench` times them on full series; otherwise each recipe runs once on a short one. Two things are timed: making
the windows, and making them and reading every value once, in batches, as a training does: each batch is copied into
an array of its own and summed. Keras makes its windows while they are read. The pandas recipe is left out on a
million rows, where its one copy of all windows takes 2.3 GB.
"""

import keras
import numpy as np
import pandas as pd
import pytest

from lstmbook import framing

N_STEPS, N_FEATURES, BATCH = 72, 8, 1024
SHORT = 2_000


def with_lstmbook(series):
    return framing.windows(series, N_STEPS)


def with_keras(series):
    return keras.utils.timeseries_dataset_from_array(
        series[:-1], series[N_STEPS:], sequence_length=N_STEPS, shuffle=False, batch_size=BATCH
    )


def with_pandas(series):
    frame = pd.DataFrame(series)
    past = pd.concat([frame.shift(step) for step in range(N_STEPS, 0, -1)], axis=1).iloc[N_STEPS:]
    return past.to_numpy().reshape(-1, N_STEPS, N_FEATURES), frame.to_numpy()[N_STEPS:, np.newaxis]


def batches(samples):
    """Yield the batches of a Keras dataset, or of a pair of arrays, each as new arrays."""
    if not isinstance(samples, tuple):
        yield from ((X.numpy(), y.numpy()) for X, y in samples)
        return
    X, y = samples
    for start in range(0, len(X), BATCH):
        yield X[start : start + BATCH].copy(), y[start : start + BATCH].copy()


def read(samples):
    """Return the sum of all values."""
    return sum(X.sum(dtype="float64") + y.sum(dtype="float64") for X, y in batches(samples))


def series_of(n_rows):
    return np.random.default_rng(0).random((n_rows, N_FEATURES), dtype="float32")


@pytest.fixture
def full(request):
    """Whether the full series are timed."""
    return request.config.getoption("benchmark_only")


@pytest.fixture
def timed(benchmark, full):
    """Time a function, or only run it once unless benchmarks are asked for."""
    benchmark.disabled = not full
    return lambda function, series, warmup_rounds=0: benchmark.pedantic(
        function, args=(series,), rounds=3, warmup_rounds=warmup_rounds
    )


CASES = pytest.mark.parametrize(
    "recipe, n_rows",
    [
        pytest.param(with_lstmbook, 100_000, id="100,000 rows, lstmbook"),
        pytest.param(with_keras, 100_000, id="100,000 rows, keras"),
        pytest.param(with_pandas, 100_000, id="100,000 rows, pandas"),
        pytest.param(with_lstmbook, 1_000_000, id="1,000,000 rows, lstmbook"),
        pytest.param(with_keras, 1_000_000, id="1,000,000 rows, keras"),
    ],
)


@CASES
@pytest.mark.benchmark(group="make the windows")
def test_make(timed, full, recipe, n_rows):
    assert timed(recipe, series_of(n_rows if full else SHORT), warmup_rounds=2) is not None


@CASES
@pytest.mark.benchmark(group="make the windows and read them once")
def test_make_and_read(timed, full, recipe, n_rows):
    n_rows = n_rows if full else SHORT
    total = timed(lambda series: read(recipe(series)), series_of(n_rows))
    n_values = (n_rows - N_STEPS) * (N_STEPS + 1) * N_FEATURES
    assert total / n_values == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("recipe", [with_keras, with_pandas])
def test_the_recipes_give_the_same_windows(recipe):
    series = series_of(SHORT)
    X, y = with_lstmbook(series)
    assert X.shape == (SHORT - N_STEPS, N_STEPS, N_FEATURES)
    other_X, other_y = map(np.concatenate, zip(*batches(recipe(series)), strict=True))
    np.testing.assert_array_equal(X, other_X)
    np.testing.assert_array_equal(y.reshape(len(y), -1), other_y.reshape(len(y), -1))
