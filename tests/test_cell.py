"""lstmbook.cell beside plain loops, Keras's layer, TensorFlow's gradients and finite differences."""

import math
import re
import warnings

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmbook import cell, models

NAMES = ["input gate", "forget gate", "candidate", "output gate"]  # the blocks of Keras's weights, in order
WEIGHTS = ["kernel", "recurrent_kernel", "bias"]
SHAPES = [(5, 7, 3, 4), (1, 9, 2, 3), (3, 1, 2, 5), (4, 6, 1, 2), (2, 8, 3, 1), (1, 1, 1, 1)]
shapes = pytest.mark.parametrize("samples, n_steps, features, units", SHAPES)
sizes = st.tuples(*[st.integers(1, 4)] * 4)

TENSORFLOW = keras.backend.backend() == "tensorflow"
EXACT = 1e-12 if TENSORFLOW else 1e-6  # JAX computes in float32 what is asked for in float64

# The differentiation is TensorFlow's; finite differences check the same with every backend.
needs_tensorflow = pytest.mark.skipif(not TENSORFLOW, reason="asks TensorFlow for gradients")


def draw(seed, samples, n_steps, features, units):
    """Draw weights, a batch, both states before its first step and a gradient for each of its outputs."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) for shape in [(features, 4 * units), (units, 4 * units), (4 * units,)]]
    x, dh = rng.normal(size=(samples, n_steps, features)), rng.normal(size=(samples, n_steps, units))
    return weights, x, rng.normal(size=(2, samples, units)), dh


def keras_layer(weights, dtype="float64", **arguments):
    """Build Keras's LSTM layer with these weights."""
    units = len(weights[1])
    layer = keras.layers.LSTM(units, return_sequences=True, return_state=True, dtype=dtype, **arguments)
    layer.build((None, None, len(weights[0])))
    layer.set_weights(weights)
    return layer


def forward_by_loop(weights, x, state):
    """Follow the equations number by number."""
    kernel, recurrent_kernel, bias = weights
    samples, n_steps, features = x.shape
    units = len(recurrent_kernel)
    h, c, *blocks = np.empty((6, samples, n_steps, units))
    for s in range(samples):
        h_last, c_last = (values[s].tolist() for values in state)
        for t in range(n_steps):
            for u in range(units):
                for block, values in enumerate(blocks):
                    column = block * units + u
                    z = bias[column]
                    z += sum(x[s, t, k] * kernel[k, column] for k in range(features))
                    z += sum(h_last[k] * recurrent_kernel[k, column] for k in range(units))
                    values[s, t, u] = math.tanh(z) if block == 2 else 1 / (1 + math.exp(-z))
                i, f, g, o = (values[s, t, u] for values in blocks)
                c[s, t, u] = f * c_last[u] + i * g
                h[s, t, u] = o * math.tanh(c[s, t, u])
            h_last, c_last = h[s, t].tolist(), c[s, t].tolist()
    return h, c, dict(zip(NAMES, blocks, strict=True))


def gradients_by_tape(weights, x, state, dh):
    """Let TensorFlow differentiate sum(dh * h), with Keras's cell called step by step."""
    import tensorflow as tf

    step = keras.layers.LSTMCell(len(weights[1]), dtype="float64")
    step.build((None, x.shape[2]))
    step.set_weights(weights)
    x, h0, c0 = (tf.constant(values) for values in (x, *state))
    with tf.GradientTape() as tape:
        tape.watch([x, h0, c0])
        loss, h, c, states = 0.0, [], [], [h0, c0]
        for t in range(x.shape[1]):
            output, states = step(x[:, t], states)
            loss += tf.reduce_sum(dh[:, t] * output)
            h.append(states[0])
            c.append(states[1])
    sources = {name: getattr(step, name).value for name in WEIGHTS} | {"x": x, "h": h, "c": c, "h0": h0, "c0": c0}
    gradients = tape.gradient(loss, sources)
    return gradients | {name: np.stack(gradients[name], axis=1) for name in "hc"}


def loss_of(weights, x, state, dh):
    """Return a loss that has the gradient `dh`."""
    return (cell.LSTMCell(*weights).forward(x, state)[0] * dh).sum()


# Forward


