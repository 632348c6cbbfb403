"""The logistic function (Verhulst 1845): y = σ(x) = 1 / (1 + exp(−x)).

x[...] → y[...], of any shape. dx = dy ⊙ y ⊙ (1 − y).
"""

import numpy as np

from . import Array
from ._validate import agree


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))  # in (0, 1]: cannot overflow, and keeps its relative accuracy in both tails
    return np.where(x >= 0, 1, e) / (1 + e)


def sigmoid_vjp(dy: Array, x: Array) -> tuple[Array]:
    agree("sigmoid", x=x, dy=dy)
    y = sigmoid(x)
    return (dy * (y * (1 - y)),)
