"""The multilayer perceptron (Rumelhart, Hinton & Williams 1986).

h_0 = x, a_i = h_i @ weights_i + biases_i, h_(i+1) = g(a_i); the last layer is linear, y = a_(n−1).
x[N,D0], weights: list of [Di,Di+1], biases: list of [Di+1] → y[N,Dn].
Backwards: da_i = dh_(i+1) ⊙ g'(a_i), dh_i = da_i @ weights_iᵀ, dweights_i = h_iᵀ @ da_i, dbiases_i = Σ da_i.
"""

from collections.abc import Sequence

import numpy as np

from . import Array
from ._activations import activation_of
from ._validate import agree, fit


def mlp(x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str) -> Array:
    _, a = _forward(x, weights, biases, activation)
    return a[-1]


def mlp_vjp(
    dy: Array, x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str
) -> tuple[Array, list[Array], list[Array]]:
    h, a = _forward(x, weights, biases, activation)
    agree("mlp", y=a[-1], dy=dy)
    _, g_vjp = activation_of("mlp", activation)
    dweights, dbiases = [], []
    da = dy  # the last layer is linear
    for i in reversed(range(len(weights))):
        dweights.append(h[i].T @ da)
        dbiases.append(np.sum(da, axis=0))
        dh = da @ weights[i].T  # [N, Di]
        if i > 0:
            (da,) = g_vjp(dh, a[i - 1])
    return dh, dweights[::-1], dbiases[::-1]


def _forward(
    x: Array, weights: Sequence[Array], biases: Sequence[Array], activation: str
) -> tuple[list[Array], list[Array]]:
    """h_0 … h_(n−1), what goes into each layer, and a_0 … a_(n−1) = y, what it makes of it."""
    if not len(weights) == len(biases) >= 1:
        raise ValueError(f"mlp: {len(weights)} weights and {len(biases)} biases do not make layers")
    named = {f"weights[{i}]": (weight, f"D{i} D{i + 1}") for i, weight in enumerate(weights)}
    named |= {f"biases[{i}]": (bias, f"D{i + 1}") for i, bias in enumerate(biases)}
    fit("mlp", x=(x, "N D0"), **named)
    g, _ = activation_of("mlp", activation)
    h, a = [x], [x @ weights[0] + biases[0]]
    for weight, bias in zip(weights[1:], biases[1:], strict=True):
        h.append(g(a[-1]))
        a.append(h[-1] @ weight + bias)
    return h, a
