"""Ways to add up: `total(terms, axis)`, and what of them is a way to multiply matrices, `dot(a, b)`."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

Total = Callable[[np.ndarray, int], np.ndarray]
Dot = Callable[[np.ndarray, np.ndarray], np.ndarray]


def plain(terms: np.ndarray, axis: int) -> np.ndarray:
    return np.sum(terms, axis=axis)


def last_to_first(terms: np.ndarray, axis: int) -> np.ndarray:
    terms = np.moveaxis(terms, axis, 0)
    total = np.zeros_like(terms, shape=terms.shape[1:])
    for term in terms[::-1]:
        total = total + term
    return total


_ORDERS = np.random.default_rng(7)


def in_any_order(terms: np.ndarray, axis: int) -> np.ndarray:
    """In another order in every call, as threads do that add up whenever they are done."""
    terms = np.moveaxis(terms, axis, 0)
    return last_to_first(terms[_ORDERS.permutation(len(terms))], 0)


def pairwise(terms: np.ndarray, axis: int) -> np.ndarray:
    """Neighbours first, then pairs of pairs: the error grows with log n."""
    terms = np.moveaxis(terms, axis, 0)
    while len(terms) > 1:
        even = len(terms) // 2 * 2
        terms = np.concatenate([terms[:even:2] + terms[1:even:2], terms[even:]])
    return terms.sum(axis=0)


def compensated(terms: np.ndarray, axis: int) -> np.ndarray:
    """What each addition loses is added up beside it (Neumaier 1974)."""
    terms = np.moveaxis(terms, axis, 0)
    total = np.zeros_like(terms, shape=terms.shape[1:])
    lost = np.zeros_like(total)
    for term in terms:
        now = total + term
        lost = lost + np.where(np.abs(total) >= np.abs(term), (total - now) + term, (term - now) + total)
        total = now
    return np.where(np.isfinite(lost), total + lost, total)  # of an infinity nothing is lost


def eight_lanes(terms: np.ndarray, axis: int) -> np.ndarray:
    """Every eighth term into the same register, and the registers by halves, as vector units do."""
    terms = np.moveaxis(terms, axis, 0)
    lanes = np.zeros_like(terms, shape=(8, *terms.shape[1:]))
    for start in range(0, len(terms), 8):
        block = terms[start : start + 8]
        lanes[: len(block)] += block
    for half in (4, 2, 1):
        lanes = lanes[:half] + lanes[half:]
    return lanes[0]


def strided(terms: np.ndarray, axis: int) -> np.ndarray:
    """The terms at even places and those at odd ones, each by NumPy over a strided view."""
    terms = np.moveaxis(terms, axis, -1)
    return terms[..., ::2].sum(axis=-1) + terms[..., 1::2].sum(axis=-1)


def rounded_once(terms: np.ndarray, axis: int) -> np.ndarray:
    """math.fsum: the exact sum of the terms, rounded."""
    terms = np.moveaxis(terms, axis, 0)
    columns = terms.reshape(len(terms), math.prod(terms.shape[1:])).T
    try:
        sums = [math.fsum(column) for column in columns.tolist()]
    except (OverflowError, ValueError):  # an infinity among the terms or on the way: as IEEE 754 adds
        return terms.sum(axis=0)
    return np.array(sums, terms.dtype).reshape(terms.shape[1:])


def wide(array: np.ndarray) -> np.ndarray:
    """float64 for float32, longdouble for float64."""
    return array.astype(np.float64 if array.dtype == np.float32 else np.longdouble)


def in_wider(terms: np.ndarray, axis: int) -> np.ndarray:
    return wide(terms).sum(axis=axis).astype(terms.dtype)


def by(total: Total) -> Dot:
    """All products first, then their sums in that order."""
    return lambda a, b: total(a[..., :, :, None] * b[..., None, :, :], -2)
