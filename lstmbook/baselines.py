"""The simple rules that a network has to beat. All take windows ``X`` (samples, n_steps, features)."""

import numbers

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lstmbook._checks import check_sizes, finite_array, is_number, numeric_array


def persistence(X, horizon, *, target=0):
    """Forecast that nothing changes: the last value of the window, for every step ahead.

    Parameters
    ----------
    X : array, shape (samples, n_steps, features)
        Windows, without missing values in the target column.
    horizon : int
        Steps to predict, at least 1.
    target : int
        Column of `X` to predict.

    Returns
    -------
    array, shape (samples, horizon, 1)

    Raises
    ------
    ValueError
        If `X` is not numeric, has not three dimensions, no samples, or no finite values in the target column, if there
        is no such column, or if `horizon` is not a whole number of at least 1.

    Examples
    --------
    >>> X = [[[18.0], [21.0], [19.0]]]  # one window, three steps, one feature
    >>> persistence(X, 2).tolist()
    [[[19.0], [19.0]]]
    """
    return seasonal_naive(X, horizon, 1, target=target)


def seasonal_naive(X, horizon, period, *, target=0):
    """Forecast that the last full period repeats itself: tomorrow at 15:00 as today at 15:00.

    Parameters
    ----------
    X : array, shape (samples, n_steps, features)
        Windows of at least `period` steps, without missing values in the last period of the target column.
    horizon : int
        Steps to predict, at least 1.
    period : int
        Steps in a period, such as 24 for hourly data with a daily rhythm.
    target : int
        Column of `X` to predict.

    Returns
    -------
    array, shape (samples, horizon, 1)

    Raises
    ------
    ValueError
        If `X` is not numeric, has not three dimensions, no samples, or no finite values where they are needed, if there
        is no such column, if `horizon` is not a whole number of at least 1, or if `period` is not one or longer than
        the window.

    Examples
    --------
    >>> X = [[[18.0], [21.0], [19.0]]]  # one window, three steps, one feature
    >>> seasonal_naive(X, horizon=3, period=2).tolist()
    [[[21.0], [19.0], [21.0]]]
    """
    X = _three_dimensional("X", X)
    is_position = isinstance(target, numbers.Integral) and not isinstance(target, bool)
    if not is_position or not -X.shape[2] <= target < X.shape[2]:
        raise ValueError(f"target must be a column of X, 0 to {X.shape[2] - 1}; got {target!r}.")
    horizon, period = check_sizes(horizon=horizon, period=period)
    if period > X.shape[1]:
        raise ValueError(f"period must be at most the window's {X.shape[1]} steps; got {period}. Use longer windows.")
    last_period = finite_array("X", X[:, X.shape[1] - period :, target])
    return last_period[:, np.arange(horizon) % period, np.newaxis]


def ridge(X, y, *, alpha=1.0):
    """Fit a linear model on the whole window, with the squares of its weights held small.

    The window is flattened, each of its values standardised on the training data, and every target gets its own
    weights.

    Parameters
    ----------
    X : array, shape (samples, n_steps, features)
        Training windows, finite.
    y : array, shape (samples, horizon, targets)
        Their targets, finite.
    alpha : float
        Strength of the penalty, at least 0; choose it on validation data.

    Returns
    -------
    A function that maps windows (samples, n_steps, features) to forecasts (samples, horizon, targets).

    Raises
    ------
    ValueError
        If `X` or `y` has not three dimensions, no samples, or values that are not finite numbers, if they differ in the
        number of samples, if `alpha` is no finite number of at least 0, or, later, if the forecast gets windows of
        another shape.

    Examples
    --------
    >>> X = np.arange(12.0).reshape(6, 2, 1)  # six windows of two steps on a rising line
    >>> forecast = ridge(X, X[:, -1:] + 2, alpha=0)
    >>> forecast(X[:1]).round(2).tolist()
    [[[3.0]]]
    """
    X, y = finite_array("X", _three_dimensional("X", X)), finite_array("y", _three_dimensional("y", y))
    if len(X) != len(y):
        raise ValueError(f"X and y must have the same number of samples; got {len(X)} and {len(y)}.")
    if not is_number(alpha) or not 0 <= alpha < np.inf:
        raise ValueError(f"alpha must be a finite number of at least 0; got {alpha!r}.")
    model = make_pipeline(StandardScaler(), Ridge(alpha)).fit(X.reshape(len(X), -1), y.reshape(len(y), -1))

    def predict(X_new):
        X_new = finite_array("X", _three_dimensional("X", X_new))
        if X_new.shape[1:] != X.shape[1:]:
            raise ValueError(f"X must have windows of shape {X.shape[1:]}, as in training; got {X_new.shape[1:]}.")
        return model.predict(X_new.reshape(len(X_new), -1)).reshape(-1, *y.shape[1:])

    return predict


def _three_dimensional(name, values):
    values = numeric_array(name, values)
    if values.ndim != 3 or len(values) == 0:
        raise ValueError(
            f"{name} must have three dimensions (samples, steps, columns) and at least one sample; "
            f"got shape {values.shape}."
        )
    return values
