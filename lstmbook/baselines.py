"""The simple rules that a network has to beat: on windows ``X`` (samples, n_steps, features), and one on symbols."""

import numbers

import numpy as np
from scipy import optimize, sparse, special
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


def ngram(known, codes, start=0, *, n_symbols, order=10, alpha=10.0, distinct=False):
    """Probabilities of the next symbol by counts of what followed the last ``order - 1`` symbols, smoothed.

    The counts of a context, from no symbol to ``order - 1``, are mixed with the answer of the context that is shorter
    by one: the weight of the shorter one is `alpha` times the number of different symbols that followed, that of the
    counts is their sum.

    Parameters
    ----------
    known : array of int, shape (n,)
        The sequence to count in, symbols from 0 to ``n_symbols - 1``.
    codes : array of int, shape (m,)
        The sequence to predict, with as many symbols before `start` as there are to look back on. Where there are too
        few, the symbol 0 stands before the first.
    start : int
        Place of the first symbol that is predicted.
    n_symbols : int
        Number of different symbols; to the power of `order` it must fit into 64 bits.
    order : int
        Symbols in the longest sequence that is counted, at least 1.
    alpha : float or array, shape (order, 4)
        Positive; choose it on validation data. Or four numbers for each length of context, from `fit_ngram`: alpha,
        beta, gamma, delta. Then the shorter context has the weight ``alpha * d**beta * n**gamma``, with ``n`` counts of
        ``d`` different symbols, and delta (0 to 1) of each count is given to it as well.
    distinct : bool
        Count in all contexts but the longest how many *different* symbols stood before context and follower, not how
        often they occurred: the idea of Kneser and Ney.

    Returns
    -------
    array of float32, shape (m - start, n_symbols)
        Row by row the probabilities of all symbols at a place, given those before it.

    Raises
    ------
    ValueError
        If `known` or `codes` is empty or holds anything but such symbols, `start` lies beyond the end of `codes`,
        `alpha` is neither a positive number nor such an array, or there are too many symbols for this order.

    Notes
    -----
    I. H. Witten and T. C. Bell, "The zero-frequency problem: estimating the probabilities of novel events in adaptive
    text compression", IEEE Transactions on Information Theory 37 (1991), where `alpha` is 1. R. Kneser and H. Ney,
    "Improved backing-off for m-gram language modeling", ICASSP 1995.

    Examples
    --------
    After 0 came 1 three times, and nothing else:

    >>> ngram([0, 1, 0, 1, 0, 1], [0, 1], start=1, n_symbols=2, order=2, alpha=1.0).round(3).tolist()
    [[0.125, 0.875]]
    """
    known, codes, start, n_symbols, order = _ngram_arguments(known, codes, start, n_symbols, order)
    if is_number(alpha) and 0 < alpha < np.inf:
        factors = np.tile([float(alpha), 1, 0, 0], (order, 1))
    elif np.shape(alpha) == (order, 4):
        factors = finite_array("alpha", alpha)
        if (factors[:, 0] <= 0).any() or (factors[:, 3] < 0).any() or (factors[:, 3] > 1).any():
            raise ValueError("alpha must hold positive numbers in its first column and 0 to 1 in its last.")
    else:
        raise ValueError(f"alpha must be a positive number or an array of the shape ({order}, 4); got {alpha!r}.")
    p = np.full((len(codes) - start, n_symbols), 1 / n_symbols, "float32")
    longest = min(order, len(known)) - 1
    for k in range(longest + 1):
        c = _followers(known, codes, start, k, n_symbols, distinct and k < longest).toarray()
        found = c.any(axis=1)
        c = c[found]
        total, kinds = c.sum(axis=1, keepdims=True), (c > 0).sum(axis=1, keepdims=True, dtype="float32")
        alpha, beta, gamma, delta = map(float, factors[k])
        weight = alpha * kinds**beta * total**gamma
        p[found] = (np.maximum(c - delta, 0) + (weight + delta * kinds) * p[found]) / (total + weight)
    return p


