"""lstmbook.evaluation: errors beside scikit-learn's, seeds that seed, restarts that restart, tables."""

import random

import keras
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstmbook import evaluation, models

# mean_absolute_error

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, max_side=5)
NUMBERS = st.floats(-1e6, 1e6)


@given(data=st.data(), shape=SHAPES)
def test_the_error_is_scikit_learns(data, shape):
    y, forecast = (data.draw(hnp.arrays(float, shape, elements=NUMBERS)) for _ in range(2))
    expected = sklearn.metrics.mean_absolute_error(y.ravel(), forecast.ravel())
    assert evaluation.mean_absolute_error(y, forecast) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("axis, shape", [(None, ()), (0, (3, 2)), ((0, 2), (3,)), (-1, (4, 3)), ((0, 1, 2), ())])
def test_the_error_along_axes(axis, shape):
    rng = np.random.default_rng(0)
    y, forecast = rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 2))
    error = evaluation.mean_absolute_error(y, forecast, axis=axis)
    assert np.shape(error) == shape
    np.testing.assert_allclose(error, np.mean(np.abs(forecast - y), axis=axis))


def test_the_error_of_each_step_ahead():
    y = np.array([[[1.0], [2.0]], [[3.0], [4.0]]])
    forecast = np.array([[[2.0], [2.0]], [[0.0], [4.5]]])
    assert evaluation.mean_absolute_error(y, forecast, axis=(0, 2)).tolist() == [2.0, 0.25]
    assert evaluation.mean_absolute_error(y.tolist(), forecast.tolist()) == 1.125


@pytest.mark.parametrize("other", ["bool", "uint8", "uint64", "int16", "float32"])
@pytest.mark.parametrize("kind", ["bool", "uint8", "uint64"])
def test_the_error_of_values_without_a_sign(kind, other):
    low, high = np.array([0, 1, 0]), np.array([1, 0, 0])
    for y, forecast in [(low.astype(kind), high.astype(other)), (low.astype(other), high.astype(kind))]:
        assert evaluation.mean_absolute_error(y, forecast) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "shapes", [((5,), (5, 1)), ((5, 1), (5,)), ((2, 3), (3, 2)), ((4,), (3,)), ((), (1,))], ids=str
)
def test_different_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match=r"^y and forecast must have the same shape; got") as error:
        evaluation.mean_absolute_error(*map(np.ones, shapes))
    assert f"got {shapes[0]} and {shapes[1]}." in str(error.value)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_values_have_no_error(value):
    y, wrong = np.ones((4, 1)), np.array([[1.0], [value], [1.0], [value]])
    with pytest.raises(ValueError, match=r"^y must be finite; got 2 missing .* with known = np\.isfinite\(y\)"):
        evaluation.mean_absolute_error(wrong, y)
    with pytest.raises(ValueError, match=r"^forecast must be finite; got 2 missing .*\. Did the training diverge"):
        evaluation.mean_absolute_error(y, wrong)
    known = np.isfinite(wrong)
    assert evaluation.mean_absolute_error(wrong[known], y[known]) == 0


def test_masked_values_have_no_error():
    y = np.ma.masked_equal([0.0, 1.0, -9999.0], -9999.0)
    with pytest.raises(ValueError, match=r"^y must be finite; got 1 missing"):
        evaluation.mean_absolute_error(y, np.zeros(3))


@pytest.mark.parametrize("kind", ["timedelta64[s]", complex, object, "U1"])
def test_what_is_no_number_has_no_error(kind):
    for arguments in [(np.ones(3, int).astype(kind), np.ones(3)), (np.ones(3), np.ones(3, int).astype(kind))]:
        with pytest.raises(ValueError, match=r"^(y|forecast) must be numeric; got values of type"):
            evaluation.mean_absolute_error(*arguments)


@pytest.mark.parametrize("kind", [pd.Series, lambda values: pd.DataFrame({"a": values}), pd.Categorical])
def test_categories_have_no_error(kind):
    with pytest.raises(ValueError, match=r"^y must be numeric; got values of type category"):
        evaluation.mean_absolute_error(kind(pd.Categorical([1, 2, 3])), np.ones(3))


# over_seeds


def draws(seed):
    """One draw from each generator that a training may use."""
    return {
        "seed": seed,
        "python": random.random(),
        "numpy": np.random.random(),  # noqa: NPY002 - the old generator is the one that is seeded
        "keras": float(keras.random.uniform(())),
        "weight": new_weight(),
    }


def new_weight():
    layer = keras.layers.Dense(1)
    layer.build((None, 1))
    return float(np.asarray(layer.kernel).item())


