"""Wrong clippings by value."""

from collections.abc import Callable
from functools import wraps

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import in_one_buffer, own, without_strides
from wrong._formats import through

CLIPPED = "np.minimum(np.maximum(gradient, -limit), limit)"


def changed(change: Callable[[np.ndarray, float], np.ndarray]) -> Callable[[], Functions]:
    """Another function of (gradient, limit)."""

    def functions() -> Functions:
        @wraps(of_reference("clip_by_value"))
        def clip_by_value(gradient: np.ndarray, *, limit: float) -> np.ndarray:
            return change(gradient, limit)

        return {"clip_by_value": clip_by_value}

    return functions


def right(gradient: np.ndarray, limit: float) -> np.ndarray:
    return of_reference("clip_by_value")(gradient, limit=limit)


def shortened(gradient: np.ndarray, limit: float) -> np.ndarray:
    return of_reference("clip_by_global_norm")([gradient], max_norm=limit)[0]


def whole_blocks(gradient: np.ndarray, limit: float) -> np.ndarray:
    clipped = np.array(right(gradient, limit))
    whole = gradient.size // 16 * 16
    if whole:
        clipped.reshape(-1)[whole:] = gradient.reshape(-1)[whole:]
    return clipped


def in_the_callers_array(gradient: np.ndarray, limit: float) -> np.ndarray:
    gradient = own(gradient)
    gradient[...] = right(gradient, limit)
    return gradient.copy()


def largest_to_the_limit(gradient: np.ndarray, limit: float) -> np.ndarray:
    return gradient * (limit / np.maximum(np.max(np.abs(gradient)), np.asarray(limit, gradient.dtype)))


FAULTS = (
    Fault(
        "clip_by_value",
        "only large positive entries are clipped",
        "forward",
        "one_sided",
        edited("clip_by_value", (CLIPPED, "np.minimum(gradient, limit)")),
    ),
    Fault(
        "clip_by_value",
        "only large negative entries are clipped",
        "forward",
        "one_sided",
        edited("clip_by_value", (CLIPPED, "np.maximum(gradient, -limit)")),
    ),
    Fault(
        "clip_by_value",
        "the lower bound is 0",
        "forward",
        "one_sided",
        edited("clip_by_value", (CLIPPED, "np.minimum(np.maximum(gradient, 0), limit)")),
    ),
    Fault(
        "clip_by_value",
        "entries beyond the limit become +limit",
        "forward",
        None,
        edited(
            "clip_by_value", (CLIPPED, "np.where(np.abs(gradient) > limit, gradient * 0 + limit, gradient)")
        ),
    ),
    Fault(
        "clip_by_value",
        "entries beyond the limit become 0",
        "forward",
        "zeroed",
        edited("clip_by_value", (CLIPPED, "np.where(np.abs(gradient) > limit, gradient * 0, gradient)")),
    ),
    Fault(
        "clip_by_value",
        "the whole array is shortened to the norm",
        "forward",
        None,
        changed(shortened),
    ),
    Fault(
        "clip_by_value",
        "the whole array is scaled until its largest entry fits",
        "forward",
        None,
        changed(largest_to_the_limit),
    ),
    Fault(
        "clip_by_value",
        "the limit is taken for 1",
        "forward",
        None,
        edited("clip_by_value", (CLIPPED, CLIPPED.replace("limit", "1"))),
    ),
    Fault(
        "clip_by_value",
        "NaN becomes the lower bound",
        "stability",
        "nan_lost",
        edited("clip_by_value", (CLIPPED, "np.fmin(np.fmax(gradient, -limit), limit)")),
    ),
    Fault(
        "clip_by_value",
        "NaN becomes 0",
        "stability",
        "nan_lost",
        edited(
            "clip_by_value",
            (
                CLIPPED,
                CLIPPED.replace("gradient", "np.nan_to_num(gradient, nan=0, posinf=np.inf, neginf=-np.inf)"),
            ),
        ),
    ),
    Fault(
        "clip_by_value",
        "infinite entries become 0",
        "stability",
        None,
        edited(
            "clip_by_value",
            (CLIPPED, CLIPPED.replace("gradient", "np.where(np.isinf(gradient), 0, gradient)")),
        ),
    ),
    Fault(
        "clip_by_value",
        "the rest after blocks of 16 is not clipped",
        "shape",
        "size(...)",
        changed(whole_blocks),
    ),
    Fault(
        "clip_by_value",
        "the gradient is read without its strides",
        "shape",
        "strides",
        without_strides("clip_by_value", 0),
    ),
    Fault(
        "clip_by_value",
        "the entries go through float16",
        "precision",
        "coarse(float16)",
        through(np.float16, "clip_by_value"),
    ),
    Fault(
        "clip_by_value",
        "the caller's gradient is clipped",
        "state",
        "in_place",
        changed(in_the_callers_array),
    ),
    Fault(
        "clip_by_value",
        "the gradient itself comes back where nothing is clipped",
        "state",
        "aliasing",
        changed(
            lambda gradient, limit: gradient if np.all(np.abs(gradient) <= limit) else right(gradient, limit)
        ),
    ),
    Fault(
        "clip_by_value",
        "every result is returned in the same buffer",
        "state",
        "aliasing",
        in_one_buffer("clip_by_value"),
    ),
)