def fit_ngram(known, codes, start=0, *, n_symbols, order=10, distinct=False):
    """Fit the factors of `ngram`: those for which ``codes[start:]`` costs the fewest bits.

    Give validation data, of which nothing is in `known`. A very small penalty keeps factors that hardly matter near
    their first values: 10, 1, 0 and .02.

    Parameters
    ----------
    known, codes, start, n_symbols, order, distinct
        As in `ngram`.

    Returns
    -------
    array, shape (order, 4)
        For each length of context, beginning with none: alpha, beta, gamma, delta.

    Raises
    ------
    ValueError
        As in `ngram`.

    Examples
    --------
    >>> factors = fit_ngram([0, 1, 0, 1, 0, 1], [0, 1, 0, 1], start=1, n_symbols=2, order=2)
    >>> ngram([0, 1, 0, 1, 0, 1], [0, 1], start=1, n_symbols=2, order=2, alpha=factors).argmax().item()
    1
    """
    known, codes, start, n_symbols, order = _ngram_arguments(known, codes, start, n_symbols, order)
    truth = codes[start:]
    facts = []
    longest = min(order, len(known)) - 1
    for k in range(longest + 1):
        c = _followers(known, codes, start, k, n_symbols, distinct and k < longest)
        of_truth = np.asarray(c[np.arange(len(truth)), truth], float).ravel()
        facts.append((of_truth, np.asarray(c.sum(axis=1), float).ravel(), c.getnnz(axis=1)))
    first = np.tile([np.log(10), 1, 0, -4], (order, 1))

    def loss(x):
        """Mean bits and penalty, with their derivatives: `slopes` follows p from order to order."""
        x = x.reshape(first.shape)
        p, slopes = np.full(len(truth), 1 / n_symbols), np.zeros((*first.shape, len(truth)))
        for k, (count, total, kinds) in enumerate(facts):
            found, log_total, log_kinds = total > 0, np.log(np.maximum(total, 1)), np.log(np.maximum(kinds, 1))
            delta = special.expit(x[k, 3])
            weight = np.exp(x[k, 0] + x[k, 1] * log_kinds + x[k, 2] * log_total)
            seen = count > 0
            mixed = (count - delta * seen + (weight + delta * kinds) * p) / (total + weight)
            slopes[:k] *= np.where(found, (weight + delta * kinds) / (total + weight), 1)
            by_weight = found * (p - mixed) * weight / (total + weight)
            slopes[k, :3] = by_weight, by_weight * log_kinds, by_weight * log_total
            slopes[k, 3] = found * (kinds * p - seen) / (total + weight) * delta * (1 - delta)
            p = np.where(found, mixed, p)
        value = -np.log2(p).mean() + 1e-4 * ((x - first) ** 2).sum()
        return value, (-(slopes / p).mean(axis=-1) / np.log(2) + 2e-4 * (x - first)).ravel()

    x = optimize.minimize(loss, first.ravel(), jac=True, method="L-BFGS-B").x.reshape(first.shape)
    return np.column_stack([np.exp(x[:, 0]), x[:, 1:3], special.expit(x[:, 3])])


def _ngram_arguments(known, codes, start, n_symbols, order):
    n_symbols, order = check_sizes(n_symbols=n_symbols, order=order)
    [start] = check_sizes(0, start=start)
    known, codes = _symbols("known", known, n_symbols), _symbols("codes", codes, n_symbols)
    if start >= len(codes):
        raise ValueError(f"start must be a place of codes, 0 to {len(codes) - 1}; got {start}.")
    if n_symbols**order > 2**64:
        raise ValueError(f"order is too large for {n_symbols} symbols: n-grams must fit into 64 bits; got {order}.")
    return known, codes, start, n_symbols, order


def _followers(known, codes, start, k, n_symbols, distinct):
    """What followed the k symbols before each place of `codes`, counted: sparse, zeros where they never occurred."""
    n = np.uint64(n_symbols)
    pairs = _contexts(known, k, n_symbols)[k:] * n + known[k:].astype("uint64")  # of a context and a follower
    if distinct:  # each pair once with each symbol before it
        pairs = np.sort(_contexts(known, k + 1, n_symbols)[k + 1 :] * n + known[k + 1 :].astype("uint64"))
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]] % np.uint64(n_symbols ** (k + 1))
    pairs, counts = np.unique(pairs, return_counts=True)  # it sorts; without counts, slower, it hashes
    context, follower = np.divmod(pairs, n)
    first = np.r_[True, context[1:] != context[:-1]]
    seen, row = context[first], first.cumsum() - 1
    counts = sparse.csr_matrix((counts.astype("float32"), (row, follower.astype(int))), (len(seen), n_symbols))
    asked = _contexts(codes, k, n_symbols)[start:]
    row = np.searchsorted(seen, asked).clip(max=len(seen) - 1)
    counts = counts[row]
    counts.data *= np.repeat(seen[row] == asked, np.diff(counts.indptr))
    counts.eliminate_zeros()
    return counts


def _contexts(codes, k, n_symbols):
    """The k symbols before each place as one number; 0 stands before the first."""
    before = np.concatenate([np.zeros(k, "uint64"), codes.astype("uint64")])
    number = np.zeros(len(codes), "uint64")
    for j in range(k):
        number = number * np.uint64(n_symbols) + before[j : j + len(codes)]
    return number


def _symbols(name, values, n_symbols):
    values = numeric_array(name, values)
    if values.ndim != 1 or len(values) == 0 or not (np.isin(values, np.arange(n_symbols))).all():
        raise ValueError(f"{name} must be a sequence of whole numbers from 0 to {n_symbols - 1}, not empty.")
    return values.astype(int)


def _three_dimensional(name, values):
    values = numeric_array(name, values)
    if values.ndim != 3 or len(values) == 0:
        raise ValueError(
            f"{name} must have three dimensions (samples, steps, columns) and at least one sample; "
            f"got shape {values.shape}."
        )
    return values
