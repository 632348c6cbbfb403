"""What every variant refuses, and which steps and keys count."""

from __future__ import annotations

import re
from functools import cache

import numpy as np


@cache
def _axes(pattern: str) -> tuple[tuple[str, int], ...]:
    """Each axis of "DH4" as a letter and a factor: ("D", 1), ("H", 4)."""
    return tuple((letter, int(factor or 1)) for letter, factor in re.findall(r"([A-Z])(\d*)", pattern))


def fits(pattern: str, *arrays: np.ndarray) -> dict[str, int]:
    """The sizes by letter: `fits("TND DH4 H", x, weight, bias)`, where H4 is 4H. Raises ValueError."""
    sizes: dict[str, int] = {}
    for axes, array in zip(pattern.split(), arrays, strict=True):
        due = _axes(axes)
        fit = len(due) == array.ndim
        for (letter, factor), size in zip(due, array.shape, strict=False):
            count, rest = divmod(size, factor)
            fit = fit and rest == 0 and sizes.setdefault(letter, count) == count
        if not fit:
            raise ValueError(f"a shape of {array.shape} is no [{axes}] with {sizes}")
    return sizes


def alike(*arrays: np.ndarray) -> None:
    """Raises ValueError where shapes differ."""
    if len({array.shape for array in arrays}) > 1:
        raise ValueError(f"shapes differ: {[array.shape for array in arrays]}")


def within(indices: np.ndarray, size: int, first: int = 0) -> None:
    """Raises IndexError for an index that is not in first … first + size − 1."""
    if indices.size and not first <= indices.min() <= indices.max() < first + size:
        raise IndexError(f"an index is not in {first} … {first + size - 1}")


def steps_of(lengths: np.ndarray | None, N: int, T: int) -> np.ndarray:
    """How many steps each sequence has: int[N]."""
    if lengths is None:
        return np.full(N, T)
    if lengths.shape != (N,):
        raise ValueError(f"{lengths.shape} lengths for {N} sequences")
    within(lengths, T, first=1)
    return lengths


def visible(
    query: np.ndarray, key: np.ndarray, causal: bool = False, mask: np.ndarray | None = None
) -> np.ndarray:
    """Which keys each query sees: bool[N, L, S]."""
    seen = np.ones((len(query), query.shape[1], key.shape[1]), bool)
    if mask is not None and (mask.shape != seen.shape or mask.dtype != bool):
        raise ValueError(f"a mask of {mask.dtype}{mask.shape} for {seen.shape}")
    seen = (np.tril(seen) if causal else seen) & (True if mask is None else mask)
    if not seen.any(axis=-1).all():
        raise ValueError("a query sees no key")
    return seen


def moves(parameter: np.ndarray, gradients: np.ndarray) -> None:
    """Raises ValueError where gradients[P, ...] are none of parameter[...]."""
    if gradients.ndim != parameter.ndim + 1 or gradients.shape[1:] != parameter.shape or not len(gradients):
        raise ValueError(f"gradients of {gradients.shape} for a parameter of {parameter.shape}")
