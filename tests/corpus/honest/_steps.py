"""What the optimizers share: one step after the other, from states that a step carries on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from honest._fit import moves

Array = np.ndarray
Updates = Callable[..., Iterator[Array]]
"""`updates(gradients, **attributes)` yields what is to be taken off the parameter, step by step."""


def stepping(updates: Updates) -> Callable[..., Array]:
    """The parameter after each step, less one update after the other."""

    def optimizer(parameter: Array, gradients: Array, **attributes: Any) -> Array:
        moves(parameter, gradients)
        after = np.empty_like(gradients)
        for t, update in enumerate(updates(gradients, **attributes)):
            parameter = parameter - update
            after[t] = parameter
        return after

    return optimizer


def displaced(updates: Updates) -> Callable[..., Array]:
    """The updates added up by themselves, with what that loses (Neumaier 1974), and then to the parameter."""

    def optimizer(parameter: Array, gradients: Array, **attributes: Any) -> Array:
        moves(parameter, gradients)
        total, lost, after = np.zeros_like(parameter), np.zeros_like(parameter), np.empty_like(gradients)
        for t, update in enumerate(updates(gradients, **attributes)):
            now = total - update
            larger = np.abs(total) >= np.abs(update)
            lost = lost + np.where(larger, (total - now) - update, total - (now + update))
            total = now
            after[t] = parameter + (total + np.where(np.isfinite(lost), lost, 0))
        return after

    return optimizer
