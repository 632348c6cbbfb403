"""Laws of the positional encoding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _circle(calls: Calls, at: At) -> Iterator[Sides]:
    sin, cos = _pairs(calls, at)
    yield sin * sin + cos * cos, 1.0


def _prefix(calls: Calls, at: At) -> Iterator[Sides]:
    length, width = at.attributes["length"], at.attributes["width"]
    shorter = (length + 1) // 2
    whole = calls.forward("positional_encoding", length=length, width=width)
    yield calls.forward("positional_encoding", length=shorter, width=width), whole[:shorter]


def _rotation(calls: Calls, at: At) -> Iterator[Sides]:
    length, width = at.attributes["length"], at.attributes["width"]
    k = length // 2
    if not k:
        return
    sin, cos = _pairs(calls, at)
    angle = k / 10000.0 ** (np.arange(0, width - 1, 2) / width)
    sin_k, cos_k = calls.constant(np.sin(angle)), calls.constant(np.cos(angle))
    # Beside the position, since no sine is more precise than its argument.
    position = calls.constant(np.arange(k, length, dtype=float)[:, None])
    yield position + sin[k:], position + (sin[:-k] * cos_k + cos[:-k] * sin_k)
    yield position + cos[k:], position + (cos[:-k] * cos_k - sin[:-k] * sin_k)


def _pairs(calls: Calls, at: At) -> tuple[Any, Any]:
    """The sines and the cosines of the pairs; an odd width ends on a sine without its cosine."""
    y = calls.constant(calls.forward("positional_encoding", **at.attributes))
    even = at.attributes["width"] // 2 * 2
    return y[:, 0:even:2], y[:, 1:even:2]


LAWS = (
    Law("circle", "y[p, 2i]² + y[p, 2i+1]² = 1", _circle),
    Law("prefix", "a shorter encoding is a prefix of a longer one", _prefix),
    Law("rotation", "y[p + k] is y[p] turned by the angles k / 10000^(2i/width)", _rotation),
)
