"""Laws of the mean squared error."""

from __future__ import annotations

from collections.abc import Iterator

from ..program import Calls
from ._batch import MEAN
from ._law import At, Law, Sides


def _symmetric(calls: Calls, at: At) -> Iterator[Sides]:
    prediction, target = at.inputs
    swapped = calls.forward("mean_squared_error", target, prediction)
    yield swapped, calls.forward("mean_squared_error", prediction, target)


def _zero(calls: Calls, at: At) -> Iterator[Sides]:
    _, target = at.inputs
    yield calls.forward("mean_squared_error", target, target), 0.0


def _opposite(calls: Calls, at: At) -> Iterator[Sides]:
    dprediction, dtarget = calls.vjp("mean_squared_error", at.cotangents, *at.inputs)
    yield dprediction, -dtarget


LAWS = (
    MEAN,
    Law("symmetric", "loss(prediction, target) = loss(target, prediction)", _symmetric),
    Law("zero", "loss(target, target) = 0", _zero),
    Law("opposite", "dprediction = −dtarget", _opposite, backward=True),
)
