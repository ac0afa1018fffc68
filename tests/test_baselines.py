"""lstmbook.baselines: the naive rules beside plain loops, the linear model beside its normal equations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmbook import baselines

RNG = np.random.default_rng(0)


def repeat_by_loop(X, horizon, period, target):
    """Write each window's forecast on, value by value, as the value one period earlier."""
    forecasts = []
    for sample in X.tolist():
        known = [step[target] for step in sample]
        for _ in range(horizon):
            known.append(known[-period])
        forecasts.append([[value] for value in known[len(sample) :]])
    return np.array(forecasts)


@st.composite
def cases(draw):
    """Draw windows with distinct values, a horizon and a target column."""
    samples, n_steps, features = draw(st.integers(1, 5)), draw(st.integers(1, 9)), draw(st.integers(1, 4))
    X = np.arange(samples * n_steps * features, dtype=float).reshape(samples, n_steps, features)
    return X, draw(st.integers(1, 20)), draw(st.integers(-features, features - 1))


# The naive rules


@given(case=cases())
def test_persistence_repeats_the_last_value(case):
    X, horizon, target = case
    forecast = baselines.persistence(X, horizon, target=target)
    np.testing.assert_array_equal(forecast, repeat_by_loop(X, horizon, 1, target))


@given(case=cases(), data=st.data())
def test_seasonal_naive_repeats_the_last_period(case, data):
    X, horizon, target = case
    period = data.draw(st.integers(1, X.shape[1]), label="period")
    forecast = baselines.seasonal_naive(X, horizon, period, target=target)
    np.testing.assert_array_equal(forecast, repeat_by_loop(X, horizon, period, target))


def test_the_naive_rules_predict_the_first_column_by_default():
    X = np.array([[[1, 10], [2, 20], [3, 30]]])
    assert baselines.persistence(X, 2).tolist() == [[[3], [3]]]
    assert baselines.seasonal_naive(X, 3, 2).tolist() == [[[2], [3], [2]]]


def test_seasonal_naive_is_right_about_a_series_that_repeats_itself():
    day = RNG.normal(size=24)
    series = np.tile(day, 5)
    X = series[:72].reshape(1, 72, 1)
    np.testing.assert_array_equal(baselines.seasonal_naive(X, 48, 24)[0, :, 0], series[72:])


def test_windows_may_miss_what_the_naive_rules_do_not_use():
    X = np.ones((2, 4, 2))
    X[:, :, 1] = np.nan
    X[:, :2, 0] = np.inf
    assert (baselines.persistence(X, 3) == 1).all()
    assert (baselines.seasonal_naive(X, 3, 2) == 1).all()


def test_windows_may_be_lists():
    assert baselines.persistence([[[1], [2]]], 1).tolist() == [[[2]]]


@pytest.mark.parametrize("rule", [lambda X: baselines.persistence(X, 1), lambda X: baselines.seasonal_naive(X, 1, 1)])
class TestBothNaiveRules:
    @pytest.mark.parametrize("shape", [(5,), (5, 3), (5, 3, 2, 1), (0, 3, 2)], ids=str)
    def test_refuse_other_dimensions_and_no_samples(self, rule, shape):
        message = r"^X must have three dimensions \(samples, steps, columns\) and at least one sample; got"
        with pytest.raises(ValueError, match=message) as error:
            rule(np.ones(shape))
        assert f"got shape {shape}." in str(error.value)

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_refuse_missing_values(self, rule, value):
        X = np.ones((5, 3, 2))
        X[[0, 3], -1, 0] = value
        with pytest.raises(ValueError, match=r"^X must be finite; got 2 missing or infinite values\. Fill or drop"):
            rule(X)

    def test_refuse_masked_values(self, rule):
        X = np.ma.masked_equal([[[1.0], [2.0], [-9999.0]]], -9999.0)
        with pytest.raises(ValueError, match=r"^X must be finite; got 1 missing or infinite values\. Fill or drop"):
            rule(X)
        rule(X[:, :2])

    @pytest.mark.parametrize("dtype", [object, complex, "timedelta64[s]", "U3"])
    def test_refuse_what_is_no_number(self, rule, dtype):
        with pytest.raises(
            ValueError, match=r"^X must be numeric; got values of type .*\. Convert them to numbers first"
        ):
            rule(np.ones((5, 3, 2), int).astype(dtype))

    def test_refuse_samples_of_different_shapes(self, rule):
        with pytest.raises(ValueError, match=r"^X must be an array of numbers; got a sequence of arrays of different"):
            rule([np.ones((3, 2)), np.ones((4, 2))])


