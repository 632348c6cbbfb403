"""Optimizers without a loop over steps: running sums, and products with triangles of powers."""

from __future__ import annotations

import numpy as np
from variant import Honest

from honest._fit import moves

Array = np.ndarray


def powers(decay: float, gradients: Array) -> Array:
    """[P, P]: decay^(t−i) for i ≤ t, else 0."""
    steps = np.arange(len(gradients))
    return np.tril(decay ** np.maximum(steps[:, None] - steps, 0)).astype(gradients.dtype)


def times(triangle: Array, terms: Array) -> Array:
    """Row t of the triangle times the terms up to t; a later NaN, times 0, would be no zero."""
    products = [np.tensordot(row[:t], terms[:t], 1) for t, row in enumerate(triangle, 1)]
    return np.stack(products).astype(terms.dtype)


def weighted(decay: float, terms: Array) -> Array:
    """Σ_i decay^(t−i) terms_i, for every t."""
    return times(powers(decay, terms), terms)


def after(parameter: Array, updates: Array) -> Array:
    moves(parameter, updates)
    return parameter - np.cumsum(updates, axis=0)


def sgd(parameter: Array, gradients: Array, *, learning_rate: float) -> Array:
    moves(parameter, gradients)
    return parameter - learning_rate * np.cumsum(gradients, axis=0)


def momentum(parameter: Array, gradients: Array, *, learning_rate: float, momentum: float) -> Array:
    """Σ_t v_t = Σ_i g_i (1 + μ + … + μ^(t−i)), the columns of the triangle added up."""
    moves(parameter, gradients)
    triangle = np.cumsum(powers(momentum, gradients), axis=0)
    return parameter - learning_rate * times(triangle, gradients)


def adagrad(parameter: Array, gradients: Array, *, learning_rate: float, epsilon: float) -> Array:
    root = np.sqrt(np.cumsum(np.square(gradients), axis=0)) + epsilon
    return after(parameter, learning_rate * gradients / root)


def rmsprop(
    parameter: Array, gradients: Array, *, learning_rate: float, decay: float, epsilon: float
) -> Array:
    s = weighted(decay, (1 - decay) * np.square(gradients))
    return after(parameter, learning_rate * gradients / (np.sqrt(s) + epsilon))


def adadelta(
    parameter: Array, gradients: Array, *, learning_rate: float, decay: float, epsilon: float
) -> Array:
    """s in closed form; d depends on the steps, which remain a loop."""
    moves(parameter, gradients)
    scaled = gradients / np.sqrt(weighted(decay, (1 - decay) * np.square(gradients)) + epsilon)
    steps, d = np.empty_like(gradients), np.zeros_like(parameter)
    for t, g in enumerate(scaled):
        squared = (d + epsilon) * np.square(g)
        steps[t] = np.sqrt(d + epsilon) * g
        d = decay * d + (1 - decay) * squared
    return after(parameter, learning_rate * steps)


def adam(
    parameter: Array, gradients: Array,
    *, learning_rate: float, beta1: float, beta2: float, epsilon: float,
) -> Array:  # fmt: skip
    """m̂_t is a mean with weights β₁^(t−i), and v̂_t likewise: each triangle divided by its row sums."""
    moves(parameter, gradients)
    m_hat, v_hat = (
        _mean(beta, terms) for beta, terms in ((beta1, gradients), (beta2, gradients * gradients))
    )
    return after(parameter, learning_rate * m_hat / (np.sqrt(v_hat) + epsilon))


def _mean(beta: float, terms: Array) -> Array:
    weights = powers(beta, terms)
    return times(weights / weights.sum(axis=1, keepdims=True), terms)


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "optimizers in closed form",
        {
            "sgd": sgd,
            "momentum": momentum,
            "adagrad": adagrad,
            "rmsprop": rmsprop,
            "adadelta": adadelta,
            "adam": adam,
        },
        "running sums, and products with triangles of powers",
    ),
)
