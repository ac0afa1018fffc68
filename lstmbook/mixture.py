"""Mixture-density output for points in the plane: the network says where the next point may be, and how surely.

Built in the open in the chapter on handwriting. The last layer of the network is linear and gives six numbers for
each of K Gaussians, in six blocks of K: the log weights before the softmax; the means of the first and of the second
coordinate; the logarithms of their standard deviations; the correlations before the tanh.
"""

import keras
import numpy as np
from keras import ops

from lstmbook._checks import check_generator, is_number, numeric_array

# Nothing is narrower or more correlated than this, or one point of the data could be given an infinite density.
SIGMA_FLOOR = 0.01
LARGEST_CORRELATION = 0.99


@keras.saving.register_keras_serializable("lstmbook", "mixture_loss")  # so that a compiled model can be saved
def loss(y_true, parameters):
    """Negative log likelihood of points under the mixture of Gaussians that a network describes.

    Made for ``model.compile(loss=mixture.loss)``, with any backend of Keras. The density itself is
    ``exp(-loss(points, parameters))``.

    Parameters
    ----------
    y_true : array or tensor, shape (..., 2)
        The points that came, on a scale on which they differ by about 1: standard deviations stay above 0.01.
    parameters : array or tensor, shape (..., 6 * K)
        The output of the network: K log weights before the softmax, K means of the first coordinate, K of the second,
        K logarithms of the first standard deviation, K of the second, K correlations before the tanh.

    Returns
    -------
    tensor, shape (...): minus the logarithm of the density at each point, in nats.

    Raises
    ------
    ValueError
        If `y_true` has not two coordinates, the last axis of `parameters` is no multiple of 6, their other axes differ,
        or either is a masked array.

    Notes
    -----
    C. M. Bishop, "Mixture Density Networks", Aston University, NCRG/94/004 (1994); with a correlation, as in A. Graves,
    "Generating Sequences With Recurrent Neural Networks", arXiv:1308.0850 (2013).

    Examples
    --------
    One Gaussian, round and with the standard deviation 1 + 0.01, at the point (0, 0):

    >>> loss(np.zeros((4, 2)), np.zeros((4, 6))).shape[0], round(float(loss(np.zeros((1, 2)), np.zeros((1, 6)))[0]), 2)
    (4, 1.86)
    """
    if isinstance(y_true, np.ma.MaskedArray) or isinstance(parameters, np.ma.MaskedArray):  # Keras would take no notice
        raise ValueError("y_true and parameters must be without a mask; got a masked array. Leave out what is missing.")
    y_true, parameters = ops.convert_to_tensor(y_true), ops.convert_to_tensor(parameters)
    _check(parameters)
    if len(y_true.shape) == 0 or y_true.shape[-1] != 2:
        raise ValueError(f"y_true must have shape (..., 2), two coordinates a point; got {tuple(y_true.shape)}.")
    axes, other_axes = tuple(y_true.shape[:-1]), tuple(parameters.shape[:-1])
    if len(axes) != len(other_axes) or any(
        a != b and None not in (a, b) for a, b in zip(axes, other_axes, strict=True)
    ):
        raise ValueError(
            "y_true and parameters must have the same axes before the last; "
            f"got shapes {tuple(y_true.shape)} and {tuple(parameters.shape)}."
        )
    logits, mean_1, mean_2, log_sigma_1, log_sigma_2, raw = ops.split(parameters, 6, axis=-1)
    sigma_1, sigma_2 = ops.exp(log_sigma_1) + SIGMA_FLOOR, ops.exp(log_sigma_2) + SIGMA_FLOOR
    rho = LARGEST_CORRELATION * ops.tanh(raw)
    y_true = ops.cast(y_true, parameters.dtype)
    z_1, z_2 = (y_true[..., :1] - mean_1) / sigma_1, (y_true[..., 1:] - mean_2) / sigma_2
    rest = 1 - rho**2
    exponent = -(z_1**2 + z_2**2 - 2 * rho * z_1 * z_2) / (2 * rest)
    log_density = exponent - np.log(2 * np.pi) - ops.log(sigma_1) - ops.log(sigma_2) - ops.log(rest) / 2
    log_weights = logits - ops.logsumexp(logits, axis=-1, keepdims=True)
    return -ops.logsumexp(log_weights + log_density, axis=-1)


def sample(parameters, rng, temperature=1.0):
    """Draw one point from each mixture: a Gaussian by its weight, then a point from this Gaussian.

    Parameters
    ----------
    parameters : array or tensor, shape (..., 6 * K)
        The output of the network, as in `loss`.
    rng : numpy.random.Generator
        Source of the random numbers.
    temperature : float
        Log weights are divided by it, standard deviations multiplied by its square root. 1 draws from the mixture as it
        is, less plays safe, more is wilder; 0 takes the mean of the Gaussian with the largest weight.

    Returns
    -------
    array of float32, shape (..., 2)

    Raises
    ------
    ValueError
        If the last axis of `parameters` is no multiple of 6, they are no finite numbers, `rng` is no Generator, or
        `temperature` is negative or not finite.

    Notes
    -----
    The temperature is that of D. Ha and D. Eck, "A Neural Representation of Sketch Drawings", arXiv:1704.03477 (2017).

    Examples
    --------
    >>> sample(np.zeros((20, 6)), np.random.default_rng(0)).shape
    (20, 2)
    >>> sample([5.0, 1.0, 2.0, 0.0, 0.0, 0.0], np.random.default_rng(0), temperature=0).tolist()
    [1.0, 2.0]
    """
    check_generator(rng)
    if not is_number(temperature) or not 0 <= temperature < np.inf:
        raise ValueError(f"temperature must be a finite number of at least 0; got {temperature!r}.")
    if not isinstance(parameters, np.ma.MaskedArray):  # whose mask would be lost
        parameters = ops.convert_to_numpy(parameters)
    parameters = numeric_array("parameters", parameters).astype(float)
    _check(parameters)
    if not np.isfinite(parameters).all():
        raise ValueError("parameters must be finite; got missing or infinite values. Did the training diverge?")
    logits, *blocks = np.split(parameters, 6, axis=-1)
    # The largest of (log weight + temperature * Gumbel noise) is a draw from the softmax of log weights / temperature.
    chosen = (logits + temperature * rng.gumbel(size=logits.shape)).argmax(axis=-1, keepdims=True)
    mean_1, mean_2, *log_sigmas, raw = (np.take_along_axis(block, chosen, axis=-1)[..., 0] for block in blocks)
    sigma_1, sigma_2 = (np.sqrt(temperature) * (np.exp(values) + SIGMA_FLOOR) for values in log_sigmas)
    rho = LARGEST_CORRELATION * np.tanh(raw)
    z_1, z_2 = rng.standard_normal((2, *rho.shape))
    second = mean_2 + sigma_2 * (rho * z_1 + np.sqrt(1 - rho**2) * z_2)
    return np.stack([mean_1 + sigma_1 * z_1, second], axis=-1).astype("float32")


def _check(parameters):
    shape = tuple(parameters.shape)
    if len(shape) == 0 or not shape[-1] or shape[-1] % 6:
        raise ValueError(f"parameters must have shape (..., 6 * K), six numbers for each Gaussian; got {shape}.")
