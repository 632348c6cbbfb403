"""The one-hot code (dummy variables, Suits 1957): y[..., k] = 1 where indices[...] = k, else 0.

indices int[...] in 0 … depth−1 → y[..., depth], float64. Nothing in it is differentiable.
"""

import numpy as np

from . import Array
from ._validate import number, within


def one_hot(indices: Array, *, depth: int) -> Array:
    number("one_hot", "at least 1", lambda value: value >= 1, depth=depth)
    within("one_hot", 0, depth - 1, indices=indices)
    return np.where(indices[..., None] == np.arange(depth), 1.0, 0.0)
