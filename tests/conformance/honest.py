"""Right in another way: implementations that round elsewhere than the reference does, and must conform.

Elementwise functions and layers; losses, optimizers and sequences have modules of their own beside this one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """(1 + tanh(x/2)) / 2, but for the left tail, where that would cancel."""
    e = np.exp(np.minimum(x, 0))
    return np.where(x > -1, 0.5 + 0.5 * np.tanh(0.5 * x), e / (1 + e)).astype(x.dtype)


def sigmoid_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
    return (dy * sigmoid(x) * sigmoid(-x),)


def tanh(x: np.ndarray) -> np.ndarray:
    e = np.expm1(-2 * np.abs(x))
    return np.copysign(-e / (2 + e), x)


def tanh_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
    """By sech², which keeps its digits in the tails."""
    e = np.exp(-2 * np.abs(x))
    return (dy * 4 * e / (1 + e) ** 2,)


def relu(x: np.ndarray) -> np.ndarray:
    return (x + np.abs(x)) / 2


def relu_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
    return (dy * (x > 0),)


def log_softmax(x: np.ndarray) -> np.ndarray:
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(x: np.ndarray) -> np.ndarray:
    return np.exp(log_softmax(x))


def softmax_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
    """By the Jacobian diag(y) − y yᵀ, written out."""
    y = softmax(x)
    jacobian = y[..., None] * (np.eye(x.shape[-1], dtype=x.dtype) - y[..., None, :])
    return (np.einsum("...ij,...i->...j", jacobian, dy),)


_ACTIVATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "identity": (lambda x: x, lambda dy, x: (dy,)),
    "sigmoid": (sigmoid, sigmoid_vjp),
    "tanh": (tanh, tanh_vjp),
    "relu": (relu, relu_vjp),
}


def _affine(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The terms summed from the last to the first, the bias at the end."""
    total = np.zeros((len(x), weight.shape[1]), x.dtype)
    for column, row in zip(x.T[::-1], weight[::-1], strict=True):
        total += column[:, None] * row
    return total + bias


def perceptron(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, activation: str) -> np.ndarray:
    return _ACTIVATIONS[activation][0](_affine(x, weight, bias))


def perceptron_vjp(
    dy: np.ndarray, x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, activation: str
) -> tuple[np.ndarray, ...]:
    (da,) = _ACTIVATIONS[activation][1](dy, _affine(x, weight, bias))
    dweight = (x[:, :, None] * da[:, None, :])[::-1].sum(axis=0)
    return np.einsum("nh,dh->nd", da, weight), dweight, da[::-1].sum(axis=0)


def _wide(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float64 if array.dtype == np.float32 else np.longdouble)


def mlp(x: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray], *, activation: str) -> np.ndarray:
    """Accumulated in a wider format, rounded once at the end."""
    h = _wide(x)
    for i, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        h = (h if i == 0 else _ACTIVATIONS[activation][0](h)) @ _wide(weight) + _wide(bias)
    return h.astype(x.dtype)


def mlp_vjp(
    dy: np.ndarray, x: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray], *, activation: str
) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """By a tape of pullbacks."""
    g, g_vjp = _ACTIVATIONS[activation]
    tape: list[Callable[[np.ndarray], np.ndarray]] = []
    dweights: list[np.ndarray] = []
    dbiases: list[np.ndarray] = []

    def affine(h: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
        def pullback(da: np.ndarray) -> np.ndarray:
            dweights.insert(0, np.einsum("nd,nh->dh", h, da))
            dbiases.insert(0, np.ones(len(da), da.dtype) @ da)
            return np.einsum("nh,dh->nd", da, weight)

        tape.append(pullback)
        return h @ weight + bias

    a = affine(x, weights[0], biases[0])
    for weight, bias in zip(weights[1:], biases[1:], strict=True):
        tape.append(lambda dh, a=a: g_vjp(dh, a)[0])
        a = affine(g(a), weight, bias)
    for pullback in reversed(tape):
        dy = pullback(dy)
    return dy, dweights, dbiases


def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
    hold_within(indices, len(table))
    return table.take(indices, axis=0)


def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
    one_hot = np.eye(len(table), dtype=table.dtype)[indices.ravel()]
    return (one_hot.T @ dy.reshape(indices.size, table.shape[1]),)


def hold_within(indices: np.ndarray, size: int) -> None:
    if indices.size and not 0 <= indices.min() <= indices.max() < size:
        raise IndexError(f"an index is not in 0 … {size - 1}")
