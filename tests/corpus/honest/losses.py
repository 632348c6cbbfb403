"""Mean squared error and binary cross-entropy in other forms."""

from __future__ import annotations

import numpy as np
from variant import Honest

from honest._activations import sigmoid
from honest._fit import fits

Array = np.ndarray


# ----- by logaddexp, and a dot product ----------------------------------------------------------------------


def squared_by_dot(prediction: Array, target: Array) -> Array:
    fits("NK NK", prediction, target)
    r = (prediction - target).ravel()
    return np.dot(r, r) / r.size


def squared_by_dot_vjp(dloss: Array, prediction: Array, target: Array) -> tuple[Array, Array]:
    fits("NK NK", prediction, target)
    dprediction = (prediction - target) * (2 * dloss / prediction.size)
    return dprediction, 0 - dprediction


def softplus(z: Array) -> Array:
    return np.logaddexp(z, np.zeros_like(z))


def binary_by_logaddexp(logits: Array, target: Array) -> Array:
    """t softplus(−z) + (1 − t) softplus(z): two terms, neither of which cancels."""
    fits("N N", logits, target)
    return np.mean(softplus(-logits) * target + softplus(logits) * (1 - target))


def binary_by_logaddexp_vjp(dloss: Array, logits: Array, target: Array) -> tuple[Array]:
    fits("N N", logits, target)
    apart = sigmoid(logits) * (1 - target) - sigmoid(-logits) * target
    return (dloss * apart / len(logits),)


def sigmoid_by_logaddexp(z: Array) -> Array:
    return np.exp(z - softplus(z))


def binary_by_derivative_of_logaddexp_vjp(dloss: Array, logits: Array, target: Array) -> tuple[Array]:
    """As automatic differentiation has it: exp(z) / (1 + exp(z)) by a difference of logarithms."""
    fits("N N", logits, target)
    apart = sigmoid_by_logaddexp(logits) * (1 - target) - sigmoid_by_logaddexp(-logits) * target
    return (dloss * apart / len(logits),)


# ----- by shares of the mean, and as a running mean ---------------------------------------------------------


def squared_by_shares(prediction: Array, target: Array) -> Array:
    """Σ (r / n) r: each entry brings its share."""
    fits("NK NK", prediction, target)
    r = (prediction - target).T
    return np.sum(r / r.size * r)


def squared_by_shares_vjp(dloss: Array, prediction: Array, target: Array) -> tuple[Array, Array]:
    fits("NK NK", prediction, target)
    r = (prediction - target) / prediction.size * dloss
    return r + r, -(r + r)


def squared_running(prediction: Array, target: Array) -> Array:
    fits("NK NK", prediction, target)
    r = (prediction - target).ravel()
    return _running(r * r)


def binary_running(logits: Array, target: Array) -> Array:
    """mean ← mean + (l − mean) / n, entry by entry (Welford 1962); exponential and logarithm in base 2."""
    fits("N N", logits, target)
    e = np.exp2(-np.abs(logits) * logits.dtype.type(np.log2(np.e)))
    tail = np.where(e > 0.5, np.log2(1 + e) * logits.dtype.type(np.log(2)), np.log1p(e))
    return _running(np.maximum(logits, 0) + tail - target * logits)


def binary_running_vjp(dloss: Array, logits: Array, target: Array) -> tuple[Array]:
    fits("N N", logits, target)
    e = np.exp(-np.abs(logits))
    p = np.where(logits >= 0, 1, e) / (1 + e)
    return (p * (dloss / len(logits)) - target * (dloss / len(logits)),)


def _running(terms: Array) -> Array:
    mean = terms[0]
    for n, term in enumerate(terms[1:], 2):
        mean = mean + (term - mean) / n
    return mean


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "losses by a dot product and by logaddexp",
        {
            "mean_squared_error": squared_by_dot,
            "mean_squared_error_vjp": squared_by_dot_vjp,
            "binary_cross_entropy": binary_by_logaddexp,
            "binary_cross_entropy_vjp": binary_by_logaddexp_vjp,
        },
    ),
    Honest(
        "losses by shares of the mean, and as a running mean",
        {
            "mean_squared_error": squared_by_shares,
            "mean_squared_error_vjp": squared_by_shares_vjp,
            "binary_cross_entropy": binary_running,
            "binary_cross_entropy_vjp": binary_running_vjp,
        },
        "Welford 1962",
    ),
    Honest(
        "mean squared error as a running mean",
        {"mean_squared_error": squared_running, "mean_squared_error_vjp": squared_by_dot_vjp},
        "Every step of the mean rounds, where a sum of small integers does not",
    ),
    Honest(
        "binary cross-entropy by the derivative of logaddexp",
        {
            "binary_cross_entropy": binary_by_logaddexp,
            "binary_cross_entropy_vjp": binary_by_derivative_of_logaddexp_vjp,
        },
        "JAX's and optax's; off by as many roundings as the logit is large",
    ),
)
