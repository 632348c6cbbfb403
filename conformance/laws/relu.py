"""Laws of the rectifier."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _parts(calls: Calls, at: At) -> Iterator[Sides]:
    (x,) = at.inputs
    yield calls.forward("relu", x) - calls.forward("relu", -x), x


def _idempotent(calls: Calls, at: At) -> Iterator[Sides]:
    y = calls.forward("relu", *at.inputs)
    yield calls.forward("relu", y), y


def _halves(calls: Calls, at: At) -> Iterator[Sides]:
    (x,), (dy,) = at.inputs, at.cotangents
    (dx,), (mirrored,) = calls.vjp("relu", [dy], x), calls.vjp("relu", [dy], -x)
    yield dx + mirrored, dy


def _kink(calls: Calls, at: At) -> Iterator[Sides]:
    # Plain arrays even on the reference: noise at the kink would leave its answer undecided.
    dtype = at.inputs[0].dtype
    x, dy = np.array([0.0, 0.0, -0.0, -0.0], dtype), np.array([1.0, -2.0, 2.0, -1.0], dtype)
    (dx,) = calls.vjp("relu", [dy], x)
    # fmin and fmax leave a NaN out, so that one in dx meets a number.
    yield dx, np.fmin(np.fmax(dx, np.minimum(dy, 0 * dy)), np.maximum(dy, 0 * dy))


def _slope(sides: Sides) -> str:
    return f"relu′(0) = {float(sides[0][0]):g}"  # the first cotangent is 1


LAWS = (
    Law("parts", "relu(x) − relu(−x) = x", _parts),
    Law("idempotent", "relu(relu(x)) = relu(x)", _idempotent),
    Law("halves", "relu′(x) + relu′(−x) = 1 away from 0", _halves, backward=True),
    Law("kink", "relu′(0) lies in [0, 1]", _kink, backward=True, note=_slope),
)