def test_one_row_a_seed_one_column_a_score():
    table = evaluation.over_seeds(lambda seed: {"mae": seed / 2, "rmse": -seed}, seeds=(7, 3))
    expected = pd.DataFrame({"mae": [3.5, 1.5], "rmse": [-7, -3]}, index=pd.Index([7, 3], name="seed"))
    pd.testing.assert_frame_equal(table, expected)


def test_three_seeds_by_default():
    assert evaluation.over_seeds(lambda seed: {"seed": seed})["seed"].tolist() == [0, 1, 2]


def test_every_generator_is_seeded_by_each_seed_alone():
    first = evaluation.over_seeds(draws, seeds=(4, 9))
    keras.random.uniform(())
    again = evaluation.over_seeds(draws, seeds=iter([9, 5, 4]))
    pd.testing.assert_frame_equal(first, again.loc[[4, 9]])
    assert (again.nunique() == 3).all()


@pytest.mark.parametrize("seeds", [(), (1,), (1, 1), (0, 1, 0)], ids=str)
def test_too_few_or_equal_seeds_are_refused(seeds):
    def never(seed):
        raise AssertionError("ran")

    with pytest.raises(
        ValueError, match=r"^seeds must hold at least two different seeds, each once and below 2\*\*32; got"
    ) as error:
        evaluation.over_seeds(never, seeds)
    assert str(list(seeds)) in str(error.value)


def test_seeds_of_numpy_are_seeds():
    table = evaluation.over_seeds(draws, seeds=np.arange(2, dtype="uint8"))
    pd.testing.assert_frame_equal(table, evaluation.over_seeds(draws, seeds=[0, 1]))


@pytest.mark.parametrize(
    "seeds, message",
    [
        ((0, 1.5), r"^seeds\[1\] must be a whole number of at least 0; got 1\.5"),
        ((0, True), r"^seeds\[1\] must be a whole number of at least 0; got True"),
        ((-1, 1), r"^seeds\[0\] must be a whole number of at least 0; got -1"),
        (
            (0, 2**32),
            r"^seeds must hold at least two different seeds, each once and below 2\*\*32; got \[0, 4294967296\]",
        ),
        (2, r"^seeds must be a sequence of whole numbers, such as \(0, 1, 2\); got 2"),
    ],
    ids=str,
)
def test_seeds_are_checked_before_the_first_run(seeds, message):
    done = []
    with pytest.raises(ValueError, match=message):
        evaluation.over_seeds(lambda seed: done.append(seed) or {"a": 1.0}, seeds)
    assert not done


@pytest.mark.parametrize("result", [None, 0.5, {}, [0.5]], ids=repr)
def test_a_run_that_returns_no_scores_is_stopped_after_the_first_seed(result):
    done = []
    with pytest.raises(ValueError, match=r"^run's result must be a dict, name of the score -> number, with at least"):
        evaluation.over_seeds(lambda seed: done.append(seed) or result)
    assert done == [0]


def test_a_run_that_returns_other_scores_for_another_seed_is_refused():
    with pytest.raises(ValueError, match=r"^run must return the same .*; got \['a'\] at first, and \['b'\] for seed 1"):
        evaluation.over_seeds(lambda seed: {"ab"[seed]: 1.0}, seeds=(0, 1))


# restart

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(64, 6, 2)).astype("float32"), RNG.normal(size=(64, 1)).astype("float32")


# Without a graph: for so few steps, building it takes longer than training. (Other backends are quicker with one.)
EAGERLY = {"run_eagerly": keras.backend.backend() == "tensorflow"}


def compiled(optimizer="adam", **options):
    model = keras.Sequential([keras.Input((6, 2)), keras.layers.LSTM(4), keras.layers.Dense(1)])
    model.compile(optimizer, "mse", **options)
    return model


def train(model, seed):
    """Restart and train; return the weights after the restart, the losses and the weights after training."""
    keras.utils.set_random_seed(seed)
    evaluation.restart(model)
    fresh = model.get_weights()
    losses = model.fit(X, Y, epochs=2, batch_size=16, shuffle=False, verbose=0).history["loss"]
    return [*fresh, np.array(losses), *model.get_weights()]


def equal(first, second):
    return [np.array_equal(a, b) for a, b in zip(first, second, strict=True)]


@pytest.fixture(scope="module")
def trained():
    """A model after one training, and what was seen of this and of two more trainings."""
    model = compiled(**EAGERLY)
    return [train(model, seed) for seed in (1, 2, 1)]


def test_the_same_seed_gives_the_same_training(trained):
    assert all(equal(trained[0], trained[2]))


def test_another_seed_gives_another_training(trained):
    # Of the weights after the restart, the LSTM's and the dense layer's biases always start alike.
    assert equal(trained[0], trained[1]) == [False, False, True, False, True] + [False] * 6


