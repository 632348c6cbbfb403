"""The softmax (Bridle 1990): y_k = exp(x_k) / Σ_j exp(x_j), over the last axis.

x[..., K] → y[..., K]. dx = y ⊙ (dy − Σ_k dy_k y_k).
"""

import numpy as np

from . import Array
from ._validate import agree


def softmax(x: Array) -> Array:
    if not x.shape or not x.shape[-1]:
        raise ValueError(f"softmax: x has shape {x.shape}, without a last axis of one class or more")
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))  # the same y under any shift: this one cannot overflow
    return e / np.sum(e, axis=-1, keepdims=True)


def softmax_vjp(dy: Array, x: Array) -> tuple[Array]:
    agree("softmax", x=x, dy=dy)
    y = softmax(x)
    return (y * (dy - np.sum(dy * y, axis=-1, keepdims=True)),)
