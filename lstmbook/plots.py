"""One style for the whole book, and the pictures that come back in several chapters."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from lstmbook._checks import check_choice, check_mapping, check_sizes, numeric_array

# Okabe and Ito's palette, which people with any common kind of colour vision can tell apart, on white.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]


def use_style():
    """Set the book's style for all figures that follow.

    Examples
    --------
    >>> use_style()
    >>> plt.rcParams["figure.figsize"]
    [7.0, 3.0]
    """
    plt.rcParams.update(
        {
            "axes.prop_cycle": plt.cycler(color=COLOURS),
            "axes.grid": True,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlelocation": "left",
            "axes.titlesize": "medium",
            "figure.constrained_layout.use": True,
            "figure.dpi": 120,
            "figure.figsize": (7, 3),
            "grid.alpha": 0.3,
            "image.cmap": "cividis",
            "legend.frameon": False,
        }
    )


def window(n_steps, horizon, *, gap=0, stride=1, n_windows=3):
    """Draw how `framing.windows` cuts a series: inputs, skipped steps and targets of the first windows.

    Parameters
    ----------
    n_steps, horizon, gap, stride : int
        As in `framing.windows`.
    n_windows : int
        Windows to draw, one below the other.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a size is not a whole number in its range.

    Examples
    --------
    >>> ax = window(n_steps=6, horizon=2, gap=1)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['input', 'gap', 'target']
    """
    n_steps, horizon, stride = check_sizes(n_steps=n_steps, horizon=horizon, stride=stride)
    (gap,), (n_windows,) = check_sizes(0, gap=gap), check_sizes(n_windows=n_windows)
    parts = [("input", 0, n_steps, COLOURS[0]), ("target", n_steps + gap, horizon, COLOURS[1])]
    if gap:
        parts.insert(1, ("gap", n_steps, gap, "#DDDDDD"))
    _, ax = plt.subplots(figsize=(7, 0.6 + 0.45 * n_windows))
    for i in range(n_windows):
        for label, start, length, colour in parts:
            ax.barh(i, length, left=i * stride + start, height=0.7, color=colour, label=label if i == 0 else None)
            shade = "black" if label == "gap" else "white"
            ax.text(i * stride + start + length / 2, i, str(length), ha="center", va="center", color=shade)
    ax.set(yticks=range(n_windows), yticklabels=[f"window {i}" for i in range(n_windows)], xlabel="time step")
    ax.invert_yaxis()
    ax.grid(False)
    ax.legend(ncols=len(parts), loc="lower right", bbox_to_anchor=(1, 1))
    return ax


def learning_curve(history, metric="loss", *, label=None, ax=None, validation_freq=1):
    """Draw a metric on training (dashed) and validation data (solid) over the epochs.

    Parameters
    ----------
    history : keras.callbacks.History or dict
        What ``fit`` returned, or its ``history``.
    metric : str
        Name of the metric, as in ``history.history``.
    label : str
        Name of the model in the legend; left out, the two lines are named training and validation.
    ax : matplotlib Axes
        Where to draw; the current axes if left out.
    validation_freq : int
        As it was in ``fit``: epochs from one look at the validation data to the next.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the history has no such metric, or not one value on validation data for every `validation_freq` epochs.

    Examples
    --------
    >>> _, ax = plt.subplots()
    >>> learning_curve({"loss": [3.0, 2.0, 1.5], "val_loss": [3.5, 2.5, 2.6]}, ax=ax).get_ylabel()
    'loss'
    """
    values = getattr(history, "history", history)
    check_mapping("history", values, "metric -> its values, or what fit returned")
    check_choice("metric", metric, values)
    (validation_freq,) = check_sizes(validation_freq=validation_freq)
    epochs = np.arange(1, len(values[metric]) + 1)
    validated = epochs[validation_freq - 1 :: validation_freq]
    validation = values.get(f"val_{metric}", validated)
    if len(validation) != len(validated):
        raise ValueError(
            f"validation_freq must be as in fit; got {validation_freq}, but the history holds {len(epochs)} values of "
            f"{metric} and {len(validation)} of val_{metric}."
        )
    ax = ax or plt.gca()
    (line,) = ax.plot(epochs, values[metric], "--", label=None if label else "training")
    if f"val_{metric}" in values:
        colour = line.get_color() if label else None
        ax.plot(validated, validation, "-", color=colour, label=label or "validation")
    ax.set(xlabel="epoch", ylabel=metric)
    ax.legend()
    return ax


def heat_maps(maps, *, vmin=0, vmax=1, ylabel="unit", label="activation"):
    """Draw arrays over time beside each other on one scale, such as the gates of a cell.

    Parameters
    ----------
    maps : dict of str to array, each of shape (time, units)
        Title -> values. What is NaN or masked stays blank.
    vmin, vmax : float
        Ends of the common colour scale.
    ylabel, label : str
        What the rows and the colours mean.

    Returns
    -------
    list of matplotlib Axes

    Raises
    ------
    ValueError
        If `maps` is no dict or empty, or an array is not numeric or has not two dimensions.

    Examples
    --------
    >>> len(heat_maps({"input gate": np.zeros((20, 3)), "forget gate": np.ones((20, 3))}))
    2
    """
    check_mapping("maps", maps, "title -> array of shape (time, units)")
    maps = {title: numeric_array(f"maps[{title!r}]", values) for title, values in maps.items()}
    for title, values in maps.items():
        if values.ndim != 2:
            raise ValueError(f"maps[{title!r}] must have shape (time, units); got {values.shape}.")
    figure, axes = plt.subplots(1, len(maps), figsize=(7, 3), sharey=True, squeeze=False)
    for ax, (title, values) in zip(axes[0], maps.items(), strict=True):
        steps = np.arange(1, len(values) + 1)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        image = ax.pcolormesh(steps, np.arange(1, values.shape[1] + 1), values.T, vmin=vmin, vmax=vmax)
        ax.set(title=title, xlabel="time step")
        ax.grid(False)
    axes[0, 0].set_ylabel(ylabel)
    figure.colorbar(image, ax=axes, label=label)
    return list(axes[0])
