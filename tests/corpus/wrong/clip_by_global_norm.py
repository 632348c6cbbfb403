"""Wrong clippings by the joint norm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

Gradients = Sequence[np.ndarray]
SCALE = "scale = max_norm / np.maximum(norm + epsilon_convention, max_norm)"
SQUARES = "squares = squares + np.sum((gradient / unit) * (gradient / unit))"
RETURN = "return [gradient * scale for gradient in gradients]"


def right(gradients: Gradients, max_norm: float) -> list[np.ndarray]:
    return of_reference("clip_by_global_norm")(gradients, max_norm=max_norm)


def changed(change: Callable[[Gradients, float], Any]) -> Callable[[], Functions]:
    """Another function of (gradients, max_norm)."""

    def functions() -> Functions:
        def clip_by_global_norm(gradients: Gradients, *, max_norm: float) -> Any:
            return change(gradients, max_norm)

        return {"clip_by_global_norm": clip_by_global_norm}

    return functions


def by(norm: Callable[[Gradients], Any]) -> Callable[[], Functions]:
    """Another norm; the rest is right. The exact largest entry never stands for a square that overflows."""

    def clip(gradients: Gradients, max_norm: float) -> list[np.ndarray]:
        with np.errstate(all="ignore"):
            length = np.asarray(norm(gradients))
            scale = max_norm / np.maximum(length, np.asarray(max_norm, length.dtype))
            return [gradient * scale for gradient in gradients]

    return changed(clip)


def length(gradient: np.ndarray) -> Any:
    """√Σ g², in units of the largest entry."""
    unit = np.max(np.abs(gradient))
    unit = np.where(unit > 0, unit, 1 + unit)
    return unit * np.sqrt(np.sum((gradient / unit) ** 2))


def spectral(gradients: Gradients) -> Any:
    """`np.linalg.norm(g, 2)` is the largest singular value where g is a matrix."""
    lengths = [np.linalg.norm(g, 2) if g.ndim == 2 and np.isfinite(g).all() else length(g) for g in gradients]
    return length(np.stack(lengths))


FAULTS = (
    Fault(
        "clip_by_global_norm",
        "1e-6 is added to the norm",
        "forward",
        "convention(clip_by_global_norm.epsilon=1e-06)",
        edited("clip_by_global_norm", (SCALE, SCALE.replace("epsilon_convention", "1e-6"))),
        seen="torch 2.13.0",
    ),
    Fault(
        "clip_by_global_norm",
        "each array is clipped by its own norm",
        "forward",
        "norm(each)",
        changed(lambda gradients, max_norm: [right([g], max_norm)[0] for g in gradients]),
    ),
    Fault(
        "clip_by_global_norm",
        "short gradients are lengthened to max_norm",
        "forward",
        "always_scaled or nan_lost",
        edited("clip_by_global_norm", (SCALE, "scale = max_norm / norm if norm > 0 else 1")),
    ),
    Fault(
        "clip_by_global_norm",
        "the norm without its root",
        "forward",
        "norm(squared)",
        by(lambda gradients: length(np.stack([length(g) for g in gradients])) ** 2),
    ),
    Fault(
        "clip_by_global_norm",
        "the sum of the magnitudes for a norm",
        "forward",
        "norm(1)",
        by(lambda gradients: np.sum(np.stack([np.sum(np.abs(g)) for g in gradients]))),
    ),
    Fault(
        "clip_by_global_norm",
        "the largest magnitude for a norm",
        "forward",
        "norm(max)",
        by(lambda gradients: np.max(np.stack([np.max(np.abs(g)) for g in gradients]))),
    ),
    Fault(
        "clip_by_global_norm",
        "the sum of the arrays' norms",
        "forward",
        "norm(sum)",
        by(lambda gradients: np.sum(np.stack([length(g) for g in gradients]))),
    ),
    Fault(
        "clip_by_global_norm",
        "the root of the mean square for a norm",
        "forward",
        "norm(mean)",
        by(
            lambda gradients: (
                length(np.stack([length(g) for g in gradients])) / sum(g.size for g in gradients) ** 0.5
            )
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "each array's squares overwrite those before",
        "forward",
        None,
        edited("clip_by_global_norm", (SQUARES, SQUARES.replace("squares + ", ""))),
    ),
    Fault(
        "clip_by_global_norm",
        "only the first array is clipped, by the right norm",
        "forward",
        None,
        edited(
            "clip_by_global_norm",
            (RETURN, "return [gradients[0] * scale] + [gradient * 1 for gradient in gradients[1:]]"),
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "the squared norm is compared with max_norm",
        "forward",
        "threshold(squared)",
        edited("clip_by_global_norm", (SCALE, "scale = max_norm / norm if norm * norm > max_norm else 1")),
    ),
    Fault(
        "clip_by_global_norm",
        "divided by the norm, without max_norm, where it is too long",
        "forward",
        "max_norm_missing",
        edited("clip_by_global_norm", (SCALE, "scale = 1 / norm if norm > max_norm else 1")),
    ),
    Fault("clip_by_global_norm", "the spectral norm of matrices", "forward", None, by(spectral)),
)
