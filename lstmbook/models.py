"""The book's architectures as uncompiled Keras models. Each is built layer by layer in its own chapter.

All share one vocabulary: `n_steps` time steps of `n_features` values go in, `n_outputs` values come out, once or at
every step; `units` is the size of an LSTM's hidden state and of its cell state; `activation` is that of the output:
"linear" for numbers, "sigmoid" for one probability, "softmax" for classes.

While a model trains or is evaluated, with one of Keras's losses, it raises ValueError if its targets have another shape
than its outputs: Keras would pair each target with several outputs, and the network would learn something else.
(A model that was saved and loaded is a plain Keras model, without this check.)
"""

import functools

import keras
from keras import layers

from lstmbook._checks import check_choice, check_sizes, is_number


def vanilla(n_steps, n_features, n_outputs, *, units=64, activation="linear", dropout=0.0, mask_value=None):
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
    mask_value : float or None
        Steps all of whose values equal this number are padding, and the LSTM skips them; None skips nothing.

    Returns
    -------
    keras.Model, not compiled: (samples, n_steps, n_features) -> (samples, n_outputs).

    Raises
    ------
    ValueError
        If a size is not a whole number of at least 1, `dropout` lies outside [0, 1), Keras does not know `activation`
        or it is "softmax" for a single output, or `mask_value` is no number.

    Examples
    --------
    >>> vanilla(10, 2, 3).output_shape
    (None, 3)
    """
    (units,) = check_sizes(units=units)
    inputs, h = _inputs(n_steps, n_features, n_outputs, dropout, mask_value)
    h = layers.LSTM(units)(h)
    return _model("vanilla", inputs, h, n_outputs, activation, dropout)


def stacked(n_steps, n_features, n_outputs, *, units=(64, 64), activation="linear", dropout=0.0, mask_value=None):
    """LSTM layers one upon the other and one dense layer, built in the open in the chapter on stacked LSTMs.

    Each layer but the last hands its hidden state of every step to the layer above.

    Parameters
    ----------
    n_steps, n_features, n_outputs, activation, mask_value
        As in `vanilla`.
    units : sequence of int
        Size of each layer, from the input upwards; at least one.
    dropout : float
        Share of every layer's output that is dropped while training, from 0 up to but not including 1.

    Returns
    -------
    keras.Model, not compiled: (samples, n_steps, n_features) -> (samples, n_outputs).

    Raises
    ------
    ValueError
        As in `vanilla`, or if there is no layer.

    Examples
    --------
    >>> stacked(10, 2, 3, units=(32, 16)).output_shape
    (None, 3)
    """
    units = _layers_of_units(units)
    inputs, h = _inputs(n_steps, n_features, n_outputs, dropout, mask_value)
    h = _lstms(h, units, dropout, return_sequences=False)
    return _model("stacked", inputs, h, n_outputs, activation, dropout)


def cnn_lstm(
    n_steps, image_shape, n_outputs, *, filters=(16, 32), kernel_size=3, units=64, activation="linear", dropout=0.0
):
    """The same small convolutional network for every image, an LSTM over its outputs, one dense layer.

    Each convolution keeps the size of the image, is followed by ReLU, and by max pooling that halves height and width.
    Built in the open in the chapter on CNN-LSTMs.

    Parameters
    ----------
    n_steps : int or None
        Images in a sample; None accepts any number (the same in a batch).
    image_shape : tuple or list of int
        (height, width, channels) of an image, or (length, channels) of a piece of a series, such as one week of a year.
    n_outputs, units, activation, dropout
        As in `vanilla`.
    filters : sequence of int
        Filters of each convolution, from the image upwards; at least one, and height and width (or length) must be at
        least 2 to the power of their number.
    kernel_size : int
        Height and width (or length) of a filter.

    Returns
    -------
    keras.Model, not compiled: (samples, n_steps, *image_shape) -> (samples, n_outputs).

    Raises
    ------
    ValueError
        As in `vanilla`, or if `image_shape` has not two or three sizes, the image is too small for the poolings, or
        there is no convolution.

    Examples
    --------
    >>> cnn_lstm(6, (12, 12, 1), 8, activation="softmax").output_shape
    (None, 8)
    """
    if not isinstance(image_shape, tuple | list) or len(image_shape) not in (2, 3):
        raise ValueError(f"image_shape must be (height, width, channels) or (length, channels); got {image_shape!r}.")
    sizes = check_sizes(**{f"image_shape[{i}]": size for i, size in enumerate(image_shape)})
    filters = _layers_of_units(filters, "filters")
    kernel_size, units = check_sizes(kernel_size=kernel_size, units=units)
    flat = len(image_shape) == 2
    if min(image_shape[:-1]) < 2 ** len(filters):
        extent, halved = ("long", "it") if flat else ("high and wide", "both")
        raise ValueError(
            f"image_shape must be at least {2 ** len(filters)} {extent}, because a pooling that halves {halved} "
            f"follows each convolution, {len(filters)} in all; got {image_shape!r}."
        )
    convolution = layers.Conv1D if flat else layers.Conv2D
    pooling = layers.MaxPooling1D if flat else layers.MaxPooling2D
    inputs = _input(n_steps, sizes, n_outputs, dropout)
    image = keras.Input(sizes)
    a = image
    for n_filters in filters:
        a = convolution(n_filters, kernel_size, padding="same", activation="relu")(a)
        a = pooling()(a)
    cnn = keras.Model(image, layers.Flatten()(a), name="cnn")
    h = layers.TimeDistributed(cnn)(inputs)
    h = layers.LSTM(units)(h)
    return _model("cnn_lstm", inputs, h, n_outputs, activation, dropout)


def encoder_decoder(n_steps, n_features, horizon, n_outputs, *, units=64, activation="linear", dropout=0.0):
    """An LSTM that reads, its last hidden state repeated, an LSTM that writes, one dense layer for every step.

    Built in the open in the chapter on encoder-decoder LSTMs.

    Parameters
    ----------
    n_steps, n_features, units
        As in `vanilla`; both LSTMs have `units`.
    horizon : int
        Time steps of the output sequence.
    n_outputs : int
        Values at each step of the output sequence.
    activation : str
        As in `vanilla`, at every step.
    dropout : float
        Share of the outputs of each LSTM that is dropped while training, from 0 up to but not including 1.

    Returns
    -------
    keras.Model, not compiled: (samples, n_steps, n_features) -> (samples, horizon, n_outputs).

    Raises
    ------
    ValueError
        As in `vanilla`.

    Examples
    --------
    >>> encoder_decoder(28, 12, 7, 1).output_shape
    (None, 7, 1)
    """
    units, horizon = check_sizes(units=units, horizon=horizon)
    inputs, h = _inputs(n_steps, n_features, n_outputs, dropout)
    h = layers.LSTM(units)(h)
    h = layers.Dropout(dropout)(h) if dropout else h
    h = layers.RepeatVector(horizon)(h)
    h = layers.LSTM(units, return_sequences=True)(h)
    return _model("encoder_decoder", inputs, h, n_outputs, activation, dropout)


def bidirectional(
    n_steps,
    n_features,
    n_outputs,
    *,
    units=64,
    activation="linear",
    dropout=0.0,
    mask_value=None,
    merge_mode="concat",
    return_sequences=False,
):
    """Two LSTMs, one reading forwards and one backwards, and one dense layer on both.

    Built in the open in the chapter on bidirectional LSTMs.

    Parameters
    ----------
    n_steps, n_features, n_outputs, activation, dropout, mask_value
        As in `vanilla`.
    units : int
        Size of each of the two LSTMs.
    merge_mode : {"concat", "sum", "ave", "mul"}
        How the two hidden states become one: side by side, added, averaged or multiplied.
    return_sequences : bool
        Whether to answer at every step instead of once.

    Returns
    -------
    keras.Model, not compiled: (samples, n_steps, n_features) -> (samples, n_outputs), or, with `return_sequences`,
    (samples, n_steps, n_outputs).

    Raises
    ------
    ValueError
        As in `vanilla`, or if `merge_mode` is none of the four or `return_sequences` neither True nor False.

    Examples
    --------
    >>> bidirectional(10, 2, 3, return_sequences=True).output_shape
    (None, 10, 3)
    """
    (units,) = check_sizes(units=units)
    check_choice("merge_mode", merge_mode, ("concat", "sum", "ave", "mul"))
    check_choice("return_sequences", return_sequences, (True, False))
    inputs, h = _inputs(n_steps, n_features, n_outputs, dropout, mask_value)
    lstm = layers.LSTM(units, return_sequences=return_sequences)
    h = layers.Bidirectional(lstm, merge_mode=merge_mode)(h)
    return _model("bidirectional", inputs, h, n_outputs, activation, dropout)


def generative(n_steps, n_features, n_outputs, *, units=(128,), activation="linear", dropout=0.0, mask_value=None):
    """LSTM layers and one dense layer that predicts, at every step, the step that comes next.

    To generate, draw the next step from the prediction, feed it back as the next input, and so on: the loop is built in
    the open in the chapter on generative LSTMs.

    Parameters
    ----------
    n_steps, n_features, activation, mask_value
        As in `vanilla`; to generate step by step leave `n_steps` at None.
    n_outputs : int
        Numbers that describe the next step: its classes, or the parameters of its distribution.
    units : sequence of int
        Size of each layer, from the input upwards; at least one.
    dropout : float
        Share of every layer's output that is dropped while training, from 0 up to but not including 1.

    Returns
    -------
    keras.Model, not compiled: (samples, n_steps, n_features) -> (samples, n_steps, n_outputs).

    Raises
    ------
    ValueError
        As in `vanilla`, or if there is no layer.

    Examples
    --------
    >>> generative(None, 26, 26, activation="softmax").output_shape
    (None, None, 26)
    """
    units = _layers_of_units(units)
    inputs, h = _inputs(n_steps, n_features, n_outputs, dropout, mask_value)
    h = _lstms(h, units, dropout, return_sequences=True)
    return _model("generative", inputs, h, n_outputs, activation, dropout)


def _layers_of_units(sizes, name="units"):
    try:
        if isinstance(sizes, str | bytes | set | frozenset | dict):  # letters, or sizes in no order
            raise TypeError
        sizes = list(sizes)
    except TypeError:
        raise ValueError(f"{name} must be a sequence of sizes, one a layer, such as (32, 32); got {sizes!r}.") from None
    if not sizes:
        raise ValueError(f"{name} must hold at least one size, such as (32, 32); got {sizes!r}.")
    return check_sizes(**{f"{name}[{i}]": size for i, size in enumerate(sizes)})


def _inputs(n_steps, n_features, n_outputs, dropout, mask_value=None):
    """Check what builders that read numbers share, and return the input and what the first LSTM reads."""
    (n_features,) = check_sizes(n_features=n_features)
    # NaN, the only number that differs from itself, would mark no step; True would mark those that are all 1.
    if mask_value is not None and not (is_number(mask_value) and mask_value == mask_value):
        raise ValueError(f"mask_value must be a number other than NaN, or None; got {mask_value!r}.")
    inputs = _input(n_steps, [n_features], n_outputs, dropout)
    if mask_value is None:
        return inputs, inputs
    # In full precision whatever the policy: half a precision would not find 0.1 or a million again.
    return inputs, layers.Masking(mask_value, dtype=keras.config.floatx())(inputs)


def _input(n_steps, shape, n_outputs, dropout):
    """Check what all builders share, and return the input."""
    check_sizes(n_outputs=n_outputs)
    if n_steps is not None:
        (n_steps,) = check_sizes(n_steps=n_steps)
    if not is_number(dropout) or not 0 <= dropout < 1:
        raise ValueError(f"dropout must lie in [0, 1); got {dropout!r}.")
    return keras.Input((n_steps, *shape))


def _lstms(h, units, dropout, return_sequences):
    for size in units[:-1]:
        h = layers.LSTM(size, return_sequences=True)(h)
        h = layers.Dropout(dropout)(h) if dropout else h
    return layers.LSTM(units[-1], return_sequences=return_sequences)(h)


def _model(name, inputs, h, n_outputs, activation, dropout):
    """Finish a model with dropout and a dense layer."""
    try:
        function = keras.activations.get(activation)
    except (TypeError, ValueError):
        raise ValueError(
            "activation must be a function or the name of one of Keras's activations, such as 'linear', 'sigmoid' or "
            f"'softmax'; got {activation!r}."
        ) from None
    if n_outputs == 1 and function in (keras.activations.softmax, keras.activations.log_softmax):
        raise ValueError(
            f"activation must not be {activation!r} with n_outputs=1: a single class always has the probability 1. "
            "Take 'sigmoid' for the probability of one of two classes, or n_outputs=2."
        )
    h = layers.Dropout(dropout)(h) if dropout else h
    model = keras.Model(inputs, layers.Dense(int(n_outputs), activation=activation)(h), name=name)
    model.compute_loss = functools.partial(_compute_loss, model)  # an attribute, so that Keras alone can load the model
    return model


# The losses of Keras whose targets are no values of the outputs: they take numbers or labels of classes.
_OTHER_TARGETS = {"sparsecategoricalcrossentropy", "categoricalgeneralizedcrossentropy", "ctc", "circle"}


def _compute_loss(model, x=None, y=None, y_pred=None, sample_weight=None, **options):
    """Keras's own, after the check that the docstring of this module describes."""
    (loss, *_) = map(keras.losses.get, keras.tree.flatten(model.loss))
    (target, *_), (output, *_) = keras.tree.flatten(y), keras.tree.flatten(y_pred)
    name = getattr(loss, "__name__", type(loss).__name__).replace("_", "").lower()
    of_keras = getattr(loss, "__module__", "").startswith("keras.") and name not in _OTHER_TARGETS
    if of_keras and target is not None and not _fit_each_other(target.shape[1:], output.shape[1:]):
        # What the compiler has begun for these shapes would stay in the way of the right ones.
        model.train_function = model.test_function = None
        raise ValueError(
            f"y must have the shape of the outputs, {_samples(output)}; got {_samples(target)}. Of targets "
            "(samples, horizon, targets), as framing.windows gives them, take y[:, 0] where the horizon is 1, "
            "y[:, :, 0] where there is one target, and else y.reshape(len(y), -1) with n_outputs = horizon * targets."
        )
    return keras.Model.compute_loss(model, x, y, y_pred, sample_weight, **options)


def _fit_each_other(target, output):
    """Tell whether two shapes agree as far as they are known; Keras adds or takes away a last axis of one itself."""
    shorter, longer = sorted([tuple(target), tuple(output)], key=len)
    if len(longer) == len(shorter) + 1 and longer[-1] == 1:
        longer = longer[:-1]
    return len(shorter) == len(longer) and all(a == b or None in (a, b) for a, b in zip(shorter, longer, strict=True))


def _samples(values):
    """The shape of values, with the first axis named."""
    return str(("samples", *values.shape[1:])).replace("'", "")
