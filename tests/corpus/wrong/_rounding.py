"""What is computed in a coarser format than the one of the numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fault import Functions, of_reference


def through(coarse: str, *names: str) -> Callable[[], Functions]:
    """These functions of the reference on numbers rounded to `coarse`, their results in the dtype due."""
    return lambda: {name: _through(np.dtype(coarse), of_reference(name)) for name in names}


def rounded(array: np.ndarray, coarse: str) -> np.ndarray:
    """The array with the numbers of the coarser format, in its own dtype."""
    with np.errstate(all="ignore"):
        return array.astype(coarse).astype(array.dtype)


def _through(coarse: np.dtype, function: Callable[..., Any]) -> Callable[..., Any]:
    def computed(*arrays: np.ndarray, **attributes: Any) -> Any:
        dtype = next(array.dtype for array in arrays if array.dtype.kind == "f")

        def narrow(array: np.ndarray) -> np.ndarray:
            coarser = array.dtype.kind == "f" and coarse.itemsize < array.dtype.itemsize
            return array.astype(coarse) if coarser else array

        with np.errstate(all="ignore"):
            results = function(*map(narrow, arrays), **attributes)
            if isinstance(results, tuple):
                return tuple(np.asarray(result).astype(dtype) for result in results)
            return np.asarray(results).astype(dtype)

    return computed
