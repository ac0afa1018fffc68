"""Writing a sequence with a network that gives probabilities of the next symbol. Bad input raises ValueError."""

import keras
import numpy as np

from lstmbook._checks import check_sizes, is_number


def beam_search(step, state, start, end, *, width=5, max_length=50, length_penalty=0.0):
    """The sequences that a network finds most probable, by beam search: the best `width` beginnings are kept.

    With a width of 1 this is greedy decoding: always the most probable next symbol. A sequence that ends leaves the
    beam, which is narrower by one from then on. The chapter on image captions says how it works.

    Parameters
    ----------
    step : function
        Called as ``step(symbols, state)`` with the last symbols of all beginnings, integers of shape (beginnings,), and
        the state that belongs to them; returns logarithms of the probabilities of the next symbol, shape (beginnings,
        vocabulary), and the state after this step.
    state : array, or tuple, list or dict of arrays
        What `step` needs before the first step, such as the states of an LSTM or a picture: each array of the shape
        (1, ...). Later its first axis counts the beginnings.
    start, end : int
        Number of the symbol that `step` is given first, and of the one that ends a sequence.
    width : int
        Number of beginnings that are kept.
    max_length : int
        Symbols that a sequence has at most, `end` counted in.
    length_penalty : float
        A sequence is judged by the sum of its logarithms divided by ``length ** length_penalty``. 0 takes the sum as it
        is, which favours short sequences; 1 takes the mean.

    Returns
    -------
    list of tuple
        (symbols, score), the best first, at most `width`: a list of int without `start` and `end`, and its score. Those
        that did not end within `max_length` are given only where none did.

    Raises
    ------
    ValueError
        If `width` or `max_length` is no whole number of at least 1, `length_penalty` is no number, or what `step`
        returns does not fit.

    Examples
    --------
    "a" (number 1) is the best first symbol, but what follows it is unsure:

    >>> p = np.array([[0.0, 0.6, 0.4], [0.4, 0.3, 0.3], [0.9, 0.05, 0.05]])  # rows: after start or end, "a", "b"
    >>> def step(symbols, state):
    ...     return np.log(np.maximum(p[symbols], 1e-9)), state
    >>> [symbols for symbols, score in beam_search(step, (), start=0, end=0, width=1, max_length=5)]
    [[1]]
    >>> [symbols for symbols, score in beam_search(step, (), start=0, end=0, width=2, max_length=5)]
    [[2], [1]]
    """
    width, max_length = check_sizes(width=width, max_length=max_length)
    if not is_number(length_penalty):
        raise ValueError(f"length_penalty must be a number, such as 0.0 or 1.0; got {length_penalty!r}.")
    live, scores, ended = [[]], np.zeros(1), []
    for _ in range(max_length):
        last = np.array([symbols[-1] if symbols else start for symbols in live])
        log_p, state = step(last, state)
        log_p = np.asarray(log_p, float)
        if log_p.ndim != 2 or len(log_p) != len(live) or np.isnan(log_p).any():
            raise ValueError(
                f"step must return logarithms of the shape ({len(live)}, vocabulary), none of them missing; "
                f"got the shape {log_p.shape}."
            )
        total = scores[:, None] + log_p
        best = np.argsort(-total, axis=None, kind="stable")[: width - len(ended)]
        rows, symbols = np.unravel_index(best, total.shape)
        kept = []
        for i, (row, symbol) in enumerate(zip(rows, symbols, strict=True)):
            if symbol == end:
                ended.append((live[row], total[row, symbol], len(live[row]) + 1))
            else:
                kept.append(i)
        live = [live[rows[i]] + [int(symbols[i])] for i in kept]
        scores = total[rows[kept], symbols[kept]]
        if not live:
            break
        state = keras.tree.map_structure(lambda array, rows=rows[kept]: np.asarray(array)[rows], state)
    found = ended or [(symbols, score, len(symbols)) for symbols, score in zip(live, scores, strict=True)]
    judged = [(symbols, float(score) / length**length_penalty) for symbols, score, length in found]
    return sorted(judged, key=lambda pair: -pair[1])
