"""Softmax and losses over any way to add up."""

from __future__ import annotations

import numpy as np
from variant import Functions

from honest._activations import sigmoid
from honest._fit import alike, fits, within
from honest._totals import Total

Array = np.ndarray


def probabilities(total: Total) -> Functions:
    """softmax and the losses, with their gradients."""

    def shifted(x: Array) -> Array:
        return x - x.max(axis=-1, keepdims=True)

    def softmax(x: Array) -> Array:
        e = np.exp(shifted(x))
        return e * (1 / total(e, -1)[..., None])

    def softmax_vjp(dy: Array, x: Array) -> tuple[Array]:
        alike(dy, x)
        y = softmax(x)
        return (y * dy - y * total(y * dy, -1)[..., None],)

    def mean_squared_error(prediction: Array, target: Array) -> Array:
        fits("NK NK", prediction, target)
        return total(np.square(prediction - target).ravel(), 0) / prediction.size

    def mean_squared_error_vjp(dloss: Array, prediction: Array, target: Array) -> tuple[Array, Array]:
        fits("NK NK", prediction, target)
        dtarget = (target - prediction) * (dloss / prediction.dtype.type(prediction.size / 2))
        return -dtarget, dtarget

    def binary_cross_entropy(logits: Array, target: Array) -> Array:
        """(1 − t) z − log σ(z), as PyTorch has it; −log σ(z) = max(−z, 0) + log(1 + e^(−|z|))."""
        fits("N N", logits, target)
        softplus = np.maximum(-logits, 0) + np.log1p(np.exp(-np.abs(logits)))
        return total((1 - target) * logits + softplus, 0) / len(logits)

    def binary_cross_entropy_vjp(dloss: Array, logits: Array, target: Array) -> tuple[Array]:
        fits("N N", logits, target)
        return ((sigmoid(logits) - target) * (dloss / len(logits)),)

    def softmax_cross_entropy(logits: Array, labels: Array) -> Array:
        N, K = fits("NK N", logits, labels).values()
        within(labels, K)
        s = shifted(logits)
        return total(np.log(total(np.exp(s), -1)) - s[np.arange(N), labels], 0) / N

    def softmax_cross_entropy_vjp(dloss: Array, logits: Array, labels: Array) -> tuple[Array]:
        N, K = fits("NK N", logits, labels).values()
        within(labels, K)
        dlogits = softmax(logits)
        dlogits[np.arange(N), labels] -= 1
        return (dlogits * (dloss / N),)

    return {
        "softmax": softmax,
        "softmax_vjp": softmax_vjp,
        "mean_squared_error": mean_squared_error,
        "mean_squared_error_vjp": mean_squared_error_vjp,
        "binary_cross_entropy": binary_cross_entropy,
        "binary_cross_entropy_vjp": binary_cross_entropy_vjp,
        "softmax_cross_entropy": softmax_cross_entropy,
        "softmax_cross_entropy_vjp": softmax_cross_entropy_vjp,
    }
