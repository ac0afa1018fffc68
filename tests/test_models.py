"""lstmbook.models: shapes, training, saving, and what the builders refuse."""

import keras
import numpy as np
import pytest

from lstmbook import models

SHAPES = [
    {"n_steps": 5, "n_features": 10, "n_outputs": 10},
    {"n_steps": 1, "n_features": 1, "n_outputs": 1, "units": 1},
    {"n_steps": None, "n_features": 3, "n_outputs": 2, "units": 7},
]


def samples(n, n_steps, n_features):
    return np.random.default_rng(0).normal(size=(n, n_steps, n_features)).astype("float32")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_vanilla_maps_samples_to_outputs(shape):
    model = models.vanilla(**shape)
    X = samples(6, shape["n_steps"] or 9, shape["n_features"])
    assert model.input_shape == (None, shape["n_steps"], shape["n_features"])
    assert model(X).shape == (6, shape["n_outputs"])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_vanilla_has_the_weights_of_four_gates_and_a_dense_layer(shape):
    units, features, outputs = shape.get("units", 64), shape["n_features"], shape["n_outputs"]
    lstm = 4 * units * (features + units + 1)
    assert models.vanilla(**shape).count_params() == lstm + (units + 1) * outputs


def test_vanilla_is_one_lstm_and_one_dense_layer_and_not_compiled():
    model = models.vanilla(5, 2, 3)
    assert [type(layer).__name__ for layer in model.layers] == ["InputLayer", "LSTM", "Dense"]
    assert model.name == "vanilla"
    assert not model.compiled


def test_vanilla_without_steps_accepts_two_lengths_and_reads_both_to_the_end():
    model = models.vanilla(None, 2, 1)
    X = samples(4, 9, 2)
    short, long = np.asarray(model(X[:, -5:])), np.asarray(model(X))
    assert short.shape == long.shape == (4, 1)
    assert not np.allclose(short, long)


def test_vanilla_with_steps_refuses_another_length():
    with pytest.raises(ValueError, match="expected shape"):
        models.vanilla(5, 2, 1)(samples(4, 6, 2))


@pytest.mark.parametrize("activation, outputs", [("softmax", 10), ("sigmoid", 1)])
def test_vanilla_gives_probabilities(activation, outputs):
    probabilities = np.asarray(models.vanilla(5, 2, outputs, activation=activation)(samples(20, 5, 2)))
    assert ((probabilities > 0) & (probabilities < 1)).all()
    if activation == "softmax":
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_vanilla_is_linear_at_the_end_by_default():
    model = models.vanilla(5, 2, 3)
    hidden = keras.Model(model.input, model.layers[1].output)
    kernel, bias = (np.asarray(weight) for weight in model.layers[-1].weights)
    X = samples(4, 5, 2)
    np.testing.assert_allclose(model(X), np.asarray(hidden(X)) @ kernel + bias, rtol=1e-4, atol=1e-6)


def test_vanilla_learns():
    keras.utils.set_random_seed(0)
    model = models.vanilla(5, 2, 1, units=8)
    model.compile(keras.optimizers.Adam(0.01), "mse")
    X = samples(64, 5, 2)
    before = model.get_weights()
    losses = model.fit(X, X[:, 0, :1], epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert all(not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # from Keras, while saving
@pytest.mark.parametrize("kind", [int, np.int64])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_vanilla_is_saved_and_loaded(tmp_path, dropout, kind):
    model = models.vanilla(kind(5), kind(2), kind(3), units=kind(4), dropout=dropout, activation="softmax")
    assert model.count_params() == 4 * 4 * (2 + 4 + 1) + (4 + 1) * 3
    model.save(tmp_path / "vanilla.keras")
    loaded = keras.models.load_model(tmp_path / "vanilla.keras")
    X = samples(8, 5, 2)
    np.testing.assert_array_equal(model(X), loaded(X))


def test_vanilla_drops_out_only_while_training():
    model = models.vanilla(5, 2, 3, dropout=0.5)
    plain = models.vanilla(5, 2, 3)
    plain.set_weights(model.get_weights())
    X = samples(8, 5, 2)
    assert [type(layer).__name__ for layer in model.layers] == ["InputLayer", "LSTM", "Dropout", "Dense"]
    assert model.layers[2].rate == 0.5
    np.testing.assert_array_equal(model(X, training=False), plain(X))
    assert not np.allclose(model(X, training=True), plain(X))


@pytest.mark.parametrize("name", ["n_steps", "n_features", "n_outputs", "units"])
@pytest.mark.parametrize("value", [0, -1, 2.0, True, "3", [3]], ids=repr)
def test_vanilla_refuses_sizes_that_are_not_whole_numbers(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number of at least 1; got ") as error:
        models.vanilla(**{"n_steps": 5, "n_features": 2, "n_outputs": 1, name: value})
    assert str(error.value).endswith(f"got {value!r}.")


def test_vanilla_refuses_an_array_for_a_size():
    with pytest.raises(ValueError, match=r"^units must be a whole number of at least 1; got array\(3\)"):
        models.vanilla(5, 2, 1, units=np.array(3))


@pytest.mark.parametrize("name", ["n_features", "n_outputs", "units"])
def test_vanilla_allows_none_for_the_steps_alone(name):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number of at least 1; got None"):
        models.vanilla(**{"n_steps": 5, "n_features": 2, "n_outputs": 1, name: None})


@pytest.mark.parametrize("dropout", [-0.1, 1, 1.5, float("nan")])
def test_vanilla_refuses_a_dropout_that_is_no_share(dropout):
    with pytest.raises(ValueError, match=rf"^dropout must lie in \[0, 1\); got {dropout}"):
        models.vanilla(5, 2, 1, dropout=dropout)
