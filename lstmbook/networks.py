"""The book's trained networks, read from its folder ``data/networks`` and checked against their checksums.

They were trained by the cells tagged ``recipe`` of their chapter, which ``data/networks/train.py`` runs. Their card:
``data/networks/README.md``. The folder is found as `lstmbook.datasets` finds its own.
"""

import numpy as np

from lstmbook.datasets import _checked, _sums


def load(chapter):
    """Weights and losses of the networks that a chapter stores.

    Parameters
    ----------
    chapter : str
        Name of the chapter, such as "architectures/stacked".

    Returns
    -------
    weights : dict of str to list of lists
        Name of the network -> for each of its seeds arrays of float32 in the order of the model's ``set_weights``; no
        arrays where only the losses are stored. Which seeds these are, the chapter's table ``RECIPES`` says.
    histories : dict of str to list of dicts
        Of the same networks, name of the loss or metric -> array of float32, one number an epoch, as in Keras's
        ``History.history``; and "seconds", a float, the time of the training, nan where it was not recorded.

    Raises
    ------
    ValueError
        If no networks are stored for such a chapter, or the file is damaged.
    FileNotFoundError, PermissionError
        If the file is missing or must not be read; the message says how to get it back.

    Examples
    --------
    >>> from lstmbook import networks
    >>> weights, histories = networks.load("architectures/vanilla")
    >>> [w.shape for w in weights["LSTM"][0]]  # the network that was trained from the first seed
    [(10, 128), (32, 128), (128,), (32, 10), (10,)]
    >>> histories["LSTM"][0]["accuracy"].shape  # ten epochs
    (10,)
    """
    command = "python -m data.networks.train"
    known = [name.removesuffix(".npz") for name in _sums("networks", command)]
    if chapter not in known:
        raise ValueError(f"chapter must be one of {', '.join(map(repr, known))}; got {chapter!r}.")
    weights, histories = {}, {}
    with np.load(_checked("networks", f"{chapter}.npz", f"{command} {chapter}")) as file:
        for key in file.files:
            if key == "recipe":  # the hash of the cells
                continue
            name, seed, place = key.split("/")
            for stored, new in ((weights, []), (histories, {})):
                if int(seed) == len(stored.setdefault(name, [])):
                    stored[name].append(new)
            if place.isdigit():
                weights[name][-1].append(file[key].astype("float32"))
            else:
                histories[name][-1][place] = float(file[key].item()) if place == "seconds" else file[key]
    return weights, histories
