"""lstmbook.mixture: densities against SciPy, draws against the moments that they must have."""

import re

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax, logsumexp
from scipy.stats import multivariate_normal

from lstmbook import evaluation, mixture, models

# JAX computes in float32 what is given in float64.
TOLERANCE = 1e-7 if keras.backend.backend() == "tensorflow" else 1e-4


def mixture_of(weights, means, sigmas, rhos):
    """Return the network's output for which the mixture has these weights, means, standard deviations, correlations."""
    weights, means, sigmas, rhos = map(np.asarray, (weights, means, sigmas, rhos))
    blocks = [np.log(weights), *means.T, *np.log(sigmas - 0.01).T, np.arctanh(rhos / 0.99)]
    return np.concatenate(blocks)


def covariance(sigmas, rho):
    a, b = sigmas
    return np.array([[a * a, rho * a * b], [rho * a * b, b * b]])


WEIGHTS = [0.2, 0.5, 0.3]
MEANS = [[0.0, 1.0], [2.0, -1.0], [-2.0, 0.5]]
SIGMAS = [[0.3, 1.2], [0.5, 0.5], [1.0, 0.2]]
RHOS = [0.8, 0.0, -0.6]
THREE = mixture_of(WEIGHTS, MEANS, SIGMAS, RHOS)


def moments(temperature=1.0):
    """Return mean and covariance of the mixture of three at a temperature, from the formulas."""
    weights = np.array(WEIGHTS) ** (1 / temperature)
    weights, means = weights / weights.sum(), np.array(MEANS)
    mean = weights @ means
    inner = [temperature * covariance(sigmas, rho) for sigmas, rho in zip(SIGMAS, RHOS, strict=True)]
    outer = [np.outer(m - mean, m - mean) for m in means]
    return mean, np.einsum("k,kij->ij", weights, np.array(inner) + np.array(outer))


@settings(deadline=None)  # some backends compile at the first call
@given(seed=st.integers(0, 10_000), k=st.integers(1, 5))
def test_loss_is_the_negative_log_density_of_scipy(seed, k):
    rng = np.random.default_rng(seed)
    parameters = rng.normal(size=(4, 6 * k))
    y = rng.normal(size=(4, 2))
    expected = []
    for point, row in zip(y, parameters, strict=True):
        logits, m1, m2, s1, s2, r = row.reshape(6, k)
        terms = []
        for j, log_weight in enumerate(log_softmax(logits)):
            cov = covariance([np.exp(s1[j]) + 0.01, np.exp(s2[j]) + 0.01], 0.99 * np.tanh(r[j]))
            terms.append(log_weight + multivariate_normal([m1[j], m2[j]], cov).logpdf(point))
        expected.append(-logsumexp(terms))
    np.testing.assert_allclose(mixture.loss(y, parameters), expected, rtol=TOLERANCE, atol=TOLERANCE)


