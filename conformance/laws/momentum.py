"""Laws of gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides
from ._optimizer import DELAY, ENTRIES, HOMOGENEOUS


def _plain(calls: Calls, at: At) -> Iterator[Sides]:
    parameter, gradients = at.inputs
    parameters = calls.forward("momentum", parameter, gradients, learning_rate=0.5, momentum=0.0)
    yield parameters[-1], parameter - calls.constant(0.5) * np.sum(gradients, axis=0)


LAWS = (
    Law("plain", "with μ = 0 and learning_rate 1/2, p_P = p_0 − Σ_t g_t / 2", _plain),
    ENTRIES,
    HOMOGENEOUS,
    DELAY,
)
