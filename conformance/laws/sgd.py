"""Laws of stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides
from ._optimizer import DELAY, ENTRIES, HOMOGENEOUS


def _total(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    parameters = calls.forward("sgd", parameter, gradients, learning_rate=0.5)
    yield parameters[-1], parameter - calls.constant(0.5) * np.sum(gradients, axis=0)


LAWS = (
    Law("total", "with learning_rate 1/2, p_P = p_0 − Σ_t g_t / 2", _total),
    ENTRIES,
    HOMOGENEOUS,
    DELAY,
)
