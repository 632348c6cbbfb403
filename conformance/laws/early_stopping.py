"""Laws of early stopping."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _over(calls: Calls, at: At) -> Iterator[Sides]:
    (losses,) = at.inputs
    stopped, best = calls.forward("early_stopping", losses, **at.attributes)
    later = np.arange(losses.shape[0]) > stopped
    # Lower than all others, so that whoever looked at them would take them for the best.
    changed = np.where(later, calls.constant(-100.0), losses)
    yield from zip(calls.forward("early_stopping", changed, **at.attributes), (stopped, best), strict=True)


def _unit(calls: Calls, at: At) -> Iterator[Sides]:
    (losses,) = at.inputs
    doubled = {**at.attributes, "min_delta": 2 * at.attributes["min_delta"]}
    due = calls.forward("early_stopping", losses, **at.attributes)
    yield from zip(calls.forward("early_stopping", losses + losses, **doubled), due, strict=True)


LAWS = (
    Law("over", "losses after the stop change nothing", _over),
    Law("unit", "losses and min_delta in another unit change nothing", _unit),
)
