"""Laws of the cross-entropy of a softmax."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._batch import MEAN
from ._law import At, Law, Sides


def _shift(calls: Calls, at: At) -> Iterator[Sides]:
    z, labels = at.inputs
    if at.case.values in ("normal", "integers", "ones"):  # elsewhere z + 8 rounds away what is compared
        shifted = calls.forward("softmax_cross_entropy", z + calls.constant(8.0), labels)
        yield shifted, calls.forward("softmax_cross_entropy", z, labels)


def _order(calls: Calls, at: At) -> Iterator[Sides]:
    z, labels = at.inputs
    permuted = calls.forward("softmax_cross_entropy", z[:, ::-1], z.shape[1] - 1 - labels)
    yield permuted, calls.forward("softmax_cross_entropy", z, labels)


def _tangent(calls: Calls, at: At) -> Iterator[Sides]:
    (dlogits,) = calls.vjp("softmax_cross_entropy", at.cotangents, *at.inputs)
    yield np.sum(dlogits, axis=-1), 0.0


LAWS = (
    MEAN,
    Law("shift", "loss(z + c) = loss(z)", _shift),
    Law("order", "classes have no order: permuting z and the labels changes nothing", _order),
    Law("tangent", "Σ_k dlogits[n, k] = 0, since a shift changes nothing", _tangent, backward=True),
)
