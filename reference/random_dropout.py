"""Dropout that draws its own mask (Srivastava et al. 2014): y = x / (1 − rate), or 0 with probability `rate`.

x[...] → y[...]. Every call draws afresh, the gradient's too: who needs one mask for both takes `dropout`.
"""

import numpy as np

from . import Array
from ._validate import agree
from .dropout import drop


def random_dropout(x: Array, *, rate: float) -> Array:
    keep = np.random.default_rng().random(x.shape) >= rate
    return drop(x, keep, rate)


def random_dropout_vjp(dy: Array, x: Array, *, rate: float) -> tuple[Array]:
    agree("random_dropout", x=x, dy=dy)
    return (random_dropout(dy, rate=rate),)
