"""lstmbook.models: shapes, answers by hand, training, saving, and what the builders refuse."""

import re

import keras
import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from lstmbook import evaluation, framing, mixture, models
from lstmbook.cell import LSTMCell

# Without a graph: for so few steps, building it takes longer than training. (Other backends are quicker with one.)
EAGERLY = {"run_eagerly": keras.backend.backend() == "tensorflow"}


def lstm(features, units):
    """Parameters of four gates."""
    return 4 * units * (features + units + 1)


def dense(inputs, outputs):
    return (inputs + 1) * outputs


def convolution(pixels, channels, filters):
    return (pixels * channels + 1) * filters


# Shapes, layers and parameters, with the defaults and at the edges

# fmt: off
# builder, positional arguments, keywords, shape of the outputs, layers, parameters
TABLE = [
    ("vanilla", (5, 10, 10), {}, (10,), "LSTM Dense", lstm(10, 64) + dense(64, 10)),
    ("vanilla", (1, 1, 1), {"units": 1}, (1,), "LSTM Dense", lstm(1, 1) + dense(1, 1)),
    ("vanilla", (None, 3, 2), {"units": 7}, (2,), "LSTM Dense", lstm(3, 7) + dense(7, 2)),
    ("vanilla", (5, 3, 2), {"mask_value": 0}, (2,), "Masking LSTM Dense", lstm(3, 64) + dense(64, 2)),
    ("stacked", (5, 10, 4), {}, (4,), "LSTM LSTM Dense", lstm(10, 64) + lstm(64, 64) + dense(64, 4)),
    ("stacked", (1, 1, 1), {"units": [1]}, (1,), "LSTM Dense", lstm(1, 1) + dense(1, 1)),
    ("stacked", (None, 3, 2), {"units": (7, 5, 2), "mask_value": -1.0}, (2,),
     "Masking LSTM LSTM LSTM Dense", lstm(3, 7) + lstm(7, 5) + lstm(5, 2) + dense(2, 2)),
    ("cnn_lstm", (3, (8, 12, 1), 2), {}, (2,), "TimeDistributed LSTM Dense",
     convolution(9, 1, 16) + convolution(9, 16, 32) + lstm(2 * 3 * 32, 64) + dense(64, 2)),
    ("cnn_lstm", (None, [7, 2], 3), {"filters": [4], "kernel_size": 5, "units": 6}, (3,), "TimeDistributed LSTM Dense",
     convolution(5, 2, 4) + lstm(3 * 4, 6) + dense(6, 3)),
    ("cnn_lstm", (1, (4, 1), 1), {"filters": (1, 1), "kernel_size": 1, "units": 1}, (1,), "TimeDistributed LSTM Dense",
     convolution(1, 1, 1) * 2 + lstm(1, 1) + dense(1, 1)),
    ("encoder_decoder", (5, 10, 3, 4), {}, (3, 4), "LSTM RepeatVector LSTM Dense",
     lstm(10, 64) + lstm(64, 64) + dense(64, 4)),
    ("encoder_decoder", (None, 2, 1, 1), {"units": 1}, (1, 1), "LSTM RepeatVector LSTM Dense",
     lstm(2, 1) + lstm(1, 1) + dense(1, 1)),
    ("bidirectional", (5, 10, 4), {}, (4,), "Bidirectional Dense", 2 * lstm(10, 64) + dense(128, 4)),
    ("bidirectional", (None, 3, 2), {"units": 7, "merge_mode": "sum", "return_sequences": True}, (None, 2),
     "Bidirectional Dense", 2 * lstm(3, 7) + dense(7, 2)),
    ("bidirectional", (6, 1, 1), {"units": 1, "return_sequences": True, "mask_value": 0.0}, (6, 1),
     "Masking Bidirectional Dense", 2 * lstm(1, 1) + dense(2, 1)),
    ("generative", (5, 10, 4), {}, (5, 4), "LSTM Dense", lstm(10, 128) + dense(128, 4)),
    ("generative", (1, 1, 1), {"units": (1,)}, (1, 1), "LSTM Dense", lstm(1, 1) + dense(1, 1)),
    ("generative", (None, 3, 2), {"units": (7, 5), "mask_value": -1}, (None, 2),
     "Masking LSTM LSTM Dense", lstm(3, 7) + lstm(7, 5) + dense(5, 2)),
]
# fmt: on


