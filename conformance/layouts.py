"""How arrays lie in memory: by name, so that a case can say it in a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _strided(array: np.ndarray) -> np.ndarray:
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype) if array.ndim else array
    if array.ndim:
        wide[..., ::2] = array
    return wide[..., ::2] if array.ndim else array


def _read_only(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flags.writeable = False
    return array


def _broadcast(array: np.ndarray) -> np.ndarray:
    """The first row repeated by a stride of 0."""
    return np.broadcast_to(array[:1], array.shape) if array.ndim and len(array) else array


def _reversed(array: np.ndarray) -> np.ndarray:
    """The same numbers in the same places, read backwards from memory."""
    return np.flip(np.flip(array).copy()) if array.ndim else array


def _rows(array: np.ndarray) -> np.ndarray:
    """The later part of a longer array: contiguous, but not at its beginning."""
    return np.concatenate([array[:1], array])[1:] if array.ndim and len(array) else array


def _columns(array: np.ndarray) -> np.ndarray:
    """The first columns of a wider array: every row followed by numbers that are not its own."""
    return np.concatenate([array, array[..., ::-1]], axis=-1)[..., : array.shape[-1]] if array.ndim else array


def _expanded(array: np.ndarray) -> np.ndarray:
    """One number, repeated by strides of 0: the cotangent of a sum."""
    return np.broadcast_to(array[(0,) * array.ndim], array.shape) if array.size else array


CROSSED, ONE_BUFFER = "crossed", "one buffer"
"""Layouts of all the arrays of a call together, which `case` makes; each by itself lies plain."""

LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": lambda array: array,
    "strided": _strided,
    "transposed": lambda array: np.array(array, order="F"),
    "read-only": _read_only,
    "broadcast": _broadcast,
    "reversed": _reversed,
    "rows": _rows,
    "columns": _columns,
    "expanded": _expanded,
    CROSSED: lambda array: array,
    ONE_BUFFER: lambda array: array,
}
"""How an array may lie in memory, by name."""


def laid_out(array: np.ndarray, layout: str, place: int) -> np.ndarray:
    """In this layout; `crossed` has every second input, and the cotangents, in another one than the first."""
    if layout == CROSSED:
        layout = "transposed" if place % 2 else "plain"
    return LAYOUTS[layout](array)


def in_one_buffer(*given: list[Any]) -> list[list[Any]]:
    """The same real arrays side by side in one piece of memory, which all of them have as their base."""
    flat = [
        x for values in given for value in values for x in (value if isinstance(value, list) else [value])
    ]
    real = [x for x in flat if x.dtype.kind not in "iub"]
    buffer = np.concatenate([x.ravel() for x in real]) if real else np.empty(0)
    ends = np.cumsum([x.size for x in real])
    views = iter(buffer[end - x.size : end].reshape(x.shape) for x, end in zip(real, ends, strict=True))

    def view(value: Any) -> Any:
        if isinstance(value, list):
            return [view(x) for x in value]
        return value if value.dtype.kind in "iub" else next(views)

    return [[view(value) for value in values] for values in given]
