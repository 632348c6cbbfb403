"""The sinusoidal positional encoding (Vaswani et al. 2017).

→ y[length, width], float64: column 2i is the sine of pos / 10000^(2i/width), and column 2i+1 its cosine.
An odd width ends in a sine. Nothing in it is differentiable.
"""

import numpy as np

from . import Array
from ._validate import number


def positional_encoding(*, length: int, width: int, base_convention: float = 10000.0) -> Array:
    number("positional_encoding", "at least 1", lambda value: value >= 1, length=length, width=width)
    column = np.arange(width)
    even = column - column % 2  # 2i, for both columns of a pair
    angle = np.arange(length)[:, None] / base_convention ** (even / width)  # [length, width]
    return np.where(column == even, np.sin(angle), np.cos(angle))