@given(seed=st.integers(0, 1000), size=sizes, zeros=st.booleans())
def test_forward_follows_the_equations(seed, size, zeros):
    weights, x, state, _ = draw(seed, *size)
    h, c, gates = cell.LSTMCell(*weights).forward(x, None if zeros else state)
    expected = forward_by_loop(weights, x, state * (not zeros))

    assert h.dtype == c.dtype == float
    np.testing.assert_allclose(h, expected[0], rtol=0, atol=1e-13)
    np.testing.assert_allclose(c, expected[1], rtol=0, atol=1e-13)
    assert list(gates) == list(cell.GATES) == NAMES
    for name in NAMES:
        assert gates[name].shape == h.shape
        np.testing.assert_allclose(gates[name], expected[2][name], rtol=0, atol=1e-13)


@pytest.mark.parametrize("dtype, atol", [("float32", 1e-6), ("float64", EXACT)])
@shapes
def test_forward_equals_keras(samples, n_steps, features, units, dtype, atol):
    weights, x, state, _ = draw(0, samples, n_steps, features, units)
    layer = keras_layer(weights, dtype)
    x, state = x.astype(dtype), state.astype(dtype)
    ours = cell.LSTMCell(*layer.get_weights())
    for given_state in (None, state):
        h, c, _ = ours.forward(x, given_state)
        initial_state = None if given_state is None else list(given_state)
        expected, h_end, c_end = (np.asarray(values) for values in layer(x, initial_state=initial_state))
        np.testing.assert_allclose(h, expected, rtol=0, atol=atol)
        np.testing.assert_allclose(h[:, -1], h_end, rtol=0, atol=atol)
        np.testing.assert_allclose(c[:, -1], c_end, rtol=0, atol=atol)


def test_forward_starts_from_zeros():
    weights, x, state, _ = draw(1, 3, 4, 2, 3)
    without, with_zeros = (cell.LSTMCell(*weights).forward(x, given)[0] for given in (None, 0 * state))
    np.testing.assert_array_equal(without, with_zeros)


