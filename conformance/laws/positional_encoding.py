"""Laws of the positional encoding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..program import Calls
from ._law import At, Law, Sides


def _circle(calls: Calls, at: At) -> Iterator[Sides]:
    sin, cos = _pairs(calls, at)
    yield sin * sin + cos * cos, 1.0


def _prefix(calls: Calls, at: At) -> Iterator[Sides]:
    shorter = (at.attributes["length"] + 1) // 2
    whole = calls.forward("positional_encoding", **at.attributes)
    yield calls.forward("positional_encoding", **{**at.attributes, "length": shorter}), whole[:shorter]


def _rotation(calls: Calls, at: At) -> Iterator[Sides]:
    sin, cos = _pairs(calls, at)
    k = at.attributes["length"] // 2
    if k:
        sin_k, cos_k = sin[k], cos[k]
        yield sin[k:], sin[:-k] * cos_k + cos[:-k] * sin_k
        yield cos[k:], cos[:-k] * cos_k - sin[:-k] * sin_k


def _pairs(calls: Calls, at: At) -> tuple[Any, Any]:
    """The sines and the cosines of the pairs; an odd width ends on a sine without its cosine."""
    y = calls.forward("positional_encoding", **at.attributes)
    even = at.attributes["width"] // 2 * 2
    return y[:, 0:even:2], y[:, 1:even:2]


LAWS = (
    Law("circle", "y[p, 2i]² + y[p, 2i+1]² = 1", _circle),
    Law("prefix", "a shorter encoding is a prefix of a longer one", _prefix),
    Law("rotation", "y[p + k] is y[p] turned by the angles of y[k]", _rotation),
)