@pytest.mark.parametrize("target", [2, -3, 7, 1.0, "a", None, [0, 1], True, False], ids=repr)
def test_the_naive_rules_refuse_an_unknown_column(target):
    for forecast in (baselines.persistence, baselines.seasonal_naive):
        period = (1,) if forecast is baselines.seasonal_naive else ()
        with pytest.raises(ValueError, match=r"^target must be a column of X, 0 to 1; got ") as error:
            forecast(np.ones((5, 3, 2)), 1, *period, target=target)
        assert str(error.value).endswith(f"got {target!r}.")


@pytest.mark.parametrize("horizon", [0, -2, 2.0, "2", None, True], ids=repr)
def test_the_naive_rules_refuse_a_horizon_that_is_no_whole_number(horizon):
    message = f"^horizon must be a whole number of at least 1; got {horizon!r}"
    with pytest.raises(ValueError, match=message):
        baselines.persistence(np.ones((5, 3, 2)), horizon)
    with pytest.raises(ValueError, match=message):
        baselines.seasonal_naive(np.ones((5, 3, 2)), horizon, 2)


def test_the_naive_rules_accept_any_kind_of_whole_number():
    X = RNG.normal(size=(5, 3, 2))
    forecast = baselines.seasonal_naive(X, np.int32(4), np.int64(2), target=np.int16(-1))
    np.testing.assert_array_equal(forecast, repeat_by_loop(X, 4, 2, 1))


def test_the_naive_rules_do_not_overflow_with_small_numbers():
    X = RNG.normal(size=(1, 300, 1))
    forecast = baselines.seasonal_naive(X, np.uint8(250), np.uint8(200), target=np.int8(0))
    np.testing.assert_array_equal(forecast, repeat_by_loop(X, 250, 200, 0))


@pytest.mark.parametrize(
    "period, message",
    [
        (4, "^period must be at most the window's 3 steps; got 4. Use longer windows"),
        *((bad, f"^period must be a whole number of at least 1; got {bad!r}") for bad in (0, -1, 2.0, "2", None, True)),
    ],
    ids=str,
)
def test_seasonal_naive_refuses_a_period_that_the_window_does_not_hold(period, message):
    with pytest.raises(ValueError, match=message):
        baselines.seasonal_naive(np.ones((5, 3, 2)), 1, period)


# Ridge


def ridge_by_normal_equations(X, y, X_new, alpha):
    """Solve (Z'Z + alpha I) b = Z'(y - mean), where Z is X, flattened and standardised."""
    flat, flat_new = (values.reshape(len(values), -1) for values in (X, X_new))
    mean, deviation = flat.mean(axis=0), flat.std(axis=0)
    Z, Z_new = (flat - mean) / deviation, (flat_new - mean) / deviation
    targets = y.reshape(len(y), -1)
    weights = np.linalg.solve(Z.T @ Z + alpha * np.eye(Z.shape[1]), Z.T @ (targets - targets.mean(axis=0)))
    return (targets.mean(axis=0) + Z_new @ weights).reshape(len(X_new), *y.shape[1:])


@pytest.mark.parametrize("alpha", [0.0, 0.1, 1.0, 100.0])
@pytest.mark.parametrize("horizon, targets", [(1, 1), (3, 1), (2, 2)])
def test_ridge_solves_the_normal_equations(alpha, horizon, targets):
    scale = np.array([1.0, 1000.0])
    X, X_new = RNG.normal(5, scale, size=(40, 3, 2)), RNG.normal(5, scale, size=(7, 3, 2))
    y = RNG.normal(size=(40, horizon, targets))
    forecast = baselines.ridge(X, y, alpha=alpha)(X_new)
    np.testing.assert_allclose(forecast, ridge_by_normal_equations(X, y, X_new, alpha), rtol=1e-8)


def test_ridge_has_a_penalty_of_one_by_default():
    X, y = RNG.normal(size=(20, 3, 1)), RNG.normal(size=(20, 1, 1))
    np.testing.assert_array_equal(baselines.ridge(X, y)(X), baselines.ridge(X, y, alpha=1.0)(X))


