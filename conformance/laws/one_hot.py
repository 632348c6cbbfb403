"""Laws of the one-hot code."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _total(calls: Calls, at: At) -> Iterator[Sides]:
    yield np.sum(calls.forward("one_hot", *at.inputs, **at.attributes), axis=-1), 1.0


def _binary(calls: Calls, at: At) -> Iterator[Sides]:
    y = calls.forward("one_hot", *at.inputs, **at.attributes)
    yield y * y, y


def _position(calls: Calls, at: At) -> Iterator[Sides]:
    (indices,) = at.inputs
    yield calls.forward("one_hot", indices, **at.attributes) @ np.arange(at.attributes["depth"]), indices


LAWS = (
    Law("total", "Σ_k y[k] = 1", _total),
    Law("binary", "y[k] is 0 or 1: y² = y", _binary),
    Law("position", "Σ_k k y[k] = index", _position),
)
