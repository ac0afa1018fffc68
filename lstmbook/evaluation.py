"""Errors, repeated runs and tables of results."""

from collections import Counter

import keras
import numpy as np
import pandas as pd
from scipy import ndimage, stats
from tqdm import tqdm

from lstmbook._checks import check_choice, check_mapping, check_sizes, finite_array, numeric_array


def mean_absolute_error(y, forecast, axis=None):
    """Mean of ``|y - forecast|``, in the units of `y`.

    Parameters
    ----------
    y, forecast : arrays of the same shape
        Finite numbers. Equal shapes are asked for, because NumPy would silently pair (samples, 1) with (samples,).
    axis : None, int or tuple of int
        Axes to average over; None means all. ``axis=(0, 2)`` gives one error for each step ahead.

    Raises
    ------
    ValueError
        If the shapes differ, or values are no numbers, missing, masked or infinite.

    Examples
    --------
    >>> mean_absolute_error(y=[1.0, 2.0, 3.0], forecast=[1.0, 2.5, 4.0]).item()
    0.5
    """
    advice = "Score the others alone: y[known] and forecast[known], with known = np.isfinite(y)."
    y, forecast = finite_array("y", y, advice), finite_array("forecast", forecast, "Did the training diverge?")
    if y.dtype.kind in "biu":  # differences of these would wrap around
        y = y.astype(float)
    if y.shape != forecast.shape:
        raise ValueError(f"y and forecast must have the same shape; got {y.shape} and {forecast.shape}.")
    return np.abs(y - forecast).mean(axis=axis)


def restart(model):
    """Give a compiled model new random weights and an empty optimizer, as if it had just been built.

    Building a model again makes TensorFlow trace its computation again, which can take longer than a short training.
    The new weights come from the generator that ``keras.utils.set_random_seed`` seeds. The states of stateful layers
    and of metrics become those of a new model, too. Layers whose state is not trained, such as Normalization, are drawn
    anew as well: adapt them afterwards. A learning rate that was set during a training, as by ReduceLROnPlateau, stays,
    because Keras does not keep the first one: set ``model.optimizer.learning_rate``.

    Parameters
    ----------
    model : keras.Model
        Sequential or functional, and compiled. It is changed in place.

    Raises
    ------
    ValueError
        If the model is not compiled, or is neither sequential nor functional.

    Examples
    --------
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    >>> model.compile("adam", "mse")
    >>> _ = model.train_on_batch(np.ones((4, 3)), np.ones((4, 1)))
    >>> restart(model)
    >>> int(model.optimizer.iterations.numpy())
    0
    """
    if getattr(model, "optimizer", None) is None:
        raise ValueError("model must be compiled; got one without an optimizer. Call model.compile first.")
    if not isinstance(model, keras.Sequential) and not hasattr(model, "inputs"):
        raise ValueError(
            f"model must be sequential or functional, so that Keras can copy its layers; got {type(model).__name__}. "
            "Build and compile a new one instead."
        )
    fresh = keras.models.clone_model(model)
    model.set_weights(fresh.get_weights())
    for variable, new in zip(_dropout_states(model), _dropout_states(fresh), strict=True):
        variable.assign(new)
    for layer in model._flatten_layers():
        if getattr(layer, "stateful", False):
            layer.reset_state()
    model.reset_metrics()
    empty = type(model.optimizer).from_config(model.optimizer.get_config())
    if model.optimizer.built:
        empty.build(model.trainable_variables)
    for variable, new in zip(model.optimizer.variables, empty.variables, strict=True):
        variable.assign(new)


def _dropout_states(model):
    return [variable for variable in model.variables if variable.name == "seed_generator_state"]


def over_seeds(run, seeds=(0, 1, 2)):
    """Repeat an experiment with several seeds: training starts from random weights, so one run is one draw.

    Parameters
    ----------
    run : function
        Called as ``run(seed)`` after Python's, NumPy's and Keras's generators were seeded; returns a dict of scores,
        the same for each seed.
    seeds : sequence of int
        At least two, or there is no spread to report; each from 0 to 2**32 - 1.

    Returns
    -------
    DataFrame, one row a seed, one column a score.

    Raises
    ------
    ValueError
        Before the first run, if `seeds` is not as described or a seed stands twice; after a run, if it did not return a
        dict, or one of other scores than the run before.

    Examples
    --------
    >>> over_seeds(lambda seed: {"mae": 1 + seed / 2}, seeds=(0, 1))
          mae
    seed
    0     1.0
    1     1.5
    """
    try:
        seeds = list(seeds)
    except TypeError:
        raise ValueError(f"seeds must be a sequence of whole numbers, such as (0, 1, 2); got {seeds!r}.") from None
    seeds = check_sizes(0, **{f"seeds[{i}]": seed for i, seed in enumerate(seeds)})
    if len(set(seeds)) < max(2, len(seeds)) or max(seeds) >= 2**32:
        raise ValueError(f"seeds must hold at least two different seeds, each once and below 2**32; got {seeds}.")
    rows = []
    for seed in tqdm(seeds, desc="seeds"):
        keras.utils.set_random_seed(seed)
        scores = run(seed)
        check_mapping("run's result", scores, "name of the score -> number")
        if rows and set(scores) != set(rows[0]):
            raise ValueError(
                f"run must return the same scores for each seed; got {list(rows[0])} at first, and {list(scores)} for "
                f"seed {seed}."
            )
        rows.append(scores)
    return pd.DataFrame(rows, index=pd.Index(seeds, name="seed"))


