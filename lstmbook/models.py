"""The book's architectures as uncompiled Keras models. Each is built layer by layer in its own chapter."""

import numbers

import keras
from keras import layers


def vanilla(n_steps, n_features, n_outputs, *, units=64, activation="linear", dropout=0.0):
    """One LSTM layer and one dense layer, built in the open in the chapter on the vanilla LSTM.

    Parameters
    ----------
    n_steps : int or None
        Time steps in a sample; None accepts samples of any length (one length a batch).
    n_features : int
        Values a time step.
    n_outputs : int
        Values to predict: 1, the horizon, or the number of classes.
    units : int
        Size of the LSTM's hidden state and of its cell state.
    activation : str
        Activation of the output: "linear" for numbers, "sigmoid" for one probability, "softmax" for classes.
    dropout : float
        Share of the LSTM's last output that is dropped while training, from 0 up to but not including 1.

    Returns
    -------
    keras.Model, not compiled: (samples, n_steps, n_features) -> (samples, n_outputs).

    Raises
    ------
    ValueError
        If a size is not a whole number of at least 1, or `dropout` lies outside [0, 1).
    """
    sizes = {"n_features": n_features, "n_outputs": n_outputs, "units": units}
    if n_steps is not None:
        sizes["n_steps"] = n_steps
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
            raise ValueError(f"{name} must be a whole number of at least 1; got {value!r}.")
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout must lie in [0, 1); got {dropout!r}.")

    inputs = keras.Input((n_steps, n_features))
    h = layers.LSTM(int(units))(inputs)
    if dropout:
        h = layers.Dropout(dropout)(h)
    return keras.Model(inputs, layers.Dense(int(n_outputs), activation=activation)(h), name="vanilla")