def test_ridge_without_a_penalty_recovers_a_linear_rule():
    X, X_new = RNG.normal(3, 2, size=(50, 4, 2)), RNG.normal(-3, 5, size=(9, 4, 2))
    weights, offset = RNG.normal(size=(4, 2, 3)), np.array([1.0, -2.0, 3.0])

    def rule(windows):
        return (np.einsum("nsf,sfh->nh", windows, weights) + offset)[:, :, np.newaxis]

    np.testing.assert_allclose(baselines.ridge(X, rule(X), alpha=0)(X_new), rule(X_new), rtol=1e-9)


def test_ridge_with_a_huge_penalty_predicts_the_mean():
    X, y = RNG.normal(size=(30, 3, 2)), RNG.normal(size=(30, 2, 1))
    np.testing.assert_allclose(
        baselines.ridge(X, y, alpha=1e12)(X), np.broadcast_to(y.mean(axis=0), y.shape), atol=1e-6
    )


def test_ridge_bears_a_column_that_never_changes():
    X, y = RNG.normal(size=(30, 3, 2)), RNG.normal(size=(30, 1, 1))
    X[:, :, 1] = 7
    np.testing.assert_allclose(baselines.ridge(X, y)(X), baselines.ridge(X[:, :, :1], y)(X[:, :, :1]))


def wrong(shape, value=np.nan):
    """Return ones of a shape, two of them replaced."""
    values = np.ones(shape)
    values.flat[:2] = value
    return values


@pytest.mark.parametrize(
    "X, y, message",
    [
        (np.ones((5, 3)), np.ones((5, 1, 1)), r"^X must have three dimensions .*; got shape \(5, 3\)"),
        (np.ones((5, 3, 2)), np.ones((5, 1)), r"^y must have three dimensions .*; got shape \(5, 1\)"),
        (np.ones((0, 3, 2)), np.ones((0, 1, 1)), r"^X must have .* at least one sample; got shape \(0, 3, 2\)"),
        (np.ones((5, 3, 2)), np.ones((0, 1, 1)), r"^y must have .* at least one sample; got shape \(0, 1, 1\)"),
        (np.ones((5, 3, 2)), np.ones((4, 1, 1)), r"^X and y must have the same number of samples; got 5 and 4"),
        (wrong((5, 3, 2)), np.ones((5, 1, 1)), r"^X must be finite; got 2 missing or infinite values\. Fill"),
        (np.ones((5, 3, 2)), wrong((5, 1, 1), -np.inf), r"^y must be finite; got 2 missing or infinite values\. Fill"),
    ],
)
def test_ridge_refuses_bad_training_data(X, y, message):
    with pytest.raises(ValueError, match=message):
        baselines.ridge(X, y)


@pytest.mark.parametrize("alpha", [-0.1, -1, float("nan"), float("inf"), True, None, "1"])
def test_ridge_refuses_a_penalty_that_is_negative_or_not_finite(alpha):
    with pytest.raises(ValueError, match=f"^alpha must be a finite number of at least 0; got {alpha!r}"):
        baselines.ridge(np.ones((5, 3, 2)), np.ones((5, 1, 1)), alpha=alpha)


@pytest.mark.parametrize(
    "X_new, message",
    [
        (np.ones((5, 3)), r"^X must have three dimensions .*; got shape \(5, 3\)"),
        (np.ones((0, 3, 2)), r"^X must have .* at least one sample; got shape \(0, 3, 2\)"),
        (np.ones((5, 2, 3)), r"^X must have windows of shape \(3, 2\), as in training; got \(2, 3\)"),
        (np.ones((5, 4, 2)), r"^X must have windows of shape \(3, 2\), as in training; got \(4, 2\)"),
        (wrong((5, 3, 2)), r"^X must be finite; got 2 missing or infinite values\. Fill"),
    ],
)
def test_ridge_refuses_to_forecast_from_other_windows(X_new, message):
    forecast = baselines.ridge(RNG.normal(size=(9, 3, 2)), RNG.normal(size=(9, 1, 1)))
    with pytest.raises(ValueError, match=message):
        forecast(X_new)


# The n-gram


def ngram_by_loop(known, codes, n_symbols, order, factors, distinct=False):
    """The same smoothing, one place and one context at a time; 0 stands before the first symbol."""
    codes = [0] * order + codes
    rows = []
    longest = min(order, len(known)) - 1
    for t in range(order, len(codes)):
        p = [1 / n_symbols] * n_symbols
        for k in range(longest + 1):
            places = [i for i in range(k, len(known)) if known[i - k : i] == codes[t - k : t]]
            followed = [known[i] for i in places]
            if distinct and k < longest:
                followed = [x for _, x in {(known[i - k - 1], known[i]) for i in places if i > k}]
            counts, kinds = [followed.count(symbol) for symbol in range(n_symbols)], len(set(followed))
            alpha, beta, gamma, delta = factors[k]
            if followed:
                weight = alpha * kinds**beta * len(followed) ** gamma
                total, share = len(followed) + weight, weight + delta * kinds
                p = [(max(c - delta, 0) + share * q) / total for c, q in zip(counts, p, strict=True)]
        rows.append(p)
    return np.array(rows)