def score_table(scores, *, digits=3):
    """One row a model: mean ± standard deviation over the seeds, or the score alone where nothing is random.

    Parameters
    ----------
    scores : dict
        Name of the model -> DataFrame from `over_seeds`, or a dict of scores.
    digits : int
        Digits after the decimal point.

    Returns
    -------
    DataFrame of strings, in the order given. The standard deviation is that of a sample (divided by seeds - 1).

    Raises
    ------
    ValueError
        If there are no scores or they are not in a dict, a score is no number, or `digits` is no whole number of at
        least 0.

    Examples
    --------
    >>> runs = pd.DataFrame({"mae": [1.0, 2.0, 3.0]})
    >>> score_table({"persistence": {"mae": 2.5}, "LSTM": runs}, digits=1)
                       mae
    persistence        2.5
    LSTM         2.0 ± 1.0
    """
    check_mapping("scores", scores, "name of the model -> its scores")
    (digits,) = check_sizes(0, digits=digits)
    rows = {}
    for name, runs in scores.items():
        try:
            if isinstance(runs, pd.DataFrame):
                moments = {c: (runs[c].mean(skipna=False), runs[c].std(skipna=False)) for c in runs}
                rows[name] = {
                    c: f"{mean:.{digits}f} ± {deviation:.{digits}f}" for c, (mean, deviation) in moments.items()
                }
            else:
                rows[name] = {c: f"{score:.{digits}f}" for c, score in runs.items()}
        except (AttributeError, TypeError, ValueError):
            raise ValueError(
                f"scores[{name!r}] must be a table from over_seeds or a dict of numbers; got {runs!r}."
            ) from None
    return pd.DataFrame.from_dict(rows, orient="index").fillna("–")


def by_unit(errors, units, weights=None):
    """Average the errors of every unit (day, person, recording), as `compare` takes them.

    Parameters
    ----------
    errors : dict
        Name of the model -> errors or scores, numbers or booleans, an array of shape (samples, ...): one entry a
        sample, or several, such as one a step ahead. All models have the same shape.
    units : array, shape (samples,)
        The unit that a sample belongs to: the number of its day, the name of its person.
    weights : array, optional
        Not negative, of the shape of the errors, or (samples,); 0 where a target is missing. An error of weight 0 may
        be missing, too.

    Returns
    -------
    dict
        Name of the model -> weighted means, shape (units,), in sorted order of the units. A unit whose weights are all
        0 is left out.

    Raises
    ------
    ValueError
        If `errors` is no dict, if shapes differ, if a unit is missing, if weights are negative or missing or all 0, or
        if errors that count are not finite.

    Examples
    --------
    The first day has two known hours, the second only one:

    >>> errors = {"LSTM": np.array([[1.0, 3.0], [2.0, 9.0]])}
    >>> by_unit(errors, units=[1, 2], weights=np.array([[1, 1], [1, 0]]))
    {'LSTM': array([2., 2.])}
    """
    check_mapping("errors", errors, "name of the model -> errors of the samples")
    arrays = {name: numeric_array(f"errors[{name!r}]", values).astype(float) for name, values in errors.items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    [shape, *others] = set(shapes.values())
    if others or shape == ():
        raise ValueError(f"errors must be arrays of one shape, (samples, ...); got the shapes {shapes}.")
    units = np.asarray(units)
    if units.shape != shape[:1] or pd.isna(units).any():
        raise ValueError(
            f"units must name a unit for each of the {shape[0]} samples; got the shape {units.shape} "
            f"with {pd.isna(units).sum()} missing."
        )
    weights = finite_array("weights", np.ones(shape) if weights is None else weights).astype(float)
    if weights.shape not in (shape, shape[:1]):
        raise ValueError(f"weights must have the shape {shape} or {shape[:1]}; got {weights.shape}.")
    if (weights < 0).any() or not weights.any():
        raise ValueError("weights must not be negative, nor all 0; give 0 to what is missing and 1 to the rest.")
    weights = np.broadcast_to(weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim)), shape)
    for name, array in arrays.items():
        finite_array(f"errors[{name!r}]", array[weights > 0], "Give weight 0 to what has no target.")

    _, codes = np.unique(units, return_inverse=True)
    flat = weights.reshape(len(units), -1)
    total = np.bincount(codes, flat.sum(axis=1))
    means = {}
    for name, array in arrays.items():
        weighted = np.where(weights > 0, array, 0).reshape(flat.shape) * flat
        means[name] = np.bincount(codes, weighted.sum(axis=1))[total > 0] / total[total > 0]
    return means


