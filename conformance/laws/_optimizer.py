"""Laws of the optimizers; what all of them obey follows from the declaration and stands with the families."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _entries(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    P = gradients.shape[0]
    reordered = parameter.reshape(-1)[::-1], gradients.reshape(P, -1)[:, ::-1]
    whole = calls.forward(at.case.operator, parameter, gradients, **at.attributes)
    yield calls.forward(at.case.operator, *reordered, **at.attributes)[:, ::-1], whole.reshape(P, -1)


def _rest(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    stayed = calls.forward(at.case.operator, parameter, np.zeros_like(gradients), **_exact(at))
    yield stayed, np.broadcast_to(parameter, gradients.shape)


def _mirror(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    there = calls.forward(at.case.operator, parameter, gradients, **at.attributes)
    back = calls.forward(at.case.operator, parameter, -gradients, **at.attributes)
    yield there - parameter, parameter - back


def _homogeneous(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    once = calls.forward(at.case.operator, parameter, gradients, **at.attributes) - parameter
    twice = calls.forward(at.case.operator, parameter, gradients + gradients, **at.attributes) - parameter
    yield twice, once + once


def _delay(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    late = np.concatenate([np.zeros_like(gradients[:1]), gradients])
    attributes = _exact(at)
    delayed = calls.forward(at.case.operator, parameter, late, **attributes)
    due = calls.forward(at.case.operator, parameter, gradients, **attributes)
    yield delayed, np.concatenate([parameter[None], due])


def _exact(at: At) -> dict[str, Any]:
    """The attributes, with values that no dtype rounds to 0 or 1: else a zero gradient is divided by 0."""
    exact = {"epsilon": 0.25, "decay": 0.5, "beta1": 0.5, "beta2": 0.5}
    return {name: exact.get(name, value) for name, value in at.attributes.items()}


ENTRIES = Law("entries", "each entry takes its own steps: permuting the entries permutes them", _entries)
REST = Law("rest", "zero gradients leave the parameter where it is", _rest)
MIRROR = Law("mirror", "−g steps as far as g, the other way", _mirror)
HOMOGENEOUS = Law("homogeneous", "2g steps twice as far as g", _homogeneous)
DELAY = Law("delay", "a zero gradient before all others only delays them", _delay)

ADAPTIVE = (ENTRIES, REST, MIRROR)