SYMBOLS = st.lists(st.integers(0, 2), min_size=1, max_size=30)
FACTORS = st.tuples(st.floats(0.1, 20), st.floats(-1, 2), st.floats(-1, 1), st.floats(0, 1))


@given(known=SYMBOLS, codes=SYMBOLS, order=st.integers(1, 5), alpha=st.floats(0.1, 20))
def test_ngram_is_the_loop_over_contexts(known, codes, order, alpha):
    p = baselines.ngram(known, codes, n_symbols=3, order=order, alpha=alpha)
    np.testing.assert_allclose(p, ngram_by_loop(known, codes, 3, order, [(alpha, 1, 0, 0)] * order), rtol=1e-4)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    later = baselines.ngram(known, codes, len(codes) - 1, n_symbols=3, order=order, alpha=alpha)
    np.testing.assert_array_equal(later, p[-1:])


@given(known=SYMBOLS, codes=SYMBOLS, factors=st.lists(FACTORS, min_size=1, max_size=5), distinct=st.booleans())
def test_ngram_with_factors_is_the_loop_over_contexts(known, codes, factors, distinct):
    order = len(factors)
    p = baselines.ngram(known, codes, n_symbols=3, order=order, alpha=factors, distinct=distinct)
    np.testing.assert_allclose(p, ngram_by_loop(known, codes, 3, order, factors, distinct), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-4)


@pytest.mark.parametrize("distinct", [False, True])
def test_fit_ngram_finds_a_minimum(distinct):
    rng = np.random.default_rng(0)
    walk = rng.integers(-1, 2, size=6000).cumsum() % 12 // 2  # what stood before the last symbol matters
    known, codes = walk[:4000], walk[4000:]
    how = {"n_symbols": 6, "order": 5, "distinct": distinct}

    def bits(alpha):
        p = baselines.ngram(known, codes, alpha=alpha, **how)
        return -np.log2(p[np.arange(len(p)), codes]).mean()

    factors = baselines.fit_ngram(known, codes, **how)
    assert factors.shape == (5, 4)
    best = bits(factors)
    assert best < min(map(bits, (0.1, 1.0, 3.0, 10.0, 30.0)))
    for row, column in np.ndindex(4, 3):
        for change in (0.7, 1.4):
            other = factors.copy()
            other[row, column] *= change
            assert bits(other) > best - 1e-3


def test_fit_ngram_works_on_less_than_the_longest_context():
    factors = baselines.fit_ngram([0, 1], [1, 0, 1], n_symbols=2, order=4)
    np.testing.assert_allclose(factors[2:], [[10, 1, 0, 0.018]] * 2, atol=1e-3)


def test_ngram_knows_long_contexts_of_many_symbols_apart():
    known = np.random.default_rng(1).integers(75, size=5000)
    p = baselines.ngram(known, known, n_symbols=75, alpha=0.001)
    assert (p[20:].argmax(axis=1) == known[20:]).mean() > 0.99


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"known": []}, "known must be"),
        ({"known": [0, 3]}, "known must be a sequence of whole numbers from 0 to 2"),
        ({"codes": [0.5]}, "codes must be"),
        ({"codes": [[0]]}, "codes must be"),
        ({"start": 2}, "start must be a place of codes, 0 to 1; got 2"),
        ({"alpha": 0}, "alpha must be a positive number"),
        ({"alpha": [[1, 1, 0, 0]]}, "alpha must be a positive number or an array of the shape \\(10, 4\\)"),
        ({"alpha": [[1, 1, 0, 2]], "order": 1}, "alpha must hold positive numbers"),
        ({"alpha": [[1, np.nan, 0, 0]], "order": 1}, "alpha must be finite"),
        ({"order": 0}, "order must be"),
        ({"order": 60}, "order is too large for 3 symbols"),
    ],
)
def test_ngram_refuses(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        baselines.ngram(**{"known": [0, 1], "codes": [1, 2], "n_symbols": 3} | arguments)