def compare(errors, reference, *, block=1, higher_is_better=False, n_resamples=5000, seed=0):
    """Say which models are ahead of a reference, or behind it, by more than chance: a paired block bootstrap.

    What is compared are the mean errors. The 95 % interval of their difference takes in two sources of chance:

    - Which units (days, recordings, people) are in the test set. Blocks of neighbouring units are drawn with
      replacement, the same for both models; the first unit counts as the neighbour of the last. Where there
      are few blocks, the quantiles of the drawn differences are moved apart as Student's t moves them.
    - Which seeds were used. They are too few to draw from, so the variance of their mean is added, without the part
      that comes from the units.

    In simulations (``tests/test_compare.py``) the interval holds the true difference in 92 to 97 % of all cases, from
    20 independent units on and with three seeds; in 90 % or more where neighbours are alike and the blocks long enough.

    Parameters
    ----------
    errors : dict
        Name of the model -> errors of the units, numbers or booleans: an array of shape (units,), or (seeds, units) of
        a model that was trained with at least two seeds. All models have the same units in the same order, which is
        that of time where units follow each other. For a root mean squared error, give the squared errors: the verdict
        is the same.
    reference : hashable
        Name of the model that the others are compared with.
    block : int
        Units in a block: 1 for independent units; where neighbours are alike, two or three times the lag from which on
        the errors are no longer correlated. At least ten blocks must fit into the units.
    higher_is_better : bool
        True where `errors` are scores, such as 1 for right and 0 for wrong.
    n_resamples : int
        Number of draws, at least 1000.
    seed : int
        Seed of the draws.

    Returns
    -------
    DataFrame, one row a model, in the order given. Its columns:
        ``mean`` and ``difference`` (model minus reference), in the units of `errors`; ``low`` and ``high``, the ends of
        the interval; ``verdict``, "level" if the interval holds 0, "ahead" or "behind" if it does not, and "reference".

    Raises
    ------
    ValueError
        If `errors` has fewer than two models, other shapes, values that are not finite numbers, or units for fewer than
        ten blocks; if `reference` is not in `errors`; or if `block` or `n_resamples` is too small or no whole number.

    Notes
    -----
    Blocks: H. R. Künsch, "The jackknife and the bootstrap for general stationary observations", Annals of Statistics 17
    (1989); on a circle: D. N. Politis and J. P. Romano, "A circular block-resampling procedure for stationary data", in
    Exploring the Limits of Bootstrap (1992). Few units: T. C. Hesterberg, "What teachers should know about the
    bootstrap", American Statistician 69 (2015).

    Examples
    --------
    Thirty days, on which the error of the LSTM is by 0.5 or 1.5 smaller than that of ridge:

    >>> day = np.arange(30)
    >>> ridge = 3.0 + day % 4
    >>> compare({"ridge": ridge, "LSTM": ridge - 0.5 - day % 2}, reference="ridge").round(1)
           mean  difference  low  high    verdict
    ridge   4.4         0.0  0.0   0.0  reference
    LSTM    3.4        -1.0 -1.2  -0.8      ahead
    """
    [block] = check_sizes(block=block)
    [n_resamples] = check_sizes(1000, n_resamples=n_resamples)
    runs = _runs(errors)
    check_choice("reference", reference, runs)
    n_units = runs[reference].shape[1]
    n_blocks = n_units // block
    if n_blocks < 10:
        raise ValueError(
            f"errors must hold at least ten blocks of units; got {n_units} units in blocks of {block}. "
            "Take more units or shorter blocks."
        )

    per_unit = np.column_stack([run.mean(axis=0) - runs[reference].mean(axis=0) for run in runs.values()])
    difference = per_unit.mean(axis=0)
    blocks = _block_means(per_unit - difference, block)
    rng = np.random.default_rng(seed)
    times_drawn = (np.bincount(rng.integers(n_units, size=n_blocks), minlength=n_units) for _ in range(n_resamples))
    few = block / (n_units - block)  # 1 / (number of blocks - 1), where a part of a block counts as such
    draws = np.sqrt(few / n_blocks) * np.array([times @ blocks for times in times_drawn])

    of_seeds = {name: np.array(_variance_of_seeds(run, block, few)) for name, run in runs.items()}
    both = [0 * of_seeds[name] if name == reference else of_seeds[name] + of_seeds[reference] for name in runs]
    seeds, uncertainty = np.transpose(both)
    draws += np.sqrt(seeds) * rng.standard_normal((n_resamples, 1))

    # Welch's and Satterthwaite's degrees of freedom; where nothing varies, any will do.
    units = few * blocks.var(axis=0)
    uncertainty = np.maximum(uncertainty + few * units**2, np.finfo(float).tiny)
    freedom = np.maximum((units + seeds) ** 2 / uncertainty, 1)
    stretch = stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975)
    low, high = difference + stretch * np.quantile(draws, [0.025, 0.975], axis=0)

    smaller, larger = ("behind", "ahead") if higher_is_better else ("ahead", "behind")
    verdict = np.select([high < 0, low > 0], [smaller, larger], "level").astype(object)
    verdict[list(runs).index(reference)] = "reference"
    columns = {"difference": difference, "low": low, "high": high, "verdict": verdict}
    return pd.DataFrame({"mean": {name: run.mean() for name, run in runs.items()}}).assign(**columns)


