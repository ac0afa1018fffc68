"""Errors, repeated runs and tables of results."""

import keras
import numpy as np
import pandas as pd
from tqdm import tqdm


def mean_absolute_error(y, forecast, axis=None):
    """Mean of ``|y - forecast|``, in the units of `y`.

    Parameters
    ----------
    y, forecast : arrays of the same shape
        Equal shapes are asked for, because NumPy would silently pair (samples, 1) with (samples,).
    axis : None, int or tuple of int
        Axes to average over; None means all. ``axis=(0, 2)`` gives one error for each step ahead.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    y, forecast = np.asarray(y), np.asarray(forecast)
    if y.dtype.kind in "biu":  # differences of these would wrap around
        y = y.astype(float)
    if y.shape != forecast.shape:
        raise ValueError(f"y and forecast must have the same shape; got {y.shape} and {forecast.shape}.")
    return np.abs(y - forecast).mean(axis=axis)


def restart(model):
    """Give a compiled model new random weights and an empty optimizer, as if it had just been built.

    Building a model again makes TensorFlow trace its computation again, which can take longer than a short training.
    The new weights come from the generator that ``keras.utils.set_random_seed`` seeds. Layers whose state is not
    trained, such as Normalization, are drawn anew too: adapt them afterwards.

    Parameters
    ----------
    model : keras.Model
        Compiled. It is changed in place.

    Raises
    ------
    ValueError
        If the model is not compiled.
    """
    if getattr(model, "optimizer", None) is None:
        raise ValueError("model must be compiled; got one without an optimizer. Call model.compile first.")
    fresh = keras.models.clone_model(model)
    model.set_weights(fresh.get_weights())
    for variable, new in zip(_dropout_states(model), _dropout_states(fresh), strict=True):
        variable.assign(new)
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
        Called as ``run(seed)`` after Python's, NumPy's and Keras's generators were seeded; returns a dict of scores.
    seeds : sequence of int
        At least two, or there is no spread to report.

    Returns
    -------
    DataFrame, one row a seed, one column a score.

    Raises
    ------
    ValueError
        If there are fewer than two seeds, or a seed stands twice.
    """
    seeds = list(seeds)
    if len(set(seeds)) < max(2, len(seeds)):
        raise ValueError(f"seeds must hold at least two different seeds, each once; got {seeds}.")
    rows = []
    for seed in tqdm(seeds, desc="seeds"):
        keras.utils.set_random_seed(seed)
        rows.append(run(seed))
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
        If there are no scores.
    """
    if not scores:
        raise ValueError("scores is empty; give at least one model.")
    rows = {}
    for name, runs in scores.items():
        if isinstance(runs, pd.DataFrame):
            rows[name] = {c: f"{runs[c].mean():.{digits}f} ± {runs[c].std():.{digits}f}" for c in runs}
        else:
            rows[name] = {c: f"{score:.{digits}f}" for c, score in runs.items()}
    return pd.DataFrame.from_dict(rows, orient="index").fillna("–")
