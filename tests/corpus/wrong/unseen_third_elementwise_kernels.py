"""Wrong activations and clips, by someone who had seen neither the cases nor this corpus: the third such
round, as kernels and engines are written."""

from __future__ import annotations

import numpy as np
from fault import Fault, edited
from wrong._changed import Values, changed, only, quiet
from wrong.clip_by_global_norm import Gradients
from wrong.clip_by_global_norm import changed as clipped_together
from wrong.clip_by_global_norm import right as clip_together
from wrong.clip_by_value import CLIPPED
from wrong.softmax_forward import SHIFT


def strides_by_magnitude(x: np.ndarray) -> Values:
    return (np.flip(x, tuple(axis for axis, stride in enumerate(x.strides) if stride < 0)),)


def through_one_flat_buffer(gradients: Gradients, max_norm: float) -> list[np.ndarray]:
    (flat,) = clip_together([np.concatenate([g.ravel(order="K") for g in gradients])], max_norm)
    parts = np.split(flat, np.cumsum([g.size for g in gradients])[:-1])
    return [part.reshape(g.shape) for part, g in zip(parts, gradients, strict=True)]


FAULTS = (
    Fault(
        "tanh",
        "a reversed view is read in the order of its memory",
        "shape",
        "strides",
        only("tanh", changed("tanh", inputs=strides_by_magnitude)),
    ),
    Fault(
        "softmax",
        "the running maximum starts at float32's lowest in float64",
        "stability",
        "not_finite",
        quiet(edited("softmax", (SHIFT, f"np.maximum({SHIFT}, -3.4028234663852886e38)"))),
    ),
    Fault(
        "clip_by_value",
        "nothing is clipped where the largest entry is NaN",
        "contract",
        None,
        edited(
            "clip_by_value",
            (
                f"    return {CLIPPED}",
                "    if not (np.max(gradient) > limit or np.min(gradient) < -limit):\n"
                "        return gradient.copy()\n"
                f"    return {CLIPPED}",
            ),
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "one flat buffer, filled in memory order and read in C order",
        "shape",
        "strides",
        clipped_together(through_one_flat_buffer),
    ),
)
