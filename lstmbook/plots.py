"""One style for the whole book, and the pictures that come back in several chapters."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

# Okabe and Ito's palette, which people with any common kind of colour vision can tell apart, on white.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]


def use_style():
    """Set the book's style for all figures that follow."""
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
    """
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


def learning_curve(history, metric="loss", *, label=None, ax=None):
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
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the history has no such metric.
    """
    values = getattr(history, "history", history)
    if metric not in values:
        raise ValueError(f"metric must be one of {', '.join(values)}; got {metric!r}.")
    ax = ax or plt.gca()
    epochs = np.arange(1, len(values[metric]) + 1)
    (line,) = ax.plot(epochs, values[metric], "--", label=None if label else "training")
    if f"val_{metric}" in values:
        colour = line.get_color() if label else None
        ax.plot(epochs, values[f"val_{metric}"], "-", color=colour, label=label or "validation")
    ax.set(xlabel="epoch", ylabel=metric)
    ax.legend()
    return ax


def heat_maps(maps, *, vmin=0, vmax=1, ylabel="unit", label="activation"):
    """Draw arrays over time beside each other on one scale, such as the gates of a cell.

    Parameters
    ----------
    maps : dict of str to array, each of shape (time, units)
        Title -> values.
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
        If there is no array, or one has not two dimensions.
    """
    if not maps:
        raise ValueError("maps is empty; give at least one array.")
    maps = {title: np.asarray(values) for title, values in maps.items()}
    for title, values in maps.items():
        if np.ndim(values) != 2:
            raise ValueError(f"maps[{title!r}] must have shape (time, units); got {np.shape(values)}.")
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
