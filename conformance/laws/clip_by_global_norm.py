"""Laws of clipping by the joint norm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _idempotent(calls: Calls, at: At) -> Iterator[Sides]:
    clipped = calls.forward("clip_by_global_norm", *at.inputs, **at.attributes)
    yield from zip(calls.forward("clip_by_global_norm", clipped, **at.attributes), clipped, strict=True)


def _direction(calls: Calls, at: At) -> Iterator[Sides]:
    (gradients,) = at.inputs
    g, clipped = _joined(gradients), _joined(calls.forward("clip_by_global_norm", gradients, **at.attributes))
    # c ∝ g, without a division by a norm that may be 0
    yield clipped * np.sum(g * g), g * np.sum(clipped * g)


def _within(calls: Calls, at: At) -> Iterator[Sides]:
    clipped = _joined(calls.forward("clip_by_global_norm", *at.inputs, **at.attributes))
    max_norm = calls.constant(at.attributes["max_norm"])
    yield np.maximum(np.sqrt(np.sum(clipped * clipped)), max_norm), max_norm


def _division(calls: Calls, at: At) -> Iterator[Sides]:
    (gradients,) = at.inputs
    (joined,) = calls.forward("clip_by_global_norm", [_joined(gradients)], **at.attributes)
    yield joined, _joined(calls.forward("clip_by_global_norm", gradients, **at.attributes))


def _joined(arrays: Sequence[Any]) -> Any:
    """All entries of all arrays, in one."""
    return np.concatenate([array.reshape(-1) for array in arrays])


LAWS = (
    Law("idempotent", "clip(clip(g)) = clip(g)", _idempotent),
    Law("direction", "clip(g) ∝ g, over all arrays together", _direction),
    Law("within", "‖clip(g)‖ ≤ max_norm", _within),
    Law("division", "how the entries are divided into arrays changes nothing", _division),
)
