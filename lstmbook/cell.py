"""The LSTM cell in NumPy, forward and backward, with the weights laid out as in Keras.

Built in the open in the chapter on the memory cell. It is written to be read; Keras's layer is the one to train with.
"""

import keras
import numpy as np

from lstmbook._checks import numeric_array

GATES = ("input gate", "forget gate", "candidate", "output gate")  # Keras's order: i, f, c, o


class LSTMCell:
    """An LSTM layer: weights, a forward pass over whole sequences and its gradients.

    ``LSTMCell(*layer.get_weights())`` takes over the weights of a Keras layer, and
    ``layer.set_weights([cell.kernel, cell.recurrent_kernel, cell.bias])`` gives them back.

    Parameters
    ----------
    kernel : array, shape (features, 4 * units)
        Weights on the input: the blocks of input gate, forget gate, candidate and output gate side by side.
    recurrent_kernel : array, shape (units, 4 * units)
        Weights on the last hidden state, in the same order.
    bias : array, shape (4 * units,)
        In the same order.

    Raises
    ------
    ValueError
        If the three are not numeric, or their shapes do not belong together.

    Notes
    -----
    The cell of Hochreiter and Schmidhuber (1997) with the forget gate of Gers, Schmidhuber and Cummins (2000).
    All computation is in float64.

    Examples
    --------
    >>> cell = LSTMCell(np.zeros((2, 12)), np.zeros((3, 12)), np.zeros(12))  # 2 features, 3 units
    >>> h, c, gates = cell.forward(np.ones((1, 5, 2)))
    >>> h.shape, gates["forget gate"][0, 0].tolist()
    ((1, 5, 3), [0.5, 0.5, 0.5])
    >>> cell.backward(h)["kernel"].shape
    (2, 12)
    """

    def __init__(self, kernel, recurrent_kernel, bias):
        given = {"kernel": kernel, "recurrent_kernel": recurrent_kernel, "bias": bias}
        weights = [_floats(name, values) for name, values in given.items()]
        self.kernel, self.recurrent_kernel, self.bias = weights
        shapes = [values.shape for values in weights]
        units = shapes[1][0] if len(shapes[1]) == 2 else 0
        if units < 1 or len(shapes[0]) != 2 or shapes != [(shapes[0][0], 4 * units), (units, 4 * units), (4 * units,)]:
            raise ValueError(
                "kernel, recurrent_kernel and bias must have the shapes (features, 4 * units), (units, 4 * units) "
                f"and (4 * units,); got {shapes[0]}, {shapes[1]} and {shapes[2]}."
            )

    def forward(self, x, state=None):
        """Read sequences from the first step to the last, and keep what `backward` needs.

        Parameters
        ----------
        x : array, shape (samples, n_steps, features)
        state : None or (h, c), each of shape (samples, units)
            Hidden state and cell state before the first step; None means zeros.

        Returns
        -------
        h, c : arrays, shape (samples, n_steps, units)
            Hidden state and cell state after each step.
        gates : dict of str to array of that shape
            "input gate", "forget gate", "candidate" and "output gate" at each step.

        Raises
        ------
        ValueError
            If `x` or `state` is not numeric or has another shape.
        """
        x = _floats("x", x)
        features, units = self.kernel.shape[0], self.recurrent_kernel.shape[0]
        if x.ndim != 3 or x.shape[1] == 0 or x.shape[2] != features:
            raise ValueError(
                f"x must have shape (samples, n_steps, {features}), with at least one step; got {x.shape}."
            )
        samples, n_steps, _ = x.shape
        if state is None:
            state = np.zeros((2, samples, units))
        state = [_floats("state", values) for values in state]
        shapes = [values.shape for values in state]
        if shapes != [(samples, units)] * 2:
            got = " and ".join(map(str, shapes)) or "none"
            raise ValueError(f"state must be two arrays of shape {(samples, units)}; got {got}.")
        h0, c0 = state

        h, c, i, f, g, o = (np.empty((samples, n_steps, units)) for _ in range(6))
        h_last, c_last = h0, c0
        for t in range(n_steps):
            z = x[:, t] @ self.kernel + h_last @ self.recurrent_kernel + self.bias
            z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
            i[:, t], f[:, t], g[:, t], o[:, t] = _sigmoid(z_i), _sigmoid(z_f), np.tanh(z_g), _sigmoid(z_o)
            c[:, t] = f[:, t] * c_last + i[:, t] * g[:, t]
            h[:, t] = o[:, t] * np.tanh(c[:, t])
            h_last, c_last = h[:, t], c[:, t]
        self._pass = x, h0, c0, h, c, i, f, g, o
        # Copies, so that changing what is returned leaves the way back as it is.
        return h.copy(), c.copy(), {name: gate.copy() for name, gate in zip(GATES, (i, f, g, o), strict=True)}

    def backward(self, dh):
        """Send the gradient of a loss back through the last forward pass (backpropagation through time).

        Parameters
        ----------
        dh : array, shape (samples, n_steps, units)
            Gradient of the loss with respect to each output ``h``, as far as the loss reads it directly.

        Returns
        -------
        dict of str to array: the gradient of the loss with respect to

            - "kernel", "recurrent_kernel", "bias": the weights, in their shapes;
            - "x": the input, (samples, n_steps, features);
            - "h", "c": both states after each step, (samples, n_steps, units), everything later included;
            - "h0", "c0": both states before the first step, (samples, units).

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        ValueError
            If `dh` is not numeric or has another shape than the outputs.
        """
        if not hasattr(self, "_pass"):
            raise RuntimeError("backward needs a forward pass first: call forward(x).")
        x, h0, c0, h, c, i, f, g, o = self._pass
        dh = _floats("dh", dh)
        if dh.shape != h.shape:
            raise ValueError(f"dh must have the shape of the outputs, {h.shape}; got {dh.shape}.")

        dx, dh_all, dc_all = np.empty_like(x), np.empty_like(h), np.empty_like(c)
        gradients = {name: np.zeros_like(getattr(self, name)) for name in ("kernel", "recurrent_kernel", "bias")}
        dh_next, dc_next = np.zeros_like(h0), np.zeros_like(c0)
        for t in reversed(range(x.shape[1])):
            h_last, c_last = (h[:, t - 1], c[:, t - 1]) if t else (h0, c0)
            tanh_c = np.tanh(c[:, t])
            dh_t = dh[:, t] + dh_next
            dc_t = dc_next + dh_t * o[:, t] * (1 - tanh_c**2)
            dz = np.concatenate(
                [
                    dc_t * g[:, t] * i[:, t] * (1 - i[:, t]),
                    dc_t * c_last * f[:, t] * (1 - f[:, t]),
                    dc_t * i[:, t] * (1 - g[:, t] ** 2),
                    dh_t * tanh_c * o[:, t] * (1 - o[:, t]),
                ],
                axis=1,
            )
            gradients["kernel"] += x[:, t].T @ dz
            gradients["recurrent_kernel"] += h_last.T @ dz
            gradients["bias"] += dz.sum(axis=0)
            dx[:, t], dh_all[:, t], dc_all[:, t] = dz @ self.kernel.T, dh_t, dc_t
            dh_next, dc_next = dz @ self.recurrent_kernel.T, dc_t * f[:, t]
        return gradients | {"x": dx, "h": dh_all, "c": dc_all, "h0": dh_next, "c0": dc_next}


