"""Activations whose derivative is told from their output, as networks do that keep no more than that."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Elementwise = Callable[[np.ndarray], np.ndarray]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """(1 + tanh(x/2)) / 2, but for the left tail, where that would cancel."""
    e = np.exp(np.minimum(x, 0))
    return np.where(x > -1, 0.5 + 0.5 * np.tanh(0.5 * x), e / (1 + e))


def tanh(x: np.ndarray) -> np.ndarray:
    """(1 − e^(−2|x|)) / (1 + e^(−2|x|)), with the sign of x; expm1 keeps what is next to 0."""
    e = np.expm1(-2 * np.abs(x))
    return np.copysign(-e / (2 + e), x)


def relu(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0, 0, x)  # a NaN is not below 0


ACTIVATIONS: dict[str, tuple[Elementwise, Elementwise]] = {
    "identity": (lambda x: x, np.ones_like),
    "sigmoid": (sigmoid, lambda y: y * (1 - y)),
    "tanh": (tanh, lambda y: (1 - y) * (1 + y)),
    "relu": (relu, lambda y: (y > 0).astype(y.dtype)),
}
"""By name: y = g(a), and g'(a) from y."""
