"""Laws of the binary cross-entropy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._batch import MEAN
from ._law import At, Law, Sides


def _mirror(calls: Calls, at: At) -> Iterator[Sides]:
    z, t = at.inputs
    mirrored = calls.forward("binary_cross_entropy", -z, calls.constant(1.0) - t)
    yield mirrored, calls.forward("binary_cross_entropy", z, t)


def _odds(calls: Calls, at: At) -> Iterator[Sides]:
    z, t = at.inputs
    one = calls.forward("binary_cross_entropy", z, np.ones_like(t))
    zero = calls.forward("binary_cross_entropy", z, np.zeros_like(t))
    yield zero - one, np.sum(z) / z.shape[0]


def _mirror_gradient(calls: Calls, at: At) -> Iterator[Sides]:
    z, t = at.inputs
    (mirrored,) = calls.vjp("binary_cross_entropy", at.cotangents, -z, calls.constant(1.0) - t)
    (dlogits,) = calls.vjp("binary_cross_entropy", at.cotangents, z, t)
    yield -mirrored, dlogits


LAWS = (
    MEAN,
    Law("mirror", "loss(z, t) = loss(−z, 1 − t)", _mirror),
    Law("odds", "loss(z, 0) − loss(z, 1) = Σ_n z[n] / N", _odds),
    Law("mirror_gradient", "dz(z, t) = −dz(−z, 1 − t)", _mirror_gradient, backward=True),
)