def test_a_restart_with_the_same_seed_drops_out_the_same_units():
    model = keras.Sequential([keras.Input((6, 2)), keras.layers.Flatten(), keras.layers.Dropout(0.5)])
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse")
    first, other, again = (train(model, seed) for seed in (1, 2, 1))
    assert all(equal(first, again))
    assert not any(equal(first[2:], other[2:]))


def test_a_restart_draws_weights_as_a_new_model_does():
    model = compiled()
    keras.utils.set_random_seed(3)
    expected = compiled().get_weights()
    keras.utils.set_random_seed(3)
    evaluation.restart(model)
    assert all(equal(model.get_weights(), expected))


def test_a_restarted_model_trains_as_a_new_one():
    model = compiled()
    train(model, seed=8)
    seen = train(model, seed=5)
    keras.utils.set_random_seed(5)
    new = compiled()
    losses = new.fit(X, Y, epochs=2, batch_size=16, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(seen[5], losses, rtol=1e-5)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "Nadam", "RMSprop", "Adagrad"])
def test_a_restart_empties_the_optimizer(optimizer):
    model = compiled(getattr(keras.optimizers, optimizer)(0.02), **EAGERLY)
    model.optimizer.build(model.trainable_variables)
    empty = [np.array(variable.numpy()) for variable in model.optimizer.variables]
    model.fit(X, Y, batch_size=16, verbose=0)
    assert model.optimizer.iterations == 4

    evaluation.restart(model)

    assert model.optimizer.iterations == 0
    assert all(equal([variable.numpy() for variable in model.optimizer.variables], empty))
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)


def test_a_restart_keeps_the_schedule_and_starts_it_again():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.02, decay_steps=4, decay_rate=0.5)
    model = compiled(keras.optimizers.Adam(schedule), **EAGERLY)
    model.fit(X, Y, batch_size=16, verbose=0)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    evaluation.restart(model)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)


def test_a_restart_before_the_first_training_leaves_the_optimizer_unbuilt():
    model = compiled(**EAGERLY)
    evaluation.restart(model)
    assert not model.optimizer.built
    train(model, seed=1)
    assert model.optimizer.iterations == 8


@pytest.mark.parametrize("wrap", [lambda lstm: lstm, keras.layers.Bidirectional, lambda lstm: keras.Sequential([lstm])])
def test_a_restart_forgets_what_a_stateful_layer_carries(wrap):
    model = keras.Sequential([keras.Input(batch_shape=(16, 6, 2)), wrap(keras.layers.LSTM(4, stateful=True))])
    model.compile("sgd", "mse")
    keras.utils.set_random_seed(0)
    evaluation.restart(model)
    weights, fresh = model.get_weights(), keras.ops.convert_to_numpy(model(X[:16]))
    assert not np.allclose(keras.ops.convert_to_numpy(model(X[:16])), fresh), "the state is carried on"
    evaluation.restart(model)
    model.set_weights(weights)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(X[:16])), fresh, rtol=1e-5)


def test_a_restart_resets_metrics_and_layers_that_count():
    model = keras.Sequential([keras.Input((6, 2)), keras.layers.Flatten(), keras.layers.BatchNormalization()])
    model.add(keras.layers.Dense(1))
    model.compile("sgd", "mse", metrics=["mae"], **EAGERLY)
    started = [np.array(variable.numpy()) for variable in model.non_trainable_variables]
    model.train_on_batch(X, Y)
    assert not all(equal(model.non_trainable_variables, started))
    assert any(np.any(variable) for variable in model.metrics_variables)
    evaluation.restart(model)
    assert all(equal(model.non_trainable_variables, started))
    assert not any(np.any(variable) for variable in model.metrics_variables)


def test_a_restart_resets_the_scale_of_the_loss_under_mixed_precision():
    model = keras.Sequential([keras.Input((6, 2)), keras.layers.Flatten(), keras.layers.Dense(1)])
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(), initial_scale=1e6)
    model.compile(optimizer, "mse", **EAGERLY)
    optimizer.build(model.trainable_variables)
    started = [np.array(variable.numpy()) for variable in optimizer.variables]
    model.train_on_batch(X, Y)
    assert not all(equal(optimizer.variables, started))
    evaluation.restart(model)
    assert all(equal(optimizer.variables, started))


def test_a_model_that_keras_cannot_copy_is_refused():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    model = Own()
    model(X[:, 0])
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match=r"^model must be sequential or functional, .*; got Own\. Build and compile a"):
        evaluation.restart(model)


@pytest.mark.parametrize("build", [keras.Sequential, lambda: models.vanilla(6, 2, 1)], ids=["Sequential", "Model"])
def test_a_model_without_an_optimizer_is_refused(build):
    model = build()
    with pytest.raises(
        ValueError, match=r"^model must be compiled; got one without an optimizer\. Call model\.compile"
    ):
        evaluation.restart(model)


# score_table


