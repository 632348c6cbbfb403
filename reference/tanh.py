"""The hyperbolic tangent (as an activation LeCun, Bottou, Orr & Müller 1998): y = tanh(x).

x[...] → y[...], of any shape. dx = dy ⊙ (1 − y²).
"""

import numpy as np

from . import Array
from ._validate import agree


def tanh(x: Array) -> Array:
    return np.tanh(x)


def tanh_vjp(dy: Array, x: Array) -> tuple[Array]:
    agree("tanh", x=x, dy=dy)
    y = tanh(x)
    return (dy * (1 - y * y),)