@given(seed=st.integers(0, 1000), size=sizes)
def test_gates_lie_in_their_ranges_and_make_the_states(seed, size):
    weights, x, (h0, c0), _ = draw(seed, *size)
    h, c, gates = cell.LSTMCell(*weights).forward(x, (h0, c0))
    i, f, g, o = (gates[name] for name in NAMES)
    assert all(((gate > 0) & (gate < 1)).all() for gate in (i, f, o))
    assert (abs(g) < 1).all()
    c_before = np.concatenate([c0[:, np.newaxis], c[:, :-1]], axis=1)
    np.testing.assert_allclose(c, f * c_before + i * g, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(h, o * np.tanh(c), rtol=1e-14)


@given(data=st.data(), seed=st.integers(0, 1000), size=sizes)
def test_two_parts_with_the_state_handed_over_equal_one_pass(data, seed, size):
    samples, n_steps, features, units = size
    cut = data.draw(st.integers(1, n_steps), label="cut")
    weights, x, state, _ = draw(seed, samples, n_steps + 1, features, units)
    ours = cell.LSTMCell(*weights)
    h, c, gates = ours.forward(x, state)
    h_1, c_1, gates_1 = ours.forward(x[:, :cut], state)
    h_2, c_2, gates_2 = ours.forward(x[:, cut:], (h_1[:, -1], c_1[:, -1]))

    np.testing.assert_allclose(np.concatenate([h_1, h_2], axis=1), h, rtol=0, atol=1e-14)
    np.testing.assert_allclose(np.concatenate([c_1, c_2], axis=1), c, rtol=0, atol=1e-14)
    for name in NAMES:
        parts = np.concatenate([gates_1[name], gates_2[name]], axis=1)
        np.testing.assert_allclose(parts, gates[name], rtol=0, atol=1e-14)


def test_samples_do_not_see_each_other():
    weights, x, state, dh = draw(2, 4, 5, 2, 3)
    ours = cell.LSTMCell(*weights)
    h = ours.forward(x, state)[0]
    dx = ours.backward(dh)["x"]
    for s in range(4):
        np.testing.assert_allclose(ours.forward(x[[s]], state[:, [s]])[0], h[[s]], rtol=0, atol=1e-14)
        np.testing.assert_allclose(ours.backward(dh[[s]])["x"], dx[[s]], rtol=0, atol=1e-13)


def test_lists_and_integers_will_do():
    weights, _, _, _ = draw(3, 1, 1, 1, 2)
    ours = cell.LSTMCell(*(values.tolist() for values in weights))
    h = ours.forward([[[1], [2]]], ([[0, 1]], [[2, 3]]))[0]
    expected = forward_by_loop(weights, np.array([[[1.0], [2.0]]]), np.array([[[0.0, 1.0]], [[2.0, 3.0]]]))[0]
    np.testing.assert_allclose(h, expected, rtol=0, atol=1e-14)
    dh = [[[1, 0], [0, 2]]]
    np.testing.assert_array_equal(ours.backward(dh)["x"], ours.backward(np.array(dh, dtype=float))["x"])


# Backward


@needs_tensorflow
@shapes
def test_backward_equals_tensorflow(samples, n_steps, features, units):
    case = draw(4, samples, n_steps, features, units)
    weights, x, state, dh = case
    ours = cell.LSTMCell(*weights)
    ours.forward(x, state)
    gradients = ours.backward(dh)
    expected = gradients_by_tape(*case)
    assert set(gradients) == set(expected) == {*WEIGHTS, "x", "h", "c", "h0", "c0"}
    for name, values in expected.items():
        assert gradients[name].shape == values.shape, name
        np.testing.assert_allclose(gradients[name], values, rtol=1e-10, atol=1e-12, err_msg=name)


@needs_tensorflow
def test_backward_equals_tensorflow_through_the_layer_in_float32():
    import tensorflow as tf

    weights, x, state, _ = draw(5, 5, 9, 3, 4)
    layer = keras_layer(weights, "float32")
    x, h0, c0 = (tf.constant(values, tf.float32) for values in (x, *state))
    target = np.random.default_rng(6).normal(size=(5, 4)).astype("float32")
    with tf.GradientTape() as tape:
        tape.watch([x, h0, c0])
        loss = tf.reduce_mean((layer(x, initial_state=[h0, c0])[0][:, -1] - target) ** 2)
    expected = tape.gradient(loss, [*layer.trainable_weights, x, h0, c0])

    ours = cell.LSTMCell(*layer.get_weights())
    h = ours.forward(x, (h0, c0))[0]
    dh = np.zeros_like(h)
    dh[:, -1] = 2 * (h[:, -1] - target) / target.size
    gradients = ours.backward(dh)
    for name, values in zip([*WEIGHTS, "x", "h0", "c0"], expected, strict=True):
        np.testing.assert_allclose(gradients[name], values, rtol=0, atol=1e-5, err_msg=name)
        assert np.abs(values).max() > 1e-3, name


@pytest.mark.parametrize("name", [*WEIGHTS, "x", "h0", "c0"])
def test_backward_equals_finite_differences(name):
    weights, x, (h0, c0), dh = draw(7, 2, 4, 2, 3)
    arrays = dict(zip(WEIGHTS, weights, strict=True)) | {"x": x, "h0": h0, "c0": c0}
    ours = cell.LSTMCell(*weights)
    ours.forward(x, (h0, c0))
    gradient = ours.backward(dh)[name]

    def loss(step, index):
        moved = {key: values.copy() for key, values in arrays.items()}
        moved[name][index] += step
        return loss_of([moved[key] for key in WEIGHTS], moved["x"], (moved["h0"], moved["c0"]), dh)

    differences = np.empty_like(gradient)
    for index in np.ndindex(differences.shape):
        differences[index] = (loss(1e-5, index) - loss(-1e-5, index)) / 2e-5
    np.testing.assert_allclose(gradient, differences, rtol=1e-7, atol=1e-8)


@given(seed=st.integers(0, 1000), size=sizes)
def test_backward_gives_the_slope_in_any_direction(seed, size):
    weights, x, state, dh = draw(seed, *size)
    directions, x_direction, state_direction, _ = draw(seed + 1, *size)
    ours = cell.LSTMCell(*weights)
    ours.forward(x, state)
    gradients = ours.backward(dh)
    slope = sum((gradients[name] * values).sum() for name, values in zip(WEIGHTS, directions, strict=True))
    slope += (gradients["x"] * x_direction).sum()
    slope += sum((gradients[name] * values).sum() for name, values in zip(["h0", "c0"], state_direction, strict=True))

    def loss(step):
        moved = [values + step * direction for values, direction in zip(weights, directions, strict=True)]
        return loss_of(moved, x + step * x_direction, state + step * state_direction, dh)

    assert slope == pytest.approx((loss(1e-5) - loss(-1e-5)) / 2e-5, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("cut", [1, 3, 5])
def test_the_gradients_of_the_states_are_those_of_a_pass_restarted_there(cut):
    weights, x, state, dh = draw(8, 3, 6, 2, 4)
    ours = cell.LSTMCell(*weights)
    h, c, gates = ours.forward(x, state)
    whole = ours.backward(dh)

    ours.forward(x[:, cut:], (h[:, cut - 1], c[:, cut - 1]))
    later = ours.backward(dh[:, cut:])
    np.testing.assert_allclose(whole["x"][:, cut:], later["x"], rtol=0, atol=1e-13)
    # Each output is read by the loss too, and the cell state also through the output of its own step.
    dh_cut = dh[:, cut - 1] + later["h0"]
    np.testing.assert_allclose(whole["h"][:, cut - 1], dh_cut, rtol=0, atol=1e-13)
    dc_cut = later["c0"] + dh_cut * gates["output gate"][:, cut - 1] * (1 - np.tanh(c[:, cut - 1]) ** 2)
    np.testing.assert_allclose(whole["c"][:, cut - 1], dc_cut, rtol=0, atol=1e-13)

    ours.forward(x[:, :cut], state)
    # Both states are handed over. An output's gradient can be put into dh, the cell state's cannot: take it as it is.
    earlier = ours.backward(np.concatenate([dh[:, : cut - 1], dh_cut[:, np.newaxis]], axis=1))
    np.testing.assert_allclose(earlier["h"][:, -1], whole["h"][:, cut - 1], rtol=0, atol=1e-13)
    np.testing.assert_allclose(earlier["c"][:, -1] + later["c0"], whole["c"][:, cut - 1], rtol=0, atol=1e-13)


def test_at_the_last_step_the_output_is_all_that_the_loss_reads():
    weights, x, state, dh = draw(9, 2, 5, 2, 3)
    ours = cell.LSTMCell(*weights)
    ours.forward(x, state)
    np.testing.assert_array_equal(ours.backward(dh)["h"][:, -1], dh[:, -1])


def test_nothing_goes_back_from_an_output_to_later_steps():
    weights, x, state, dh = draw(10, 2, 6, 2, 3)
    dh[:, 3:] = 0
    ours = cell.LSTMCell(*weights)
    ours.forward(x, state)
    gradients = ours.backward(dh)
    for name in ("x", "h", "c"):
        assert (gradients[name][:, 3:] == 0).all()
        assert (gradients[name][:, :3] != 0).all()


def test_backward_is_linear_in_the_gradient_of_the_outputs():
    weights, x, state, dh = draw(11, 3, 5, 2, 4)
    other = draw(12, 3, 5, 2, 4)[3]
    ours = cell.LSTMCell(*weights)
    ours.forward(x, state)
    first, second, double, mixture = (ours.backward(given) for given in (dh, other, 2 * dh, dh - 3 * other))
    for name in first:
        np.testing.assert_array_equal(double[name], 2 * first[name])
        np.testing.assert_allclose(mixture[name], first[name] - 3 * second[name], rtol=0, atol=1e-12)


def test_backward_belongs_to_the_last_forward_pass_and_can_be_repeated():
    weights, x, state, dh = draw(13, 3, 5, 2, 4)
    ours = cell.LSTMCell(*weights)
    ours.forward(x, state)
    first = ours.backward(dh)
    ours.forward(2 * x)
    other = ours.backward(dh)
    ours.forward(x, state)
    ours.backward(-dh)
    again = ours.backward(dh)
    for name in first:
        np.testing.assert_array_equal(again[name], first[name])
        assert not np.allclose(other[name], first[name])


# Weights


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_go_from_keras_and_back(dtype):
    weights, x, _, _ = draw(14, 3, 5, 2, 4)
    layer, empty = keras_layer(weights, dtype), keras_layer([0 * values for values in weights], dtype)
    ours = cell.LSTMCell(*layer.get_weights())
    for name, values in zip(WEIGHTS, layer.get_weights(), strict=True):
        assert getattr(ours, name).dtype == float
        np.testing.assert_array_equal(getattr(ours, name), values)

    empty.set_weights([ours.kernel, ours.recurrent_kernel, ours.bias])
    for new, old in zip(empty.get_weights(), layer.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)
    np.testing.assert_array_equal(empty(x)[0], layer(x)[0])


def test_weights_are_copied():
    weights, x, _, _ = draw(15, 3, 5, 2, 4)
    ours = cell.LSTMCell(*weights)
    h = ours.forward(x)[0]
    for values in weights:
        values += 1
    np.testing.assert_array_equal(ours.forward(x)[0], h)


@pytest.mark.parametrize("name", ["x", "h0", "c0"])
def test_what_is_read_is_copied(name):
    weights, x, state, dh = draw(16, 3, 5, 2, 4)
    arrays = {"x": x, "h0": state[0], "c0": state[1]}
    ours = cell.LSTMCell(*weights)
    ours.forward(x, (arrays["h0"], arrays["c0"]))
    expected = ours.backward(dh)
    arrays[name] += 1
    after = ours.backward(dh)
    for key in expected:
        np.testing.assert_array_equal(after[key], expected[key], err_msg=key)


@pytest.mark.parametrize("name", ["h", "c", *NAMES])
def test_what_is_returned_is_free_to_be_changed(name):
    weights, x, state, dh = draw(17, 3, 5, 2, 4)
    ours = cell.LSTMCell(*weights)
    h, c, gates = ours.forward(x, state)
    expected = ours.backward(dh)
    ({"h": h, "c": c} | gates)[name][:] = 0
    after = ours.backward(dh)
    for key in expected:
        np.testing.assert_array_equal(after[key], expected[key], err_msg=key)


def test_nothing_passed_in_is_changed():
    case = draw(18, 3, 5, 2, 4)
    weights, x, state, dh = case
    ours = cell.LSTMCell(*weights)
    ours.forward(x, state)
    ours.backward(dh)
    before = draw(18, 3, 5, 2, 4)
    for now, then in zip([*weights, *case[1:]], [*before[0], *before[1:]], strict=True):
        np.testing.assert_array_equal(now, then)
    for name, values in zip(WEIGHTS, weights, strict=True):
        np.testing.assert_array_equal(getattr(ours, name), values)


def test_training_in_place_takes_the_steps_that_keras_takes():
    weights, x, _, target = draw(19, 8, 5, 2, 3)
    ours = cell.LSTMCell(*weights)
    layer = keras.layers.LSTM(3, return_sequences=True, dtype="float64")
    model = keras.Sequential([keras.Input((5, 2), dtype="float64"), layer])
    model.compile(keras.optimizers.SGD(0.5), keras.losses.MeanSquaredError(dtype="float64"))
    layer.set_weights(weights)
    losses = []
    for _ in range(20):
        loss = model.train_on_batch(x, target)
        h = ours.forward(x)[0]
        gradients = ours.backward(2 * (h - target) / h.size)
        losses.append(((h - target) ** 2).mean())
        assert losses[-1] == pytest.approx(float(loss), rel=1e-5)
        ours.kernel -= 0.5 * gradients["kernel"]
        ours.recurrent_kernel -= 0.5 * gradients["recurrent_kernel"]
        ours.bias -= 0.5 * gradients["bias"]
    assert losses[-1] < 0.9 * losses[0]
    for name, values in zip(WEIGHTS, layer.get_weights(), strict=True):
        np.testing.assert_allclose(getattr(ours, name), values, rtol=0, atol=max(1e-8, EXACT))


# Extremes


@pytest.mark.parametrize("factor", [1e4, 1e100])
def test_huge_weights_saturate_the_gates_and_overflow_nothing(factor):
    weights, x, state, dh = draw(20, 4, 6, 2, 3)
    weights = [factor * values for values in weights]
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        ours = cell.LSTMCell(*weights)
        h, c, gates = ours.forward(x, state)
        gradients = ours.backward(dh)
    for name in NAMES:
        assert set(np.unique(gates[name])) == ({-1, 1} if name == "candidate" else {0, 1})
    assert all(np.isfinite(values).all() for values in (h, c, *gradients.values()))
    if TENSORFLOW or np.isfinite(np.float32(factor)):
        expected, _, c_end = keras_layer(weights)(x, initial_state=list(state))
        np.testing.assert_allclose(h, expected, rtol=0, atol=EXACT)
        np.testing.assert_allclose(c[:, -1], c_end, rtol=0, atol=EXACT)


def test_a_batch_may_be_empty():
    weights, x, _, _ = draw(21, 1, 5, 2, 4)
    ours = cell.LSTMCell(*weights)
    assert ours.forward(x[:0])[0].shape == (0, 5, 4)
    gradients = ours.backward(np.empty((0, 5, 4)))
    assert [gradients[name].shape for name in WEIGHTS] == [values.shape for values in weights]
    assert all((gradients[name] == 0).all() for name in WEIGHTS)


# The gates of a layer


def test_gates_are_those_of_the_cell():
    weights, x, _, _ = draw(22, 4, 6, 2, 3)
    layer = keras_layer(weights)
    read = cell.gates(layer, x)
    expected = cell.LSTMCell(*layer.get_weights()).forward(x)[2]
    assert list(read) == NAMES
    for name in NAMES:
        np.testing.assert_array_equal(read[name], expected[name])


@shapes
def test_gates_follow_from_the_weights_and_the_outputs_of_the_layer(samples, n_steps, features, units):
    weights, x, _, _ = draw(23, samples, n_steps, features, units)
    layer = keras_layer(weights)
    h = np.asarray(layer(x)[0])
    h_before = np.concatenate([np.zeros((samples, 1, units)), h[:, :-1]], axis=1)
    read = cell.gates(layer, x)
    for block, name in enumerate(NAMES):
        kernel, recurrent_kernel, bias = (values[..., block * units : (block + 1) * units] for values in weights)
        z = np.einsum("stf,fu->stu", x, kernel) + np.einsum("stv,vu->stu", h_before, recurrent_kernel) + bias
        expected = np.tanh(z) if name == "candidate" else 1 / (1 + np.exp(-z))
        np.testing.assert_allclose(read[name], expected, rtol=0, atol=EXACT)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # from Keras, while saving
def test_gates_are_read_from_a_model_that_was_saved_and_loaded(tmp_path):
    model = models.vanilla(5, 2, 1, units=3, dropout=0.5)
    x = draw(24, 4, 5, 2, 3)[1]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    expected = cell.LSTMCell(*model.layers[1].get_weights()).forward(x)[2]
    for name, values in cell.gates(loaded.layers[1], x).items():
        np.testing.assert_array_equal(values, expected[name])


def test_gates_do_not_depend_on_what_the_layer_returns_or_remembers():
    weights, x, _, _ = draw(25, 4, 6, 2, 3)
    expected = cell.gates(keras_layer(weights), x)
    layer = keras.layers.LSTM(3, stateful=True, dropout=0.5, recurrent_dropout=0.5, dtype="float64")
    layer(x)
    layer.set_weights(weights)
    layer(x)
    for name, values in cell.gates(layer, keras.ops.convert_to_tensor(x)).items():
        np.testing.assert_allclose(values, expected[name], rtol=0, atol=EXACT)


def test_gates_skip_what_the_mask_hides():
    rng = np.random.default_rng(31)
    model = models.stacked(None, 2, 1, units=(3, 4), mask_value=-9.0)
    first, second = (layer for layer in model.layers if isinstance(layer, keras.layers.LSTM))
    x, mask = rng.normal(size=(5, 7, 2)), rng.random((5, 7)) < 0.6
    mask[0], mask[1] = True, False
    x[~mask] = -9.0
    read = cell.gates(first, x, mask=mask)
    assert list(read) == NAMES
    for i in range(5):
        alone = cell.gates(first, x[[i]][:, mask[i]], mask=np.ones((1, mask[i].sum()), bool)) if mask[i].any() else {}
        for name in NAMES:
            assert np.isnan(read[name][i][~mask[i]]).all()
            expected = alone[name][0] if alone else np.empty((0, 3))
            np.testing.assert_allclose(read[name][i][mask[i]], expected, rtol=0, atol=1e-14)
    # The states that follow from the gates end where Keras's layer ends.
    c = np.zeros((5, 3))
    h = np.zeros((5, 3))
    for t in range(7):
        step = {name: gate[:, t] for name, gate in read.items()}
        c = np.where(mask[:, [t]], step["forget gate"] * c + step["input gate"] * step["candidate"], c)
        h = np.where(mask[:, [t]], step["output gate"] * np.tanh(c), h)
    keras_h = keras.Model(model.input, first.output)(x.astype("float32"))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(keras_h)[:, -1], h, atol=1e-6)
    for layer, values in ((first, x), (second, keras.ops.convert_to_numpy(keras_h))):
        with pytest.raises(
            ValueError, match=r"^mask must be given, because this layer reads masked sequences; got None"
        ):
            cell.gates(layer, values)


def test_a_mask_that_hides_nothing_changes_nothing():
    weights, x, _, _ = draw(32, 4, 6, 2, 3)
    layer = keras_layer(weights)
    everything, expected = cell.gates(layer, x, mask=np.ones((4, 6), bool)), cell.gates(layer, x)
    for name in NAMES:
        np.testing.assert_array_equal(everything[name], expected[name])


@pytest.mark.parametrize(
    "mask, got",
    [
        (np.ones((4, 5)), "float64 in the shape (4, 5)"),
        (np.ones((4, 5), int), "int64 in the shape (4, 5)"),
        (np.ones((4, 6), bool), "bool in the shape (4, 6)"),
        (np.ones((4, 5, 2), bool), "bool in the shape (4, 5, 2)"),
        (True, "bool in the shape ()"),
    ],
    ids=str,
)
def test_masks_of_another_kind_are_refused(mask, got):
    weights, x, _, _ = draw(33, 4, 5, 2, 3)
    with pytest.raises(ValueError) as error:
        cell.gates(keras_layer(weights), x, mask=mask)
    assert str(error.value) == f"mask must hold True and False in the shape (4, 5); got {got}."


# Errors


@pytest.mark.parametrize("kind", ["timedelta64[s]", complex, object, "U1"])
def test_what_is_no_number_is_refused(kind):
    weights, x, state, dh = (np.ones(shape, int).astype(kind) for shape in [(2, 12), (4, 5, 2), (4, 3), (4, 5, 3)])
    ours = cell.LSTMCell(np.ones((2, 12)), np.ones((3, 12)), np.ones(12))
    ours.forward(np.ones((4, 5, 2)))
    for name, call in {
        "kernel": lambda: cell.LSTMCell(weights, np.ones((3, 12)), np.ones(12)),
        "x": lambda: ours.forward(x),
        "state": lambda: ours.forward(np.ones((4, 5, 2)), (state, state)),
        "dh": lambda: ours.backward(dh),
    }.items():
        with pytest.raises(ValueError, match=f"^{name} must be numeric; got values of type"):
            call()


def test_masked_values_are_not_read_as_if_they_were_there():
    x = np.ma.masked_equal([[[1.0], [-9999.0]]], -9999.0)
    h = cell.LSTMCell(np.ones((1, 4)), np.ones((1, 4)), np.ones(4)).forward(x)[0]
    assert np.isfinite(h[0, 0]).all() and np.isnan(h[0, 1]).all()


def refused(message, function, *arguments, kind=ValueError):
    """Check that the call fails with exactly this message."""
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        function(*arguments)


@pytest.mark.parametrize(
    "kernel, recurrent_kernel, bias",
    [
        ((2, 12), (3, 12), (11,)),
        ((2, 12), (3, 12), (1, 12)),
        ((2, 12), (3, 12), ()),
        ((2, 12), (3, 12), (12, 1)),
        ((2, 12), (3, 9), (12,)),
        ((2, 12), (4, 12), (12,)),
        ((2, 12), (12, 3), (12,)),
        ((2, 12), (12,), (12,)),
        ((2, 12), (), (12,)),
        ((2, 12), (3, 12, 1), (12,)),
        ((2, 12), (2, 8), (8,)),
        ((12, 2), (3, 12), (12,)),
        ((12,), (3, 12), (12,)),
        ((), (3, 12), (12,)),
        ((1, 2, 12), (3, 12), (12,)),
        ((2, 0), (0, 0), (0,)),
    ],
    ids=str,
)
def test_weights_that_do_not_belong_together_are_refused(kernel, recurrent_kernel, bias):
    message = (
        "kernel, recurrent_kernel and bias must have the shapes (features, 4 * units), (units, 4 * units) and "
        f"(4 * units,); got {kernel}, {recurrent_kernel} and {bias}."
    )
    refused(message, cell.LSTMCell, np.ones(kernel), np.ones(recurrent_kernel), np.ones(bias))


@pytest.mark.parametrize("shape", [(4, 5, 3), (4, 5, 1), (4, 0, 2), (5, 2), (2,), (), (1, 4, 5, 2)], ids=str)
def test_sequences_of_another_shape_are_refused(shape):
    weights, *_ = draw(26, 4, 5, 2, 3)
    message = f"x must have shape (samples, n_steps, 2), with at least one step; got {shape}."
    refused(message, cell.LSTMCell(*weights).forward, np.ones(shape))
    refused(message, cell.gates, keras_layer(weights), np.ones(shape))


@pytest.mark.parametrize(
    "h, c",
    [
        ((4, 3), (4, 2)),
        ((4, 2), (4, 3)),
        ((1, 3), (1, 3)),
        ((4, 3), (3,)),
        ((3,), (4, 3)),
        ((4, 5, 3), (4, 3)),
        ((),) * 2,
    ],
    ids=str,
)
def test_states_of_another_shape_are_refused(h, c):
    weights, x, _, _ = draw(27, 4, 5, 2, 3)
    message = f"state must be two arrays of shape (4, 3); got {h} and {c}."
    refused(message, cell.LSTMCell(*weights).forward, x, (np.ones(h), np.ones(c)))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_states_that_are_not_two_are_refused(number):
    weights, x, _, _ = draw(28, 4, 5, 2, 3)
    with pytest.raises(ValueError, match=r"^state must be two arrays of shape \(4, 3\); got "):
        cell.LSTMCell(*weights).forward(x, [np.ones((4, 3))] * number)


@pytest.mark.parametrize("shape", [(4, 5, 2), (4, 4, 3), (3, 5, 3), (1, 5, 3), (4, 3), (3,), ()], ids=str)
def test_gradients_of_another_shape_than_the_outputs_are_refused(shape):
    weights, x, _, _ = draw(29, 4, 5, 2, 3)
    ours = cell.LSTMCell(*weights)
    ours.forward(x)
    refused(f"dh must have the shape of the outputs, (4, 5, 3); got {shape}.", ours.backward, np.ones(shape))


def test_backward_needs_a_forward_pass():
    weights, x, _, dh = draw(30, 4, 5, 2, 3)
    ours = cell.LSTMCell(*weights)
    message = "backward needs a forward pass first: call forward(x)."
    refused(message, ours.backward, dh, kind=RuntimeError)
    with pytest.raises(ValueError):
        ours.forward(x[:, :, :1])
    refused(message, ours.backward, dh, kind=RuntimeError)


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.layers.GRU(3),
        lambda: keras.layers.RNN(keras.layers.LSTMCell(3)),
        lambda: keras.layers.Bidirectional(keras.layers.LSTM(3)),
        lambda: keras.Sequential([keras.layers.LSTM(3)]),
    ],
    ids=["GRU", "RNN", "Bidirectional", "Sequential"],
)
def test_gates_are_not_read_from_other_layers_even_if_built(make):
    layer, x = make(), np.ones((4, 5, 2))
    layer(x)
    assert layer.built
    refused(f"layer must be a keras.layers.LSTM that has been built; got {layer!r}.", cell.gates, layer, x)