def test_a_table_of_scores():
    runs = pd.DataFrame({"mae": [1.0, 2.0, 3.0], "seconds": [10.0, 10.0, 10.0]}, index=pd.Index([0, 1, 2], name="seed"))
    table = evaluation.score_table({"network": runs, "baseline": {"mae": 2.34567}})
    # The standard deviation of 1, 2, 3 is 1 when divided by 2, and 0.816 when divided by 3.
    expected = pd.DataFrame(
        {"mae": ["2.000 ± 1.000", "2.346"], "seconds": ["10.000 ± 0.000", "–"]}, index=["network", "baseline"]
    )
    pd.testing.assert_frame_equal(table, expected)


@pytest.mark.parametrize("digits, expected", [(0, "1"), (1, "1.2"), (4, "1.2346")])
def test_the_digits_of_a_table(digits, expected):
    runs = pd.DataFrame({"mae": [1.23456, 1.23456]})
    table = evaluation.score_table({"rule": {"mae": 1.23456}, "network": runs}, digits=digits)
    assert table["mae"].tolist() == [expected, f"{expected} ± {0:.{digits}f}"]


def test_a_table_keeps_the_order_given():
    table = evaluation.score_table({"z": {"b": 1}, "a": {"c": 2, "a": 3}, "m": {"b": 4}, "empty": {}}, digits=0)
    assert table.index.tolist() == ["z", "a", "m", "empty"]
    assert table.columns.tolist() == ["b", "c", "a"]
    assert table.loc["m"].tolist() == ["4", "–", "–"]
    assert table.loc["empty"].tolist() == ["–", "–", "–"]


def test_the_scores_of_over_seeds_fit_the_table():
    runs = evaluation.over_seeds(lambda seed: {"mae": seed}, seeds=(1, 3))
    assert evaluation.score_table({"network": runs}, digits=1).loc["network", "mae"] == "2.0 ± 1.4"


def test_an_empty_table_is_refused():
    message = r"^scores must be a dict, name of the model -> its scores, with at least one entry; got"
    for scores, got in [({}, "{}"), (pd.DataFrame({"a": [1.0, 2.0]}), "DataFrame"), (None, "NoneType")]:
        with pytest.raises(ValueError, match=f"{message} {got}"):
            evaluation.score_table(scores)


@pytest.mark.parametrize("bad", [{"a": "high"}, {"a": None}, {"a": [1.0, 2.0]}, 3.0, pd.DataFrame({"a": ["x", "y"]})])
def test_scores_that_are_no_numbers_are_refused(bad):
    with pytest.raises(ValueError, match=r"^scores\['bad'\] must be a table from over_seeds or a dict of numbers; got"):
        evaluation.score_table({"good": {"a": 1.0}, "bad": bad})


@pytest.mark.parametrize("digits", [-1, 1.0, "2", True], ids=repr)
def test_digits_are_a_whole_number(digits):
    with pytest.raises(ValueError, match=rf"^digits must be a whole number of at least 0; got {digits!r}\."):
        evaluation.score_table({"m": {"a": 1.0}}, digits=digits)


def test_a_score_that_is_missing_for_a_seed_is_not_passed_over():
    runs = pd.DataFrame({"mae": [1.0, np.nan, 3.0]})
    assert evaluation.score_table({"diverged once": runs}).loc["diverged once", "mae"] == "nan ± nan"


def test_bleu_counts_a_repeated_word_as_often_as_it_was_wanted():
    # the example of Papineni et al. (2002): two of seven
    written = "the the the the the the the"
    assert evaluation.bleu(["the cat is on the mat"], [written], order=1) == pytest.approx(2 / 7)


def test_bleu_is_the_geometric_mean_of_the_shares():
    reference, candidate = "a b c d e f", "a b c d x f"
    shares = np.array([5 / 6, 3 / 5, 2 / 4, 1 / 3])
    assert evaluation.bleu([reference], [candidate]) == pytest.approx(shares.prod() ** 0.25)
    assert evaluation.bleu([reference], [reference.split()]) == 1
    assert evaluation.bleu([reference], ["x y"]) == 0


def test_bleu_adds_up_over_samples_and_punishes_short_texts():
    # 1 + 2 words match of 1 + 2 written; 4 were wanted
    assert evaluation.bleu(["a", "b c d"], ["a", "b c"], order=1) == pytest.approx(np.exp(1 - 4 / 3))
    assert evaluation.bleu(["a", "b c"], ["a x", "b c"], order=2) == pytest.approx(np.sqrt(3 / 4 * 1 / 2))


@pytest.mark.parametrize(("references", "candidates"), [([], []), (["a"], ["a", "b"])])
def test_bleu_refuses_texts_that_are_no_pairs(references, candidates):
    with pytest.raises(ValueError, match="references and candidates must have the same number of samples"):
        evaluation.bleu(references, candidates)
