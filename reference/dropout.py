"""Inverted dropout with a given mask (Srivastava et al. 2014): y = x / (1 − rate) where kept, else 0.

x[...], keep bool[...] → y[...]. It is linear and elementwise, hence its own gradient: dx = dropout(dy).
"""

import numpy as np

from . import Array
from ._validate import agree, boolean, number


def dropout(x: Array, keep: Array, *, rate: float) -> Array:
    agree("dropout", x=x, keep=keep)
    boolean("dropout", keep=keep)
    return drop(x, keep, rate)


def dropout_vjp(dy: Array, x: Array, keep: Array, *, rate: float) -> tuple[Array]:
    agree("dropout", x=x, dy=dy)
    return (dropout(dy, keep, rate=rate),)


def drop(x: Array, keep: Array, rate: float) -> Array:
    """Dropout, of whichever mask."""
    number("dropout", "in [0, 1)", lambda value: 0 <= value < 1, rate=rate)
    return np.where(keep, x, 0) / (1 - rate)  # chosen, not multiplied: what is dropped may be NaN
