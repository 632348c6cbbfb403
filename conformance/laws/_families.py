"""Laws that whole families of operators obey: whatever is differentiated, whatever optimizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...spec import Operator
from ..program import Calls
from ._law import At, Law, Sides


def family(operator: Operator) -> tuple[Law, ...]:
    """The laws that follow from the declaration alone."""
    if operator.differentiable_inputs and not operator.random:
        return (_LINEAR,)
    if [a.name for a in operator.inputs] == ["parameter", "gradients"]:
        return (_PREFIX, _TRANSLATION)
    return ()


def _linear(calls: Calls, at: At) -> Iterator[Sides]:
    operator = at.case.operator
    halves = [c * calls.constant(0.5) for c in at.cotangents]
    rest = [c - h for c, h in zip(at.cotangents, halves, strict=True)]
    whole = _flat(calls.vjp(operator, at.cotangents, *at.inputs, **at.attributes))
    first = _flat(calls.vjp(operator, halves, *at.inputs, **at.attributes))
    second = _flat(calls.vjp(operator, rest, *at.inputs, **at.attributes))
    for w, a, b in zip(whole, first, second, strict=True):
        yield a + b, w


def _prefix(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    steps = (len(gradients) + 1) // 2
    whole = calls.forward(at.case.operator, parameter, gradients, **at.attributes)
    yield calls.forward(at.case.operator, parameter, gradients[:steps], **at.attributes), whole[:steps]


def _translation(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    origin = np.zeros_like(parameter)
    moved = calls.forward(at.case.operator, parameter, gradients, **at.attributes)
    yield parameter + calls.forward(at.case.operator, origin, gradients, **at.attributes), moved


def _flat(gradients: tuple[Any, ...]) -> list[Any]:
    return [g for entry in gradients for g in (entry if isinstance(entry, list) else [entry])]


_LINEAR = Law("linear", "the vjp is linear in the cotangents", _linear, backward=True)
_PREFIX = Law("prefix", "later gradients do not change earlier steps", _prefix)
_TRANSLATION = Law("translation", "the update does not depend on where the parameter stands", _translation)
