"""What is wrong with a mask that the backend draws itself, as its results show it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...spec import ANY, Operator
from ..arguments import arguments
from ..backend import Backend
from ..covering import base
from ..errors import BackendError, Unsupported
from ..precision import Precision

Told = tuple[str, str]
_RATES = (0.25, 0.75)
_SHARE = 0.1
"""A share of thousands of entries is told from another that is further away than this."""
_CALLS = 10
"""So many more that drop the same entries are no chance, even where one draw decides for the whole array."""


def of(operator: Operator, backend: Backend, format_: Precision, quantity: str) -> Told | None:
    """The cause that every rate tried tells."""
    told = [_at(operator, backend, format_, quantity.startswith("d"), rate) for rate in _RATES]
    return told[0] if all(t == told[0] for t in told) else None


def _at(operator: Operator, backend: Backend, format_: Precision, backward: bool, rate: float) -> Told | None:
    case = replace(base(operator), sizes={ANY.name: (64, 33)}, attributes={"rate": rate}, seed=301)
    given = arguments(case, format_)
    (x,), (dy,) = given.inputs, given.cotangents
    try:
        if backward:
            result = backend.vjp(operator, given.cotangents, given.inputs, given.attributes)[1][0]
        else:
            result = backend.forward(operator, given.inputs, given.attributes)[0]
            again = (backend.forward(operator, given.inputs, given.attributes)[0] for _ in range(_CALLS))
            if np.any(result == 0) and all(np.array_equal(result, y) for y in again):
                return "state", "something survives a call: the same entries are dropped every time"
    except (BackendError, Unsupported):
        return None
    of = dy if backward else x
    if result.shape != of.shape or not np.isfinite(result).all():
        return None
    kept = result != 0
    share = float(np.mean(kept))
    factors = (result[kept] / of[kept]).astype(np.float64)
    name = "dx" if backward else "y"
    if share > 1 - rate / 10 and np.allclose(factors, 1):
        return "ignored(rate)", f"nothing is dropped: {name} is what came in"
    if backward and np.allclose(np.abs(result[kept]), 1 / (1 - rate)) and not np.allclose(np.abs(dy), 1):
        return "cotangent_ignored", "the gradient for a cotangent of ones, whatever cotangent is given"
    for cause, factor in (("scaled(1-rate)", 1.0), ("scaled(1/(1-rate))", 1 / (1 - rate) ** 2)):
        if np.allclose(factors, factor, rtol=1e-3) and abs(share - (1 - rate)) < _SHARE:
            return cause, f"what is kept is {cause[7:-1]} times what it has to be"
    if abs(share - rate) < _SHARE and np.allclose(factors, 1 / rate, rtol=1e-3):
        return (
            "complement(rate)",
            "1 − rate stands where rate is due: rate is taken for the share that is kept",
        )
    if abs(share - rate) < _SHARE and np.allclose(factors, 1 / (1 - rate), rtol=1e-3):
        return "mask_inverted", "entries are kept, not dropped, with probability rate"
    return None
