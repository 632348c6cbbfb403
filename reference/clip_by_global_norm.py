"""Gradient clipping by the joint norm (Pascanu, Mikolov & Bengio 2013).

gradients: list of [...] → list of [...], scaled by min(1, max_norm / norm): as they were where the norm is
within. norm = √Σ gradient², over every entry of every array. `epsilon_convention` is added to the norm.
"""

from collections.abc import Sequence

import numpy as np

from . import Array
from ._validate import number


def clip_by_global_norm(
    gradients: Sequence[Array], *, max_norm: float, epsilon_convention: float = 0
) -> list[Array]:
    number("clip_by_global_norm", "positive", lambda value: value > 0, max_norm=max_norm)
    # In units of the largest entry no square overflows; zeros, in units of max_norm, divide by no zero.
    unit: Array = max_norm
    for gradient in gradients:
        unit = np.maximum(unit, np.max(np.abs(gradient)))
    squares: Array = 0
    for gradient in gradients:
        squares = squares + np.sum((gradient / unit) * (gradient / unit))
    norm = unit * np.sqrt(squares)
    scale = max_norm / np.maximum(norm + epsilon_convention, max_norm)  # exactly 1 where the norm is within
    return [gradient * scale for gradient in gradients]