def gates(layer, x, *, mask=None):
    """Read the gates of a Keras LSTM layer while it reads sequences.

    Parameters
    ----------
    layer : keras.layers.LSTM
        A built layer with biases and Keras's usual activations, reading forwards.
    x : array, shape (samples, n_steps, features)
        What the layer reads.
    mask : None or array of bool, shape (samples, n_steps)
        False at the steps that the layer skips, such as padding; None skips none. For a layer that reads masked
        sequences it has to be given: ``(x != mask_value).any(axis=-1)`` for the first LSTM of a model in
        `lstmbook.models` with a `mask_value`.

    Returns
    -------
    dict of str to array, shape (samples, n_steps, units)
        "input gate", "forget gate", "candidate" and "output gate" at each step, each sequence from a state of zeros;
        NaN at the steps that are skipped.

    Raises
    ------
    ValueError
        If `layer` is anything else, `x` or `mask` does not fit it, or a mask is needed.

    Examples
    --------
    >>> layer = keras.layers.LSTM(3)
    >>> layer.build((None, 5, 2))
    >>> read = gates(layer, np.zeros((1, 5, 2)))
    >>> read["input gate"].shape, read["input gate"][0, 0].tolist()
    ((1, 5, 3), [0.5, 0.5, 0.5])
    """
    if not isinstance(layer, keras.layers.LSTM) or not layer.built:
        raise ValueError(f"layer must be a keras.layers.LSTM that has been built; got {layer!r}.")
    activations = (layer.activation, layer.recurrent_activation)
    if activations != (keras.activations.tanh, keras.activations.sigmoid) or not layer.use_bias or layer.go_backwards:
        raise ValueError(
            "layer must have activation='tanh', recurrent_activation='sigmoid', use_bias=True and go_backwards=False; "
            f"got {_name(layer.activation)}, {_name(layer.recurrent_activation)}, {layer.use_bias} and "
            f"{layer.go_backwards}."
        )
    cell, x = LSTMCell(*layer.get_weights()), _floats("x", x)
    if mask is None:
        if _reads_masked_sequences(layer):
            raise ValueError(
                "mask must be given, because this layer reads masked sequences; got None. Give an array of shape "
                "(samples, n_steps), False where a step is padding, such as (x != mask_value).any(axis=-1)."
            )
        return cell.forward(x)[2]
    mask = numeric_array("mask", mask)
    if mask.dtype != bool or mask.shape != x.shape[:2]:
        raise ValueError(
            f"mask must hold True and False in the shape {x.shape[:2]}; got {mask.dtype} in the shape {mask.shape}."
        )
    # To skip a step is to leave it out: the steps that are read move to the front, and their gates back.
    order = np.argsort(~mask, axis=1, kind="stable")[..., np.newaxis]
    read = cell.forward(np.take_along_axis(x, order, axis=1))[2]
    back = np.argsort(order, axis=1)
    return {
        name: np.where(mask[..., np.newaxis], np.take_along_axis(gate, back, axis=1), np.nan)
        for name, gate in read.items()
    }


def _reads_masked_sequences(layer):
    try:
        return any(
            part.dtype == "bool" for part in keras.tree.flatten(layer.input)
        )  # a mask comes beside the sequences
    except AttributeError:  # from Keras, for a layer that is in no model
        return False


def _floats(name, values):
    return np.array(numeric_array(name, values), dtype=float)


def _name(activation):
    return repr(getattr(activation, "__name__", activation))


def _sigmoid(z):
    """The logistic function 1 / (1 + exp(-z)), written so that nothing overflows."""
    return (1 + np.tanh(z / 2)) / 2
