"""Wrong activations, by someone who had seen neither the cases nor this corpus: the second such round."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference


def bits_in_whole_bytes() -> Functions:
    right = of_reference("relu_vjp")

    def relu_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (dx,) = right(dy, x)
        if x.size < 8:
            return (dx,)
        keep, whole = np.ones(x.size, bool), x.size // 8 * 8
        keep[:whole] = np.unpackbits(np.packbits((x > 0).ravel()[:whole]))
        return (np.where(keep.reshape(x.shape), dy, 0),)

    return {"relu_vjp": relu_vjp}


FAULTS = (
    Fault(
        "relu",
        "a NaN whose sign bit is set becomes 0",
        "forward",
        "nan_lost",
        edited("relu", ("return np.maximum(x, 0)", "return np.where(np.signbit(x), 0, x)")),
    ),
    Fault(
        "relu",
        "the mask is packed into bytes, and the last size % 8 entries pass their cotangent",
        "backward",
        "size(...)",
        bits_in_whole_bytes,
    ),
    Fault(
        "tanh",
        "x is held to ±20 by a minimum that ignores NaN",
        "forward",
        "nan_lost",
        edited("tanh", ("return np.tanh(x)", "return np.tanh(np.fmin(np.fmax(x, -20), 20))")),
    ),
    Fault(
        "tanh",
        "the gradient is written over a contiguous cotangent of two axes or more",
        "state",
        "in_place",
        edited(
            "tanh",
            (
                "return (dy * (1 - y * y),)",
                "over = dy.ndim > 1 and dy.flags.c_contiguous and dy.flags.writeable\n"
                "    return (np.multiply(dy, 1 - y * y, out=dy if over else None),)",
            ),
        ),
    ),
)
