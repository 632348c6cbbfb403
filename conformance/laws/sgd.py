"""Laws of stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides
from ._optimizer import DELAY, ENTRIES, HOMOGENEOUS


def _total(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    learning_rate = calls.constant(at.attributes["learning_rate"])
    parameters = calls.forward("sgd", parameter, gradients, **at.attributes)
    yield parameters[-1], parameter - learning_rate * np.sum(gradients, axis=0)


LAWS = (
    Law("total", "p_P = p_0 − learning_rate Σ_t g_t", _total),
    ENTRIES,
    HOMOGENEOUS,
    DELAY,
)
