"""Whether two results are the same numbers: to tell explanations apart, and to compare calls of a backend.

This is not the tolerance of a verdict on what is due: an explanation has to hit every number to a few
thousand rounding errors, in many calls, where what it competes with differs in the first digits.
"""

from __future__ import annotations

import numpy as np

from .precision import Precision

_ROUNDINGS = 2.0**12
_FLOOR = 1e-2
"""Numbers below this share of the largest, or of 1, are compared with that share: digits may cancel."""
_APART = 50.0


def alike(a: np.ndarray, b: np.ndarray, format_: Precision, slack: float = 1.0) -> bool:
    """Whether they are the same numbers; NaN and infinities in the same places."""
    if a.shape != b.shape:
        return False
    if a.dtype.kind in "iub" and b.dtype.kind in "iub":
        return bool(np.array_equal(a, b))
    finite = np.isfinite(a) & np.isfinite(b)
    with np.errstate(invalid="ignore", over="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        size = np.where(finite, np.abs(b), 0.0)
        allowed = slack * min(_ROUNDINGS * format_.unit, 0.02) * (size + _FLOOR * np.max(size, initial=1.0))
        return bool(
            np.all(same | (finite & (np.abs(np.where(finite, a - b, 0.0)) <= allowed + format_.tiny)))
        )


def unlike(a: np.ndarray, b: np.ndarray, format_: Precision) -> bool:
    """Whether they are not."""
    return not alike(a, b, format_)


def apart(a: np.ndarray, b: np.ndarray, format_: Precision) -> bool:
    """Whether they are clearly not the same."""
    return not alike(a, b, format_, _APART)