def bleu(references, candidates, *, order=4):
    """BLEU: how many word sequences of one to `order` words in what was written also stand in what was wanted.

    For each length n, the matches of all pairs are added up and divided by the number of n-word sequences written; one
    that is written more often than wanted counts as often as it was wanted. BLEU is the geometric mean of these shares,
    made smaller if less was written than wanted. Built in the open in the chapter on image captions.

    Parameters
    ----------
    references, candidates : sequences of str or of sequences of words
        What was wanted, one for each sample, and what was written. A str is split at white space.
    order : int
        Words of the longest sequences that are counted.

    Returns
    -------
    float
        From 0 to 1; 0 if no sequence of some length matches.

    Raises
    ------
    ValueError
        If there are no samples, or not as many of both, or `order` is no whole number of at least 1.

    Notes
    -----
    K. Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL (2002).

    Examples
    --------
    Of the six words that were written, four were wanted:

    >>> round(bleu(["the cat sat on the mat"], ["the cat is on a mat"], order=1), 3)
    0.667
    """
    [order] = check_sizes(order=order)
    references, candidates = (
        [s.split() if isinstance(s, str) else list(s) for s in t] for t in (references, candidates)
    )
    if len(references) != len(candidates) or not references:
        raise ValueError(
            f"references and candidates must have the same number of samples, at least one; "
            f"got {len(references)} and {len(candidates)}."
        )
    shares = []
    for n in range(1, order + 1):
        matches = written = 0
        for reference, candidate in zip(references, candidates, strict=True):
            wanted, found = (Counter(zip(*(s[i:] for i in range(n)), strict=False)) for s in (reference, candidate))
            matches += (wanted & found).total()
            written += found.total()
        shares.append(matches / max(written, 1))
    n_wanted, n_written = (sum(map(len, samples)) for samples in (references, candidates))
    if min(shares) == 0:
        return 0.0
    brevity = min(1.0, np.exp(1 - n_wanted / n_written))
    return float(brevity * np.exp(np.mean(np.log(shares))))


def _runs(errors):
    """Errors as arrays (seeds, units), after a check."""
    check_mapping("errors", errors, "name of the model -> errors of the units")
    if len(errors) < 2:
        raise ValueError(f"errors must hold at least two models; got {list(errors)}.")
    arrays = {name: finite_array(f"errors[{name!r}]", values) for name, values in errors.items()}
    for name, values in arrays.items():
        if values.ndim not in (1, 2) or (values.ndim == 2 and len(values) < 2):
            raise ValueError(
                f"errors[{name!r}] must have the shape (units,), or (seeds, units) with at least two seeds; "
                f"got {values.shape}."
            )
    if len({values.shape[-1] for values in arrays.values()}) > 1:
        shapes = {name: values.shape for name, values in arrays.items()}
        raise ValueError(f"errors must hold the same units for all models; got the shapes {shapes}.")
    return {name: np.atleast_2d(values).astype(float) for name, values in arrays.items()}


def _block_means(values, block):
    """Means of all runs of `block` units, along the first axis, as if the last unit stood before the first."""
    return ndimage.uniform_filter1d(values, block, axis=0, mode="wrap")


def _variance_of_seeds(runs, block, few):
    """Variance that the choice of the seeds gives to the mean of `runs`, and its square over its degrees of freedom."""
    n_seeds = len(runs)
    if n_seeds == 1:
        return 0.0, 0.0
    apart = (runs - runs.mean(axis=0)).T
    means = apart.mean(axis=0)
    total = means.var(ddof=1) / n_seeds
    # Seeds differ from unit to unit as well. That part is in the variance over units already.
    from_units = few * _block_means(apart - means, block).var(axis=0).sum() / (n_seeds - 1) / n_seeds
    return (total - from_units, total**2 / (n_seeds - 1)) if total > from_units else (0.0, 0.0)
