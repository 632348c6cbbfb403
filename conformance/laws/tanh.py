"""Laws of the hyperbolic tangent."""

from __future__ import annotations

from collections.abc import Iterator

from ..program import Calls
from ._law import At, Law, Sides


def _odd(calls: Calls, at: At) -> Iterator[Sides]:
    (x,) = at.inputs
    yield calls.forward("tanh", -x), -calls.forward("tanh", x)


def _even(calls: Calls, at: At) -> Iterator[Sides]:
    (x,) = at.inputs
    (mirrored,) = calls.vjp("tanh", at.cotangents, -x)
    (dx,) = calls.vjp("tanh", at.cotangents, x)
    yield mirrored, dx


LAWS = (
    Law("odd", "tanh(−x) = −tanh(x)", _odd),
    Law("even", "tanh′(−x) = tanh′(x)", _even, backward=True),
)
