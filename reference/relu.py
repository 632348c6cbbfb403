"""The rectified linear unit (Nair & Hinton 2010): y = max(x, 0).

x[...] → y[...], of any shape. dx = dy where x > 0, else 0: at the kink any derivative in [0, 1] would do.
"""

import numpy as np

from . import Array
from ._validate import agree, one_of


def relu(x: Array, *, nan_convention: str = "propagate") -> Array:
    one_of("relu", "propagate", "zero", nan_convention=nan_convention)
    if nan_convention == "zero":
        return np.where(x > 0, x, 0)
    return np.maximum(x, 0)


def relu_vjp(dy: Array, x: Array) -> tuple[Array]:
    agree("relu", x=x, dy=dy)
    return (np.where(x > 0, dy, 0),)
