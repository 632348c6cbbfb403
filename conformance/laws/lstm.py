"""Laws of long short-term memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides
from ._recurrent import RECURRENT

_SATURATED = 1000.0
"""σ(±1000) is 1 and 0 to the last bit in every dtype, and 1000 is far from the largest float16."""


def _carry(calls: Calls, at: At) -> Iterator[Sides]:
    _, _, c0, *_ = at.inputs
    _, c_last = calls.forward("lstm", *_carrying(calls, at), **at.attributes)
    yield c_last, c0


def _carry_gradient(calls: Calls, at: At) -> Iterator[Sides]:
    dh, dc_last = at.cotangents
    gradients = calls.vjp("lstm", [np.zeros_like(dh), dc_last], *_carrying(calls, at), **at.attributes)
    dx, dh0, dc0, *_ = gradients
    yield dc0, dc_last
    yield dh0, 0.0
    yield dx, 0.0


def _carrying(calls: Calls, at: At) -> tuple[Any, ...]:
    """The inputs, with weights and biases that set i = 0 and f = 1 at every step; g and o as they were."""
    x, h0, c0, weight_x, weight_h, bias = at.inputs
    column = np.arange(bias.shape[0])
    of_i, of_i_or_f = column < h0.shape[1], column < 2 * h0.shape[1]
    weight_x, weight_h = (np.where(of_i_or_f, np.zeros_like(w), w) for w in (weight_x, weight_h))
    gates = calls.constant(np.where(of_i, -_SATURATED, _SATURATED))
    return x, h0, c0, weight_x, weight_h, np.where(of_i_or_f, gates, bias)


LAWS = (
    *RECURRENT,
    Law("carry", "with f = 1 and i = 0, c_last = c0", _carry),
    Law(
        "carry_gradient",
        "with f = 1, i = 0 and dh = 0, dc0 = dc_last, dh0 = 0, dx = 0",
        _carry_gradient,
        backward=True,
    ),
)
