"""Laws of the logistic function."""

from __future__ import annotations

from collections.abc import Iterator

from ..program import Calls
from ._law import At, Law, Sides


def _complement(calls: Calls, at: At) -> Iterator[Sides]:
    (x,) = at.inputs
    yield calls.forward("sigmoid", -x), calls.constant(1.0) - calls.forward("sigmoid", x)


def _even(calls: Calls, at: At) -> Iterator[Sides]:
    (x,) = at.inputs
    (mirrored,) = calls.vjp("sigmoid", at.cotangents, -x)
    (dx,) = calls.vjp("sigmoid", at.cotangents, x)
    yield mirrored, dx


LAWS = (
    Law("complement", "σ(−x) = 1 − σ(x)", _complement),
    Law("even", "σ′(−x) = σ′(x)", _even, backward=True),
)
