"""Wrong clippings by the joint norm: at the edges of what floats, sizes and memory admit."""

from __future__ import annotations

from typing import Any

import numpy as np
from fault import Fault, Functions, edited
from wrong._buffers import in_one_buffer, own, without_strides
from wrong._formats import through
from wrong.clip_by_global_norm import RETURN, SQUARES, Gradients, by, changed, length, right


def written_back(gradients: Gradients, max_norm: float) -> list[np.ndarray]:
    clipped = right(gradients, max_norm)
    for gradient, result in zip(gradients, clipped, strict=True):
        own(gradient)[...] = result
    return clipped


def themselves_where_short(gradients: Gradients, max_norm: float) -> list[np.ndarray]:
    clipped = right(gradients, max_norm)
    short = all(np.array_equal(g, c) for g, c in zip(gradients, clipped, strict=True))
    return list(gradients) if short else clipped


def views_of_one_buffer(gradients: Gradients, max_norm: float) -> list[np.ndarray]:
    """Arrays of equal shape are given the same workspace."""
    spaces: dict[Any, np.ndarray] = {}
    clipped = []
    for result in right(gradients, max_norm):
        space = spaces.setdefault(np.shape(result), np.empty_like(result))
        space[...] = result
        clipped.append(space)
    return clipped


def norm_of_the_first_call() -> Functions:
    scales: dict[Any, float] = {}

    def clip(gradients: Gradients, max_norm: float) -> list[np.ndarray]:
        key = (tuple(g.shape for g in gradients), gradients[0].dtype, max_norm)
        norm = scales.setdefault(key, float(length(np.stack([length(g) for g in gradients]))))
        return [g * (max_norm / max(norm, max_norm)) for g in gradients]

    return changed(clip)()


FAULTS = (
    Fault(
        "clip_by_global_norm",
        "the squares of large gradients overflow",
        "stability",
        "overflow(squares)",
        by(lambda gradients: np.sqrt(np.sum(np.stack([np.sum(g * g) for g in gradients])))),
        seen="torch 2.13.0",
    ),
    Fault(
        "clip_by_global_norm",
        "numbers are divided by the sum of their magnitudes, which overflows",
        "stability",
        "not_finite",
        edited("clip_by_global_norm", ("np.max(np.abs(gradient))", "np.sum(np.abs(gradient))")),
    ),
    Fault(
        "clip_by_global_norm",
        "the unit is the largest entry, not the largest magnitude",
        "stability",
        "overflow(squares)",
        edited("clip_by_global_norm", ("np.max(np.abs(gradient))", "np.max(gradient)")),
    ),
    Fault(
        "clip_by_global_norm",
        "a norm of 0 gives NaN",
        "stability",
        "not_finite",
        edited(
            "clip_by_global_norm",
            (
                RETURN,
                "with np.errstate(all='ignore'):\n"
                "        scale = np.where(norm > max_norm, scale, norm / norm)\n"
                "    return [gradient * scale for gradient in gradients]",
            ),
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "a list of one comes back as its array",
        "shape",
        None,
        changed(
            lambda gradients, max_norm: (
                right(gradients, max_norm) if len(gradients) > 1 else right(gradients, max_norm)[0]
            )
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "the sum of squares takes 32 entries of an array",
        "shape",
        "size(...)",
        edited(
            "clip_by_global_norm",
            (SQUARES, SQUARES.replace("(gradient / unit)", "(gradient.reshape(-1)[:32] / unit)")),
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "arrays are read without their strides",
        "shape",
        "strides",
        without_strides("clip_by_global_norm", 0),
    ),
    Fault(
        "clip_by_global_norm",
        "the norm is kept in float16",
        "precision",
        "coarse(float16)",
        by(
            lambda gradients: np.float16(length(np.stack([length(g) for g in gradients]))).astype(
                gradients[0].dtype
            )
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "clip_by_global_norm"),
    ),
    Fault(
        "clip_by_global_norm", "the caller's gradients are scaled", "state", "in_place", changed(written_back)
    ),
    Fault(
        "clip_by_global_norm",
        "the gradients themselves come back where they are short",
        "state",
        "aliasing",
        changed(themselves_where_short),
    ),
    Fault(
        "clip_by_global_norm",
        "results of equal shape share one workspace",
        "state",
        "aliasing",
        changed(views_of_one_buffer),
    ),
    Fault(
        "clip_by_global_norm",
        "every result is returned in the same buffers",
        "state",
        "aliasing",
        in_one_buffer("clip_by_global_norm"),
    ),
    Fault(
        "clip_by_global_norm",
        "the norm of the first call with these shapes is kept",
        "state",
        "state",
        norm_of_the_first_call,
    ),
)