def test_the_density_has_the_integral_one():
    axis = np.linspace(-8, 8, 401)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)
    density = np.exp(-np.array(mixture.loss(grid, np.broadcast_to(THREE, (401, 401, 18)))))
    assert density.sum() * (axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("axes", [(), (3,), (3, 5)])
def test_loss_keeps_the_axes_before_the_last(axes):
    rng = np.random.default_rng(0)
    y, parameters = rng.normal(size=(*axes, 2)), rng.normal(size=(*axes, 12))
    losses = np.array(mixture.loss(y, parameters))
    assert losses.shape == axes
    one = tuple(size - 1 for size in axes)
    np.testing.assert_allclose(losses[one], mixture.loss(y[one], parameters[one]))


def test_loss_accepts_whole_numbers_and_stays_finite_far_away():
    far = mixture.loss(np.array([[1000, -1000]]), THREE[np.newaxis].astype("float32"))
    assert np.isfinite(far).all()
    assert far[0] > 1e5


def test_no_gaussian_gets_narrower_than_the_floor():
    parameters = np.zeros(6)
    parameters[3:5] = -50
    at_the_mean = float(mixture.loss(np.zeros(2), parameters))
    assert at_the_mean == pytest.approx(np.log(2 * np.pi * 0.01**2))
    points = mixture.sample(np.tile(parameters, (4000, 1)), np.random.default_rng(0))
    np.testing.assert_allclose(points.std(axis=0), 0.01, rtol=0.06)


def test_a_network_learns_a_cloud_in_two_parts():
    rng = np.random.default_rng(0)
    side = rng.choice([-1, 1], size=(2000, 1, 1))
    y = (side + rng.normal(scale=0.1, size=(2000, 1, 2))).astype("float32")
    keras.utils.set_random_seed(0)
    model = models.generative(1, 1, 12, units=(4,))
    model.compile(keras.optimizers.Adam(0.05), loss=mixture.loss)
    X = np.ones((2000, 1, 1), "float32")
    model.fit(X, y, epochs=10, batch_size=100, verbose=0)
    best = np.log(2) + np.log(2 * np.pi * 0.1**2) + 1  # entropy of the two parts
    assert model.evaluate(X, y, verbose=0) == pytest.approx(best, abs=0.15)
    drawn = mixture.sample(model(X), rng)[:, 0]
    assert 0.4 < (drawn.sum(axis=1) > 0).mean() < 0.6
    np.testing.assert_allclose(abs(drawn).mean(axis=0), 1, atol=0.1)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # from Keras, while saving
def test_a_model_with_this_loss_is_saved_loaded_and_restarted(tmp_path):
    model = models.generative(2, 1, 6, units=(3,))
    model.compile("adam", loss=mixture.loss)
    X, y = np.zeros((4, 2, 1), "float32"), np.ones((4, 2, 2), "float32")
    model.fit(X, y, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.evaluate(X, y, verbose=0) == pytest.approx(model.evaluate(X, y, verbose=0))
    before = model.get_weights()[0]
    evaluation.restart(model)
    assert not np.array_equal(model.get_weights()[0], before)


@pytest.mark.parametrize("temperature", [0.25, 1, np.float32(2)])
def test_draws_have_the_moments_of_the_mixture(temperature):
    n = 40_000
    points = mixture.sample(np.tile(THREE, (n, 1)), np.random.default_rng(0), temperature)
    assert points.shape == (n, 2)
    assert points.dtype == np.float32
    mean, cov = moments(float(temperature))
    np.testing.assert_allclose(points.mean(axis=0), mean, atol=5 * np.sqrt(cov.max() / n))
    np.testing.assert_allclose(np.cov(points.T), cov, atol=0.05 * cov.max())


def test_draws_come_from_the_density_of_the_loss():
    n = 40_000
    points = mixture.sample(np.tile(THREE, (n, 1)), np.random.default_rng(1))
    edges = np.linspace(-4, 4, 9)
    counts, *_ = np.histogram2d(*points.T, bins=[edges, edges])
    middles = np.linspace(-4, 4, 401)[:-1] + 0.01
    grid = np.stack(np.meshgrid(middles, middles, indexing="ij"), axis=-1)
    density = np.exp(-np.array(mixture.loss(grid, np.broadcast_to(THREE, (400, 400, 18)))))
    shares = density.reshape(8, 50, 8, 50).sum(axis=(1, 3)) * 0.02**2
    np.testing.assert_allclose(counts / n, shares, atol=5 * np.sqrt(shares.max() / n))


def test_temperature_zero_takes_the_mean_of_the_heaviest():
    points = mixture.sample(np.tile(THREE, (50, 1)), np.random.default_rng(0), temperature=0)
    np.testing.assert_allclose(points, np.tile(MEANS[1], (50, 1)))


def test_sample_draws_for_every_axis_independently():
    points = mixture.sample(np.tile(THREE, (30, 20, 1)), np.random.default_rng(0))
    assert points.shape == (30, 20, 2)
    assert len(np.unique(points[..., 0])) > 590


def test_sample_depends_on_the_generator_alone():
    parameters = np.tile(THREE, (10, 1))
    first, again, other = (mixture.sample(parameters, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_sample_reads_tensors():
    points = mixture.sample(keras.ops.convert_to_tensor(THREE[np.newaxis]), np.random.default_rng(0))
    np.testing.assert_array_equal(points, mixture.sample(THREE[np.newaxis], np.random.default_rng(0)))


@pytest.mark.parametrize("shape", [(), (5,), (2, 0), (2, 7)])
def test_both_refuse_parameters_that_are_not_six_a_gaussian(shape):
    message = f"parameters must have shape (..., 6 * K), six numbers for each Gaussian; got {shape}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mixture.loss(np.zeros(2), np.zeros(shape))
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mixture.sample(np.zeros(shape), np.random.default_rng(0))


@pytest.mark.parametrize("shape", [(), (3,), (4, 1)])
def test_loss_refuses_points_without_two_coordinates(shape):
    message = f"y_true must have shape (..., 2), two coordinates a point; got {shape}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mixture.loss(np.zeros(shape), np.zeros(6))


@pytest.mark.parametrize(("points", "parameters"), [((4, 2), (6,)), ((4, 2), (5, 6)), ((4, 1, 2), (4, 3, 6))])
def test_loss_refuses_shapes_that_numpy_would_broadcast(points, parameters):
    message = f"y_true and parameters must have the same axes before the last; got shapes {points} and {parameters}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mixture.loss(np.zeros(points), np.zeros(parameters))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_sample_refuses_parameters_that_are_not_finite(value):
    with pytest.raises(ValueError, match=r"^parameters must be finite; .* Did the training diverge\?$"):
        mixture.sample(np.full(6, value), np.random.default_rng(0))


@pytest.mark.parametrize("temperature", [-0.1, float("nan"), float("inf"), True, "1", None], ids=repr)
def test_sample_refuses_a_temperature_below_zero_or_without_end(temperature):
    message = f"temperature must be a finite number of at least 0; got {temperature!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mixture.sample(THREE, np.random.default_rng(0), temperature)


@pytest.mark.parametrize("rng", [0, None, 0.5])
def test_sample_refuses_another_source_of_random_numbers(rng):
    message = f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got {rng!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mixture.sample(THREE, rng)


def test_masked_arrays_are_refused():
    points, parameters = (np.ma.masked_equal(np.ones(shape), 1) for shape in [(4, 2), (4, 6)])
    for arguments in [(points, np.ones((4, 6))), (np.ones((4, 2)), parameters)]:
        with pytest.raises(
            ValueError, match=r"^y_true and parameters must be without a mask; got a masked array\. Leave"
        ):
            mixture.loss(*arguments)
    with pytest.raises(ValueError, match=r"^parameters must be finite; got missing or infinite values"):
        mixture.sample(parameters, np.random.default_rng(0))


@pytest.mark.parametrize("kind", ["timedelta64[s]", complex])
def test_sample_refuses_what_is_no_number(kind):
    with pytest.raises(ValueError, match=r"^parameters must be numeric; got values of type"):
        mixture.sample(np.ones(6, int).astype(kind), np.random.default_rng(0))
