"""Wrong dropouts that draw their own mask: at the edges of what floats, sizes and memory admit."""

from __future__ import annotations

from typing import Any

import numpy as np
from fault import Fault, Functions
from wrong._buffers import own
from wrong._formats import through
from wrong.random_dropout import changed, draw, kept, right


def multiplied(x: np.ndarray, rate: float) -> np.ndarray:
    return x * draw(x.shape, 1 - rate) / np.asarray(1 - rate, x.dtype)


def rest_of_eight_kept(x: np.ndarray, rate: float) -> np.ndarray:
    keep = np.asarray(draw((x.size,), 1 - rate))
    keep[x.size // 8 * 8 if x.size >= 8 else x.size :] = True
    return kept(x, keep.reshape(x.shape), rate)


def dropped_in_place(x: np.ndarray, rate: float) -> np.ndarray:
    keep = draw(x.shape, 1 - rate)
    x = own(x)
    x[~np.asarray(keep)] = 0
    return kept(x, keep, rate)


def same_mask_at_every_call(x: np.ndarray, rate: float) -> np.ndarray:
    return kept(x, np.random.default_rng(0).random(x.shape) >= rate, rate)


def mask_kept_by_shape() -> Functions:
    masks: dict[tuple[int, ...], Any] = {}

    def apply(x: np.ndarray, rate: float) -> np.ndarray:
        return kept(x, masks.setdefault(x.shape, draw(x.shape, 1 - rate)), rate)

    return changed(apply)()


def rate_of_the_first_call() -> Functions:
    rates: list[float] = []

    def apply(x: np.ndarray, rate: float) -> np.ndarray:
        rates.append(rate)
        return right(x, rates[0])

    return changed(apply)()


def every_result_in_one_buffer() -> Functions:
    buffers: dict[Any, np.ndarray] = {}

    def apply(x: np.ndarray, rate: float) -> np.ndarray:
        buffer = buffers.setdefault((x.shape, x.dtype), np.empty_like(x))
        buffer[...] = right(x, rate)
        return buffer

    return changed(apply)()


FAULTS = (
    Fault(
        "random_dropout",
        "the rest after blocks of 8 is always kept",
        "shape",
        "size(...)",
        changed(rest_of_eight_kept),
    ),
    Fault(
        "random_dropout",
        "a single number comes back as an array of one",
        "shape",
        None,
        changed(lambda x, rate: np.atleast_1d(right(x, rate)), right),
    ),
    Fault(
        "random_dropout",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "random_dropout", "random_dropout_vjp"),
        seen="keras 3.15.1",
    ),
    Fault(
        "random_dropout",
        "the caller's entries are dropped",
        "state",
        "in_place",
        changed(dropped_in_place, right),
    ),
    Fault(
        "random_dropout",
        "the cotangent's entries are dropped",
        "state",
        "in_place",
        changed(right, dropped_in_place),
        seen="https://github.com/NVIDIA/apex/issues/1430",
    ),
    Fault(
        "random_dropout",
        "the input itself comes back at rate 0",
        "state",
        "aliasing",
        changed(lambda x, rate: right(x, rate) if rate else x, right),
    ),
    Fault(
        "random_dropout",
        "every result is returned in the same buffer",
        "state",
        "aliasing",
        every_result_in_one_buffer,
    ),
    Fault(
        "random_dropout",
        "the generator is seeded alike at every call",
        "state",
        "state",
        changed(same_mask_at_every_call),
    ),
    Fault(
        "random_dropout",
        "the first mask of a shape is kept for all later ones",
        "state",
        "state",
        mask_kept_by_shape,
    ),
    Fault("random_dropout", "the rate of the first call is kept", "state", "state", rate_of_the_first_call),
)
