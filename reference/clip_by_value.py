"""Gradient clipping by value (Mikolov 2012): gradient ← min(max(gradient, −limit), limit).

gradient[...] → the same, into [−limit, limit]; NaN stays NaN.
"""

import numpy as np

from . import Array
from ._validate import number


def clip_by_value(gradient: Array, *, limit: float) -> Array:
    number("clip_by_value", "at least 0", lambda value: value >= 0, limit=limit)
    return np.minimum(np.maximum(gradient, -limit), limit)
