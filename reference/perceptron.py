"""One layer of neurons (Rosenblatt 1958): y = g(a), a = bias + x @ weight.

x[N,D], weight[D,H], bias[H] → y[N,H].
With da = dy ⊙ g'(a): dx = da @ weightᵀ, dweight = xᵀ @ da, dbias = Σ_n da[n].
"""

import numpy as np

from . import Array
from ._activations import activation_of
from ._validate import agree, fit


def perceptron(x: Array, weight: Array, bias: Array, *, activation: str) -> Array:
    g, _ = activation_of("perceptron", activation)
    return g(_forward(x, weight, bias))


def perceptron_vjp(
    dy: Array, x: Array, weight: Array, bias: Array, *, activation: str
) -> tuple[Array, Array, Array]:
    a = _forward(x, weight, bias)
    agree("perceptron", y=a, dy=dy)
    _, g_vjp = activation_of("perceptron", activation)
    (da,) = g_vjp(dy, a)  # [N, H]
    return da @ weight.T, x.T @ da, np.sum(da, axis=0)


def _forward(x: Array, weight: Array, bias: Array) -> Array:
    """a[N,H]."""
    fit("perceptron", x=(x, "N* D"), weight=(weight, "D H"), bias=(bias, "H"))
    return bias + x @ weight