def kinds(model):
    """The types of the layers after the input, in order."""
    assert isinstance(model.layers[0], keras.layers.InputLayer)
    return " ".join(type(layer).__name__ for layer in model.layers[1:])


@pytest.mark.parametrize("name, sizes, keywords, outputs, layers, parameters", TABLE, ids=str)
def test_shapes_layers_and_parameters(name, sizes, keywords, outputs, layers, parameters):
    model = getattr(models, name)(*sizes, **keywords)
    n_steps, features = sizes[:2]
    features = (features,) if isinstance(features, int) else tuple(features)
    assert model.input_shape == (None, n_steps, *features)
    assert model.output_shape == (None, *outputs)
    assert kinds(model) == layers
    assert model.count_params() == parameters
    assert model.name == name
    assert not model.compiled
    for steps in {n_steps or 1, n_steps or 9}:
        answer = model(np.ones((6, steps, *features), "float32"))
        assert answer.shape == (6, *(steps if size is None else size for size in outputs))


# From here on: small models, one of each kind

SMALL = {"n_steps": 5, "n_features": 2, "n_outputs": 3, "units": 4}
LAYERS = SMALL | {"units": (4, 3, 2)}
IMAGES = {"n_steps": 5, "image_shape": (9, 6, 2), "n_outputs": 3, "filters": (3, 4), "units": 4}
CASES = {
    "vanilla": (models.vanilla, SMALL),
    "stacked": (models.stacked, LAYERS),
    "cnn_lstm": (models.cnn_lstm, IMAGES),
    "cnn_lstm of pieces": (models.cnn_lstm, IMAGES | {"image_shape": (9, 2)}),
    "encoder_decoder": (models.encoder_decoder, SMALL | {"horizon": 3}),
    "bidirectional": (models.bidirectional, SMALL),
    "bidirectional at every step": (models.bidirectional, SMALL | {"return_sequences": True}),
    "generative": (models.generative, LAYERS),
}
MASKING = ["vanilla", "stacked", "bidirectional", "bidirectional at every step", "generative"]

every_case = pytest.mark.parametrize("case", CASES)


def build(case, *, convert=int, **changes):
    """A small model with random weights, biases included; `convert` makes the sizes."""
    builder, arguments = CASES[case]
    model = builder(**{name: converted(value, convert) for name, value in (arguments | changes).items()})
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.5, weight.shape) for weight in model.get_weights()])
    return model


def converted(value, convert):
    if isinstance(value, tuple):
        return tuple(convert(size) for size in value)
    return convert(value) if type(value) is int else value


def samples(case, n=6, n_steps=5):
    arguments = CASES[case][1]
    features = arguments.get("image_shape") or (arguments["n_features"],)
    return np.random.default_rng(0).normal(size=(n, n_steps, *features)).astype("float32")


def answers(model, X, **keywords):
    return np.asarray(model(X, **keywords))


# The answers, by hand


def read(weights, x):
    """The hidden state after each step."""
    return LSTMCell(*weights).forward(x)[0]


def read_backwards(weights, x):
    """The hidden state after each step of one who reads from the last step to the first."""
    return read(weights, x[:, ::-1])[:, ::-1]


def read_layers(weights, x):
    for i in range(0, len(weights), 3):
        x = read(weights[i : i + 3], x)
    return x


def write(weights, x, horizon=3):
    return read(weights[3:], np.repeat(read(weights[:3], x)[:, -1:], horizon, axis=1))


