"""Laws of clipping by value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _idempotent(calls: Calls, at: At) -> Iterator[Sides]:
    clipped = calls.forward("clip_by_value", *at.inputs, **at.attributes)
    yield calls.forward("clip_by_value", clipped, **at.attributes), clipped


def _odd(calls: Calls, at: At) -> Iterator[Sides]:
    (gradient,) = at.inputs
    mirrored = calls.forward("clip_by_value", -gradient, **at.attributes)
    yield -mirrored, calls.forward("clip_by_value", gradient, **at.attributes)


def _within(calls: Calls, at: At) -> Iterator[Sides]:
    clipped = calls.forward("clip_by_value", *at.inputs, **at.attributes)
    limit = calls.constant(at.attributes["limit"])
    yield np.maximum(np.abs(clipped), limit), limit


LAWS = (
    Law("idempotent", "clip(clip(g)) = clip(g)", _idempotent),
    Law("odd", "clip(−g) = −clip(g)", _odd),
    Law("within", "|clip(g)| ≤ limit", _within),
)
