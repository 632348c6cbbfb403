"""Laws of the perceptron."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._batch import rows
from ._law import At, Law, Sides


def _features(calls: Calls, at: At) -> Iterator[Sides]:
    x, weight, bias = at.inputs
    D = weight.shape[0]
    if at.attributes["activation"] != "identity" or D < 2:
        return
    d = D // 2
    first = calls.forward("perceptron", x[:, :d], weight[:d], bias, **at.attributes)
    rest = calls.forward("perceptron", x[:, d:], weight[d:], np.zeros_like(bias), **at.attributes)
    yield first + rest, calls.forward("perceptron", *at.inputs, **at.attributes)


def _mirror(calls: Calls, at: At) -> Iterator[Sides]:
    x, weight, bias = at.inputs
    total = {"identity": 0.0, "tanh": 0.0, "sigmoid": 1.0}.get(at.attributes["activation"])
    if total is not None:
        mirrored = calls.forward("perceptron", x, -weight, -bias, **at.attributes)
        yield calls.constant(total) - mirrored, calls.forward("perceptron", *at.inputs, **at.attributes)


LAWS = (
    *rows(1),
    Law("features", "with g(a) = a, the features' contributions add up", _features),
    Law("mirror", "g(−a) = −g(a) for identity and tanh, 1 − g(a) for sigmoid", _mirror),
)
