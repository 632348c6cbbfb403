"""Optimizers that are right in another way: in closed form, by running sums, with the step size folded."""

from __future__ import annotations

import numpy as np


def sgd(parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float) -> np.ndarray:
    return parameter - learning_rate * np.cumsum(gradients, axis=0)


def momentum(
    parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, momentum: float
) -> np.ndarray:
    """v_t = Σ_i μ^(t−i) g_i, as one product with a triangle of powers."""
    steps = np.arange(len(gradients))
    powers = np.tril(momentum ** np.maximum(steps[:, None] - steps, 0)).astype(parameter.dtype)
    v = np.tensordot(powers, gradients, 1)
    return parameter - learning_rate * np.cumsum(v, axis=0)


def adagrad(
    parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, epsilon: float
) -> np.ndarray:
    root = np.sqrt(np.cumsum(np.square(gradients), axis=0)) + epsilon
    return parameter - np.cumsum(learning_rate * gradients / root, axis=0)


def rmsprop(
    parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, decay: float, epsilon: float
) -> np.ndarray:
    """s ← s + (1 − ρ)(g² − s)."""
    s = np.zeros_like(parameter)
    after = np.empty_like(gradients)
    for t, g in enumerate(gradients):
        s = s + (1 - decay) * (g**2 - s)
        parameter = parameter - g * (learning_rate / (np.sqrt(s) + epsilon))
        after[t] = parameter
    return after


def adam(
    parameter: np.ndarray, gradients: np.ndarray,
    *, learning_rate: float, beta1: float, beta2: float, epsilon: float,
) -> np.ndarray:  # fmt: skip
    """Both corrections folded into the step size and ε (the end of section 2 of the paper)."""
    m, v = np.zeros_like(parameter), np.zeros_like(parameter)
    after = np.empty_like(gradients)
    for t, g in enumerate(gradients, 1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        root = np.sqrt(1 - beta2**t)
        parameter = parameter - (learning_rate * root / (1 - beta1**t)).astype(g.dtype) * m / (
            np.sqrt(v) + (epsilon * root).astype(g.dtype)
        )
        after[t - 1] = parameter
    return after


def clip_by_global_norm(gradients: list[np.ndarray], *, max_norm: float) -> list[np.ndarray]:
    """By the norm of the norms."""
    norm = np.linalg.norm([np.linalg.norm(g.ravel()) for g in gradients])
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * g.dtype.type(np.nan if np.isnan(norm) else scale) for g in gradients]