@pytest.mark.parametrize("layer", [None, "lstm", [np.ones((2, 12)), np.ones((3, 12)), np.ones(12)]], ids=type)
def test_gates_are_not_read_from_what_is_no_layer(layer):
    message = f"layer must be a keras.layers.LSTM that has been built; got {layer!r}."
    refused(message, cell.gates, layer, np.ones((4, 5, 2)))


def test_gates_are_not_read_from_a_layer_that_was_not_built():
    layer, x = keras.layers.LSTM(3), np.ones((4, 5, 2))
    refused(f"layer must be a keras.layers.LSTM that has been built; got {layer!r}.", cell.gates, layer, x)
    layer(x)
    assert cell.gates(layer, x).keys() == set(NAMES)


@pytest.mark.parametrize(
    "arguments, got",
    [
        ({"activation": "relu"}, "'relu', 'sigmoid', True and False"),
        ({"activation": None}, "'linear', 'sigmoid', True and False"),
        ({"recurrent_activation": "hard_sigmoid"}, "'tanh', 'hard_sigmoid', True and False"),
        ({"activation": "sigmoid", "recurrent_activation": "tanh"}, "'sigmoid', 'tanh', True and False"),
        ({"use_bias": False}, "'tanh', 'sigmoid', False and False"),
        ({"go_backwards": True}, "'tanh', 'sigmoid', True and True"),
    ],
    ids=str,
)
def test_gates_are_read_from_usual_layers_alone(arguments, got):
    layer = keras.layers.LSTM(3, **arguments)
    layer.build((None, None, 2))
    message = (
        "layer must have activation='tanh', recurrent_activation='sigmoid', use_bias=True and go_backwards=False; "
        f"got {got}."
    )
    refused(message, cell.gates, layer, np.ones((4, 5, 2)))


def test_gates_are_not_read_from_layers_with_an_activation_without_a_name():
    layer = keras.layers.LSTM(3, activation=keras.layers.LeakyReLU())
    layer.build((None, None, 2))
    with pytest.raises(ValueError, match=r"^layer must have activation='tanh', .*; got .*LeakyReLU.*, 'sigmoid', True"):
        cell.gates(layer, np.ones((4, 5, 2)))
