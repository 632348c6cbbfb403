"""Laws of the softmax."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _total(calls: Calls, at: At) -> Iterator[Sides]:
    yield np.sum(calls.forward("softmax", *at.inputs), axis=-1), 1.0


def _shift(calls: Calls, at: At) -> Iterator[Sides]:
    (x,) = at.inputs
    if at.case.values in ("normal", "integers", "ones"):  # elsewhere x + 8 rounds away what is compared
        yield calls.forward("softmax", x), calls.forward("softmax", x + calls.constant(8.0))


def _order(calls: Calls, at: At) -> Iterator[Sides]:
    (x,) = at.inputs
    yield calls.forward("softmax", x)[..., ::-1], calls.forward("softmax", x[..., ::-1])


def _tangent(calls: Calls, at: At) -> Iterator[Sides]:
    (dx,) = calls.vjp("softmax", at.cotangents, *at.inputs)
    yield np.sum(dx, axis=-1), 0.0


LAWS = (
    Law("total", "Σ_k y[k] = 1", _total),
    Law("shift", "softmax(x + c) = softmax(x)", _shift),
    Law("order", "classes have no order: permuting x permutes y", _order),
    Law("tangent", "Σ_k dx[k] = 0, since the rows keep their sum", _tangent, backward=True),
)
