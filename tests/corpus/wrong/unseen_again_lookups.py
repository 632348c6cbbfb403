"""Wrong one-hot codes, encodings, dropouts and clips, by someone who had seen neither the cases nor this
corpus: the second such round."""

from __future__ import annotations

import numpy as np
from fault import Fault, edited
from wrong._changed import changed, only
from wrong.clip_by_global_norm import RETURN, SQUARES
from wrong.clip_by_value import changed as clipped
from wrong.clip_by_value import right
from wrong.dropout import GRADIENT

DEPTH_CHECK = '    within("one_hot", 0, depth - 1, indices=indices)'
CODE = "np.where(column == even, np.sin(angle), np.cos(angle))"
KEEP = "    keep = np.random.default_rng().random(x.shape) >= rate"


def one_value_where_broadcast(x: np.ndarray, keep: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    broadcast = any(stride == 0 and size > 1 for stride, size in zip(keep.strides, keep.shape, strict=True))
    return x, np.full(keep.shape, keep.flat[0]) if broadcast else keep


def turned_over(gradient: np.ndarray, limit: float) -> np.ndarray:
    backwards = tuple(axis for axis, stride in enumerate(gradient.strides) if stride < 0)
    return right(np.flip(gradient, backwards), limit)


FAULTS = (
    Fault(
        "one_hot",
        "indices are narrowed to int32 before the check: 2³² + 1 passes for 1",
        "contract",
        "unchecked",
        edited("one_hot", (DEPTH_CHECK, f"    indices = indices.astype(np.int32)\n{DEPTH_CHECK}")),
    ),
    Fault(
        "one_hot",
        "a last axis of length 1 is dropped from indices of two axes or more",
        "shape",
        "squeezed",
        edited(
            "one_hot",
            (
                DEPTH_CHECK,
                "    if indices.ndim > 1 and indices.shape[-1] == 1:\n"
                f"        indices = indices[..., 0]\n{DEPTH_CHECK}",
            ),
        ),
    ),
    Fault(
        "positional_encoding",
        "an odd width is rounded up in the exponent",
        "forward",
        "exponent(width+1)",
        edited("positional_encoding", ("(even / width)", "(even / (width + width % 2))")),
    ),
    Fault(
        "positional_encoding",
        "a table of 64 positions is repeated for longer ones",
        "shape",
        "size(length)",
        edited("positional_encoding", (CODE, f"np.resize({CODE}[:64], (length, width))")),
    ),
    Fault(
        "dropout",
        "a mask broadcast along any axis (stride 0) is read as one value",
        "shape",
        "strides",
        changed("dropout", inputs=one_value_where_broadcast),
    ),
    Fault(
        "dropout",
        "the gradient reads the mask off the output: kept zeros get none",
        "backward",
        "mask_from_output",
        edited("dropout", (GRADIENT, GRADIENT.replace("keep", "dropout(x, keep, rate=rate) != 0"))),
    ),
    Fault(
        "random_dropout",
        "the rate is rounded down to 256ths, in the draw and in the scale",
        "precision",
        None,
        edited(
            "random_dropout",
            (
                KEEP,
                "    drop(x, True, rate)  # refuses what does not fit\n"
                "    threshold = int(rate * 256)\n"
                "    keep = np.random.default_rng().integers(0, 256, x.shape) >= threshold\n"
                "    rate = threshold / 256",
            ),
        ),
    ),
    Fault(
        "random_dropout",
        "from three axes on one mask is drawn for the whole first axis",
        "forward",
        None,
        only(
            "random_dropout",
            edited(
                "random_dropout",
                (
                    KEEP,
                    "    drawn = x.shape if x.ndim < 3 else (1, *x.shape[1:])\n"
                    + KEEP.replace("x.shape", "drawn"),
                ),
            ),
        ),
    ),
    Fault(
        "clip_by_value",
        "axes of negative stride come out reversed",
        "shape",
        "strides",
        clipped(turned_over),
    ),
    Fault(
        "clip_by_global_norm",
        "arrays without an axis are scaled, but not counted in the norm",
        "forward",
        None,
        edited(
            "clip_by_global_norm",
            (
                SQUARES,
                "counted = gradient if gradient.shape else np.zeros_like(gradient)\n"
                f"        {SQUARES.replace('(gradient', '(counted')}",
            ),
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "an array that stands in the list twice is counted once",
        "forward",
        "shared_inputs",
        edited(
            "clip_by_global_norm",
            (
                "squares: Array = 0",
                "squares: Array = 0\n"
                "    gradients, every = list({id(g): g for g in gradients}.values()), gradients",
            ),
            (RETURN, RETURN.replace("gradients", "every")),
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "where it clips, a float64 scalar makes float64 of float32",
        "precision",
        "dtype(float64)",
        edited(
            "clip_by_global_norm",
            (RETURN, f"scale = np.float64(scale) if scale < 1 else scale\n    {RETURN}"),
        ),
    ),
)