def convolve(images, kernel, bias):
    """Convolution that keeps the size, ReLU, and the largest of every two values along each side."""
    sides = range(1, images.ndim - 1)
    size = kernel.shape[:-2]
    padding = [(0, 0), *(((k - 1) // 2, k // 2) for k in size), (0, 0)]
    windows = sliding_window_view(np.pad(images, padding), size, axis=tuple(sides))
    a = np.maximum(np.tensordot(windows, np.moveaxis(kernel, -2, 0), len(size) + 1) + bias, 0)
    for side in sides:
        pairs = np.arange(a.shape[side] // 2) * 2
        a = np.maximum(a.take(pairs, side), a.take(pairs + 1, side))
    return a


def read_images(weights, x):
    images = x.reshape(-1, *x.shape[2:])
    for i in range(0, len(weights) - 3, 2):
        images = convolve(images, *weights[i : i + 2])
    return read(weights[-3:], images.reshape(*x.shape[:2], -1))[:, -1]


MERGE = {
    "concat": lambda a, b: np.concatenate([a, b], axis=-1),
    "sum": lambda a, b: a + b,
    "ave": lambda a, b: (a + b) / 2,
    "mul": lambda a, b: a * b,
}


def read_both_ways(weights, x, merge_mode="concat"):
    return MERGE[merge_mode](read(weights[:3], x), read_backwards(weights[3:], x))


def read_both_ways_to_the_end(weights, x, merge_mode="concat"):
    return MERGE[merge_mode](read(weights[:3], x)[:, -1], read_backwards(weights[3:], x)[:, 0])


BY_HAND = {
    "vanilla": lambda weights, x: read(weights, x)[:, -1],
    "stacked": lambda weights, x: read_layers(weights, x)[:, -1],
    "cnn_lstm": read_images,
    "cnn_lstm of pieces": read_images,
    "encoder_decoder": write,
    "bidirectional": read_both_ways_to_the_end,
    "bidirectional at every step": read_both_ways,
    "generative": read_layers,
}


def assert_answers(model, X, by_hand, **keywords):
    *weights, kernel, bias = model.get_weights()
    expected = by_hand(weights, X, **keywords) @ kernel + bias
    np.testing.assert_allclose(answers(model, X), expected, rtol=1e-4, atol=1e-5)


@every_case
def test_answers_are_those_computed_by_hand(case):
    assert_answers(build(case), samples(case), BY_HAND[case])


@pytest.mark.parametrize("merge_mode", MERGE)
@pytest.mark.parametrize("case", ["bidirectional", "bidirectional at every step"])
def test_merge_modes(case, merge_mode):
    assert_answers(build(case, merge_mode=merge_mode), samples(case), BY_HAND[case], merge_mode=merge_mode)


@pytest.mark.parametrize("case", ["cnn_lstm", "cnn_lstm of pieces"])
@pytest.mark.parametrize("kernel_size", [1, 2, 5])
def test_filters_of_other_sizes(case, kernel_size):
    assert_answers(build(case, kernel_size=kernel_size), samples(case), read_images)


def test_encoder_decoder_writes_as_many_steps_as_the_horizon():
    X = samples("encoder_decoder")
    assert_answers(build("encoder_decoder", horizon=7), X, write, horizon=7)
    assert_answers(build("encoder_decoder", horizon=1), X, write, horizon=1)


@pytest.mark.parametrize("sequence", [list, np.array, iter])
@pytest.mark.parametrize("builder", [models.stacked, models.generative])
def test_units_may_be_any_sequence(builder, sequence):
    model = builder(5, 2, 1, units=sequence((4, 3)))
    assert model.count_params() == lstm(2, 4) + lstm(4, 3) + dense(3, 1)


@pytest.mark.parametrize("case", ["cnn_lstm", "cnn_lstm of pieces"])
def test_cnn_lstm_sees_the_same_in_the_same_image_at_each_step(case):
    model = build(case)
    features = keras.Model(model.input, model.get_layer(index=1).output)
    X = samples(case)
    order = [3, 0, 4, 1, 2]
    seen = answers(features, X)
    assert seen.shape[:2] == X.shape[:2]
    assert np.ptp(seen, axis=1).max() > 0.1
    np.testing.assert_allclose(answers(features, X[:, order]), seen[:, order], rtol=1e-5, atol=1e-6)


# What an answer depends on


@every_case
@pytest.mark.parametrize("changed", [0, 2, 4])
def test_an_answer_depends_on_the_steps_it_may_have_read(case, changed):
    model, X = build(case), samples(case)
    other = X.copy()
    other[:, changed] += 1
    difference = abs(answers(model, other) - answers(model, X)).max(axis=(0, -1))
    if case == "generative":  # only the answers from this step on: it never reads what is to come
        np.testing.assert_array_equal(difference[:changed], 0)
        difference = difference[changed:]
    assert (difference > 1e-4).all()


@every_case
def test_samples_do_not_depend_on_each_other(case):
    model, X = build(case), samples(case)
    np.testing.assert_allclose(answers(model, X[2:4]), answers(model, X)[2:4], rtol=1e-5, atol=1e-6)


@every_case
def test_models_with_steps_refuse_another_length(case):
    with pytest.raises(ValueError, match="expected shape"):
        build(case)(samples(case, n_steps=6))


@pytest.mark.parametrize("mask_value", [0, -1.0])
@pytest.mark.parametrize("case", MASKING)
def test_masked_steps_are_skipped(case, mask_value):
    model, plain = (build(case, n_steps=None, mask_value=value) for value in (mask_value, None))
    X = samples(case)
    X[:, 2, 0] = mask_value  # one value alone marks nothing
    padding = np.full_like(X[:, :3], mask_value)
    expected = answers(model, X)
    np.testing.assert_allclose(expected, answers(plain, X), rtol=1e-5, atol=1e-6)

    at_every_step = expected.ndim == 3
    for padded, steps in [((padding, X), slice(3, None)), ((X, padding), slice(5))]:
        padded = np.concatenate(padded, axis=1)
        skipped, not_skipped = answers(model, padded), answers(plain, padded)
        if at_every_step:
            skipped, not_skipped = skipped[:, steps], not_skipped[:, steps]
        np.testing.assert_allclose(skipped, expected, rtol=1e-5, atol=1e-6)
        if case != "generative" or steps.start:  # padding behind is in no answer before it
            assert abs(not_skipped - expected).max() > 1e-3


# Activation and dropout


@every_case
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_probabilities(case, activation):
    model, plain = build(case, activation=activation), build(case)
    probabilities, logits = answers(model, samples(case)), answers(plain, samples(case))
    exponentials = np.exp(logits)
    expected = exponentials / (1 + exponentials if activation == "sigmoid" else exponentials.sum(-1, keepdims=True))
    np.testing.assert_allclose(probabilities, expected, rtol=1e-4)


@pytest.mark.parametrize(
    "case, layers",
    [
        ("vanilla", "LSTM Dropout Dense"),
        ("stacked", "LSTM Dropout LSTM Dropout LSTM Dropout Dense"),
        ("cnn_lstm", "TimeDistributed LSTM Dropout Dense"),
        ("cnn_lstm of pieces", "TimeDistributed LSTM Dropout Dense"),
        ("encoder_decoder", "LSTM Dropout RepeatVector LSTM Dropout Dense"),
        ("bidirectional", "Bidirectional Dropout Dense"),
        ("bidirectional at every step", "Bidirectional Dropout Dense"),
        ("generative", "LSTM Dropout LSTM Dropout LSTM Dropout Dense"),
    ],
)
def test_dropout_only_while_training(case, layers):
    model, plain, X = build(case, dropout=0.25), build(case), samples(case)
    assert kinds(model) == layers
    dropouts = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    assert {layer.rate for layer in dropouts} == {0.25}
    undropped = keras.Model(model.input, dropouts[0].input)
    np.testing.assert_array_equal(answers(undropped, X, training=True), answers(undropped, X))
    np.testing.assert_array_equal(answers(model, X, training=False), answers(plain, X))
    assert not np.allclose(answers(model, X, training=True), answers(plain, X), atol=1e-3)
    np.testing.assert_array_equal(answers(plain, X, training=True), answers(plain, X))


# Training and saving


@every_case
def test_models_learn(case):
    keras.utils.set_random_seed(0)
    model, X = build(case), samples(case, n=16)
    y = 0.1 * np.random.default_rng(2).normal(size=answers(model, X).shape)
    model.compile(keras.optimizers.Adam(0.01), "mse", **EAGERLY)
    before = model.get_weights()
    losses = [model.train_on_batch(X, y) for _ in range(5)]
    assert losses[-1] < 0.9 * losses[0]
    assert all(not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # from Keras, while saving
@pytest.mark.parametrize("convert", [int, np.int64])
@every_case
def test_models_are_saved_and_loaded(tmp_path, case, convert):
    options = {"mask_value": convert(0)} if case in MASKING else {}
    model = build(case, convert=convert, dropout=0.5, activation="softmax", **options)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert kinds(loaded) == kinds(model)
    X = samples(case)
    X[:, -2:] = 0
    np.testing.assert_array_equal(answers(loaded, X), answers(model, X))


# Every argument under every policy of precision


@pytest.fixture(params=["float32", "mixed_float16", "mixed_bfloat16"])
def policy(request):
    keras.config.set_dtype_policy(request.param)
    yield
    keras.config.set_dtype_policy("float32")


OPTIONS = {
    "classes": {"n_steps": None, "activation": "softmax", "dropout": 0.5},
    "mask that half a precision rounds": {"mask_value": 0.1, "n_steps": None, "dropout": 0.5},
    "mask that half a precision does not reach": {"mask_value": 1e6, "n_steps": None},
    **{f"mask, {mode}": {"merge_mode": mode, "mask_value": -1e-9, "n_steps": None} for mode in MERGE},
    "filters": {"filters": (5,), "kernel_size": 2, "units": 3, "activation": "sigmoid"},
}


def allowed(case, options):
    kinds_of = {"mask_value": MASKING, "merge_mode": [c for c in CASES if c.startswith("bi")], "filters": IMAGE_CASES}
    return all(case in kinds_of.get(name, CASES) for name in options)


IMAGE_CASES = ["cnn_lstm", "cnn_lstm of pieces"]
# One model will do with other backends, which take many seconds to compile all.
TRIED = CASES if keras.backend.backend() == "tensorflow" else ["vanilla"]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # from Keras, while saving
@pytest.mark.parametrize("case, options", [(c, o) for c in TRIED for o in OPTIONS if allowed(c, OPTIONS[o])])
def test_models_train_and_are_saved_under_every_policy(tmp_path, policy, case, options):
    options = OPTIONS[options]
    model, X = build(case, **options), samples(case)
    if "mask_value" in options:
        read = answers(model, X[:, 2:]).astype(float)
        X[:, :2] = options["mask_value"]
        skipped = answers(model, X).astype(float)
        np.testing.assert_allclose(skipped[:, 2:] if skipped.ndim == 3 else skipped, read, atol=2e-2)
    y = np.random.default_rng(2).random(size=answers(model, X).shape)
    model.compile("adam", "mse", **EAGERLY)
    before = model.get_weights()
    assert np.isfinite(model.train_on_batch(X, y))
    assert all(np.isfinite(new).all() for new in model.get_weights())
    assert not all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(answers(loaded, X), answers(model, X))


# Targets of another shape than the outputs


def refuses(call, got, expected):
    with pytest.raises(ValueError, match=re.escape(f"y must have the shape of the outputs, {expected}; got {got}. Of")):
        call()


def shape_of(values):
    return f"(samples, {', '.join(map(str, values.shape[1:]))})".replace("(samples, )", "(samples,)")


@every_case
def test_targets_that_keras_would_broadcast_are_refused(case):
    model, X = build(case), samples(case)
    y = np.zeros(answers(model, X).shape)
    model.compile("sgd", "mse", **EAGERLY)
    others = [y[:, np.newaxis], y[..., :1], y[..., :2], y[..., 0], np.zeros(len(y)), y[..., np.newaxis, :]]
    for other in others:
        if other.shape != y.shape:
            refuses(lambda other=other: model.train_on_batch(X, other), shape_of(other), shape_of(y))
            refuses(lambda other=other: model.test_on_batch(X, other), shape_of(other), shape_of(y))
    assert model.train_on_batch(X, y) == pytest.approx(np.mean(answers(build(case), X) ** 2), rel=1e-4)


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("as_batches", [False, True])
def test_after_a_refusal_the_right_targets_are_learnt(steps, as_batches):
    table = np.random.default_rng(0).normal(size=(48, 2)).astype("float32")
    X, y = framing.windows(table, 5)
    data = {"batch_size": 7} if not as_batches else {}
    model = models.vanilla(5, 2, 2, units=3)
    model.compile("sgd", "mse", metrics=["mae"], steps_per_execution=steps)

    def fit(y):
        return model.fit(
            framing.batches(X, y, size=7) if as_batches else X,
            None if as_batches else y,
            verbose=0,
            shuffle=False,
            **data,
        )

    refuses(lambda: fit(y), "(samples, 1, 2)", "(samples, 2)")
    right = y[:, 0]
    expected = np.mean((answers(model, X) - right) ** 2)
    assert model.evaluate(X, right, verbose=0)[0] == pytest.approx(expected, rel=1e-4)
    losses = [fit(right).history["loss"][0] for _ in range(3)]
    assert losses[2] < losses[0]


# They take whole numbers, labels or similarities, of other shapes than the outputs.
OTHER_TARGETS = ["SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy", "CTC", "Circle"]
OTHER_TARGETS += ["sparse_categorical_crossentropy", "categorical_generalized_cross_entropy", "ctc", "circle"]


LOSSES = [name for name in dir(keras.losses) if callable(getattr(keras.losses, name)) and name[0] != "_"]
COMPARING = sorted(set(LOSSES) - set(OTHER_TARGETS) - {"Loss", "deserialize", "get", "serialize"})


@pytest.mark.parametrize("name", COMPARING)
def test_every_loss_of_keras_that_compares_values_asks_for_the_shape_of_the_outputs(name):
    model = models.vanilla(5, 2, 3, units=2)
    loss = getattr(keras.losses, name)
    model.compile("sgd", loss() if isinstance(loss, type) else loss)
    output = np.full((4, 3), 0.25, "float32")
    for shape in [(4, 1, 3), (4, 1), (4,), (4, 2), (4, 3, 3)]:
        refuses(
            lambda shape=shape: model.compute_loss(y=np.ones(shape), y_pred=output),
            shape_of(np.ones(shape)),
            "(samples, 3)",
        )
    fits = [float(model.compute_loss(y=np.ones(shape, "float32"), y_pred=output)) for shape in [(4, 3), (4, 3, 1)]]
    if name not in ("CategoricalCrossentropy", "categorical_crossentropy"):
        assert fits[0] == pytest.approx(fits[1], rel=1e-5)


@pytest.mark.parametrize("loss", ["SparseCategoricalCrossentropy", "sparse_categorical_crossentropy"])
def test_targets_may_be_numbers_of_classes(loss):
    model = models.vanilla(5, 2, 3, units=2, activation="softmax")
    loss = getattr(keras.losses, loss)
    model.compile("sgd", loss() if isinstance(loss, type) else loss, **EAGERLY)
    y = np.array([0, 1, 2, 1, 0, 2])
    seen = [model.test_on_batch(samples("vanilla"), targets) for targets in (y, y[:, np.newaxis])]
    assert seen[0] == pytest.approx(seen[1], rel=1e-5)


def test_own_losses_may_ask_for_any_targets():
    class Own(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return keras.ops.sum(y_true) - keras.ops.sum(y_pred)

    model, X = build("generative", n_outputs=6), samples("generative")
    for loss in (mixture.loss, Own(), lambda y_true, y_pred: keras.ops.mean(y_true) - keras.ops.mean(y_pred)):
        model.compile("sgd", loss, **EAGERLY)
        assert np.isfinite(model.test_on_batch(X, np.ones((6, 5, 2), "float32")))


@pytest.mark.parametrize(
    "loss", [["mse"], {"dense": "mse"}, keras.losses.MeanSquaredError()], ids=["list", "dict", "object"]
)
def test_the_loss_may_be_given_in_any_way(loss):
    model = build("vanilla")
    model.layers[-1].name = "dense"
    model.compile("sgd", loss)
    refuses(lambda: model.compute_loss(y=np.ones((4, 1)), y_pred=np.ones((4, 3))), "(samples, 1)", "(samples, 3)")
    refuses(lambda: model.compute_loss(y=[np.ones((4, 1))], y_pred=np.ones((4, 3))), "(samples, 1)", "(samples, 3)")


@pytest.mark.parametrize("loss", [None, "mse"])
def test_without_targets_keras_decides(loss):
    found = []
    for model in (build("vanilla"), keras.models.clone_model(build("vanilla"))):
        model.compile("sgd", loss)
        try:
            found.append(model.compute_loss(y=None, y_pred=np.ones((4, 3))))
        except ValueError as error:
            found.append(str(error))
    assert found[0] == found[1]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # from Keras, while saving
def test_a_copy_and_a_loaded_model_are_plain_models_of_keras(tmp_path):
    model, X = build("vanilla"), samples("vanilla")
    model.compile("sgd", "mse", **EAGERLY)
    model.save(tmp_path / "model.keras")
    copies = [keras.models.clone_model(model), keras.models.load_model(tmp_path / "model.keras")]
    assert {type(copy) for copy in copies} == {type(model)} == {type(keras.Model(model.input, model.output))}
    assert all(vars(copy).get("compute_loss") is None for copy in copies)
    evaluation.restart(model)
    refuses(lambda: model.train_on_batch(X, np.ones((6, 1))), "(samples, 1)", "(samples, 3)")


# What the builders refuse


def refusal(case, **changes):
    """What a builder says when it refuses its arguments."""
    builder, arguments = CASES[case]
    with pytest.raises(ValueError) as error:
        builder(**(arguments | changes))
    return str(error.value)


# case, name in the message, the arguments with a bad size
SIZES = [
    *(
        (case, name, lambda bad, name=name: {name: bad})
        for case in CASES
        for name, size in CASES[case][1].items()
        if type(size) is int
    ),
    ("cnn_lstm", "kernel_size", lambda bad: {"kernel_size": bad}),
    *((case, "units[0]", lambda bad: {"units": (bad, 4)}) for case in ("stacked", "generative")),
    *((case, "units[1]", lambda bad: {"units": [4, bad]}) for case in ("stacked", "generative")),
    ("cnn_lstm", "filters[0]", lambda bad: {"filters": [bad]}),
    ("cnn_lstm", "filters[1]", lambda bad: {"filters": (4, bad)}),
    ("cnn_lstm", "image_shape[0]", lambda bad: {"image_shape": (bad, 8, 1)}),
    ("cnn_lstm", "image_shape[1]", lambda bad: {"image_shape": [8, bad, 1]}),
    ("cnn_lstm", "image_shape[2]", lambda bad: {"image_shape": (8, 8, bad)}),
    ("cnn_lstm of pieces", "image_shape[0]", lambda bad: {"image_shape": (bad, 1)}),
    ("cnn_lstm of pieces", "image_shape[1]", lambda bad: {"image_shape": (8, bad)}),
]


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "3", [3], (3,), np.array(3), None], ids=repr)
@pytest.mark.parametrize("case, name, arguments", SIZES, ids=[f"{case}-{name}" for case, name, _ in SIZES])
def test_sizes_must_be_whole_numbers(case, name, arguments, bad):
    if (name, bad) == ("n_steps", None):
        assert build(case, n_steps=None).input_shape[1] is None  # any number of steps
    else:
        assert refusal(case, **arguments(bad)) == f"{name} must be a whole number of at least 1; got {bad!r}."


@pytest.mark.parametrize("case, name", [("stacked", "units"), ("generative", "units"), ("cnn_lstm", "filters")])
@pytest.mark.parametrize("bad", [64, None, "ab", b"ab", {4, 3}, frozenset({4, 3}), {4: 3}, np.array(3)], ids=repr)
def test_layers_need_a_sequence_of_sizes(case, name, bad):
    expected = f"{name} must be a sequence of sizes, one a layer, such as (32, 32); got {bad!r}."
    assert refusal(case, **{name: bad}) == expected


@pytest.mark.parametrize("case, name", [("stacked", "units"), ("generative", "units"), ("cnn_lstm", "filters")])
@pytest.mark.parametrize("bad", [(), [], np.array([], int)], ids=repr)
def test_there_must_be_a_layer(case, name, bad):
    assert refusal(case, **{name: bad}) == f"{name} must hold at least one size, such as (32, 32); got []."


@every_case
@pytest.mark.parametrize("bad", [-0.1, 1, 1.5, True, float("nan"), "0.5", None, [0.5], np.array([0.1, 0.2])], ids=repr)
def test_dropout_must_be_a_share(case, bad):
    assert refusal(case, dropout=bad) == f"dropout must lie in [0, 1); got {bad!r}."


@pytest.mark.parametrize("case", MASKING)
@pytest.mark.parametrize("bad", [float("nan"), "0", [0], np.zeros(2), True], ids=repr)
def test_the_mask_value_must_be_a_number(case, bad):
    assert refusal(case, mask_value=bad) == f"mask_value must be a number other than NaN, or None; got {bad!r}."


@pytest.mark.parametrize("bad", ["Concat", "", None, 1, ["sum"], np.array(["sum", "ave"])], ids=repr)
def test_the_merge_mode_must_be_one_of_four(bad):
    expected = f"merge_mode must be one of 'concat', 'sum', 'ave', 'mul'; got {bad!r}."
    assert refusal("bidirectional", merge_mode=bad) == expected


@pytest.mark.parametrize("bad", ["no", None, 2, np.array([True, False])], ids=repr)
def test_return_sequences_must_be_true_or_false(bad):
    expected = f"return_sequences must be one of True, False; got {bad!r}."
    assert refusal("bidirectional", return_sequences=bad) == expected


@pytest.mark.parametrize("bad", [(), (8,), (8, 8, 8, 1), 8, "881", None, np.array([8, 8, 1])], ids=repr)
def test_the_image_shape_must_have_two_or_three_sizes(bad):
    expected = f"image_shape must be (height, width, channels) or (length, channels); got {bad!r}."
    assert refusal("cnn_lstm", image_shape=bad) == expected


@pytest.mark.parametrize(
    "smallest, filters, words",
    [
        ((4, 4, 1), (3, 4), "at least 4 high and wide, because a pooling that halves both follows each convolution, 2"),
        ((8, 1), (3, 4, 5), "at least 8 long, because a pooling that halves it follows each convolution, 3"),
        ((2, 2, 1), (3,), "at least 2 high and wide, because a pooling that halves both follows each convolution, 1"),
    ],
    ids=str,
)
def test_the_image_must_be_large_enough_for_the_poolings(smallest, filters, words):
    model = build("cnn_lstm", image_shape=smallest, filters=filters, n_steps=1)
    assert model.get_layer(index=1).output.shape == (None, 1, filters[-1])
    for i in range(len(smallest) - 1):
        small = tuple(size - (i == j) for j, size in enumerate(smallest))
        expected = f"image_shape must be {words} in all; got {small!r}."
        assert refusal("cnn_lstm", image_shape=small, filters=filters) == expected


@every_case
@pytest.mark.parametrize("bad", ["sigmiod", 3, ["softmax"]], ids=repr)
def test_an_unknown_activation_is_named(case, bad):
    expected = (
        "activation must be a function or the name of one of Keras's activations, such as 'linear', 'sigmoid' or "
        f"'softmax'; got {bad!r}."
    )
    assert refusal(case, activation=bad) == expected


@every_case
@pytest.mark.parametrize(
    "softmax", ["softmax", "log_softmax", keras.activations.softmax], ids=["name", "log", "function"]
)
def test_a_softmax_of_one_output_is_refused(case, softmax):
    expected = (
        f"activation must not be {softmax!r} with n_outputs=1: a single class always has the probability 1. "
        "Take 'sigmoid' for the probability of one of two classes, or n_outputs=2."
    )
    assert refusal(case, activation=softmax, n_outputs=np.int64(1)) == expected
    builder, arguments = CASES[case]
    builder(**arguments | {"activation": softmax, "n_outputs": 2})
    builder(**arguments | {"activation": "sigmoid", "n_outputs": 1})
