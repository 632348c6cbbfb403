"""The dtypes a backend may declare, and what each promises."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .errors import Unusable

SLACK = 12.0
"""How many standard deviations of the noisy reference an honest result may be off (docs/calibration.md)."""


@dataclass(frozen=True)
class Precision:
    """A floating-point format: `unit` is the relative error of a rounding, `tiny` what underflow may lose."""

    name: str
    dtype: np.dtype[Any]
    unit: float
    tiny: float
    largest: float

    def holds(self, value: float) -> bool:
        """Whether the format represents `value` without rounding it."""
        return bool(float(np.asarray(value).astype(self.dtype)) == value)

    def reaches(self, value: float) -> bool:
        """Whether `value` keeps its size in this format, neither overflowing nor vanishing."""
        rounded = float(np.asarray(value).astype(self.dtype))
        return bool(np.isfinite(rounded) and (rounded != 0 or value == 0))

    def round(self, array: np.ndarray) -> np.ndarray:
        """`array` with every entry rounded to this format, as float64."""
        return array.astype(self.dtype).astype(np.float64)


DTYPES = ("float64", "float32", "float16", "bfloat16")
"""Every dtype a backend may declare, most precise first."""


@cache
def precision(name: str) -> Precision:
    """The format called `name`. Raises Unusable where it is unknown, or needs a package that is missing."""
    if name not in DTYPES:
        raise Unusable(f"unknown dtype {name!r}: a backend declares some of {', '.join(reversed(DTYPES))}")
    if name == "bfloat16":
        try:
            import ml_dtypes
        except ImportError:
            raise Unusable("bfloat16 needs ml_dtypes: pip install 'gradspec[bfloat16]'") from None
        dtype: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
        info: Any = ml_dtypes.finfo(dtype)
    else:
        dtype = np.dtype(name)
        info = np.finfo(dtype)
    # Half precision is kept down to its subnormals everywhere; the wider formats are often flushed to zero
    # below the normals.
    tiny = info.smallest_subnormal if name == "float16" else info.smallest_normal
    return Precision(name, dtype, float(info.eps) / 2, float(tiny), float(info.max))
