"""Wrong hyperbolic tangents."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited


def cotangent_overwritten() -> Functions:
    def tanh_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        dx = dy if dy.flags.writeable else dy.copy()
        dx *= 1 - np.tanh(x) ** 2
        return (dx.copy(),)

    return {"tanh_vjp": tanh_vjp}


FAULTS = (
    Fault(
        "tanh",
        "the cotangent is overwritten",
        "state",
        "in_place",
        cotangent_overwritten,
        seen="https://github.com/NVIDIA/apex/issues/1430",
    ),
    Fault(
        "tanh",
        "the derivative of the output taken at the input, 1 − x²",
        "backward",
        None,
        edited("tanh", ("1 - y * y", "1 - x * x")),
    ),
)
