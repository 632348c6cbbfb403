"""Laws of dropout with a given mask."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _nothing(calls: Calls, at: At) -> Iterator[Sides]:
    x, keep = at.inputs
    yield calls.forward("dropout", x, np.ones_like(keep), rate=0.0), x


def _homogeneous(calls: Calls, at: At) -> Iterator[Sides]:
    x, keep = at.inputs
    y = calls.forward("dropout", x, keep, **at.attributes)
    yield calls.forward("dropout", x + x, keep, **at.attributes), y + y


def _dropped(calls: Calls, at: At) -> Iterator[Sides]:
    _, keep = at.inputs
    y = calls.forward("dropout", *at.inputs, **at.attributes)
    yield np.where(keep, np.zeros_like(y), y), 0.0


def _adjoint(calls: Calls, at: At) -> Iterator[Sides]:
    (x, keep), (dy,) = at.inputs, at.cotangents
    (dx,) = calls.vjp("dropout", [dy], x, keep, **at.attributes)
    yield dx, calls.forward("dropout", dy, keep, **at.attributes)


LAWS = (
    Law("nothing", "with rate 0 and everything kept, y = x", _nothing),
    Law("homogeneous", "dropout(2x) = 2 dropout(x)", _homogeneous),
    Law("dropped", "y = 0 where not kept", _dropped),
    Law("adjoint", "dx = dropout(dy), with the same mask", _adjoint, backward=True),
)
