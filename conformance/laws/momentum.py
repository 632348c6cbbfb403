"""Laws of gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides
from ._optimizer import DELAY, ENTRIES, HOMOGENEOUS


def _plain(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    learning_rate = calls.constant(at.attributes["learning_rate"])
    parameters = calls.forward("momentum", parameter, gradients, **{**at.attributes, "momentum": 0.0})
    yield parameters[-1], parameter - learning_rate * np.sum(gradients, axis=0)


LAWS = (
    Law("plain", "with μ = 0, p_P = p_0 − learning_rate Σ_t g_t", _plain),
    ENTRIES,
    HOMOGENEOUS,
    DELAY,
)
