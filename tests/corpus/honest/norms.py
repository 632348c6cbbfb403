"""Clipping by the joint norm, which is taken in other ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from variant import Functions, Honest

from honest import _totals

Array = np.ndarray


def norm_of_norms(gradients: Sequence[Array]) -> Array:
    """‖(‖g_1‖, ‖g_2‖, …)‖, each in units of its largest entry."""
    return _scaled(np.array([_scaled(g.ravel()) for g in gradients]))


def _scaled(x: Array) -> Array:
    unit = np.abs(x).max()
    return unit * np.linalg.norm(x / unit) if unit > 0 else unit  # NaN is not above 0, and comes back


def by_hypot(gradients: Sequence[Array]) -> Array:
    """√(x² + y²) of two numbers at a time, which overflows no sooner than the norm."""
    return np.hypot.reduce(np.concatenate([g.ravel() for g in gradients]))


def scaled_squares(gradients: Sequence[Array]) -> Array:
    """scale² · ssq = Σ x², the scale following the largest entry so far (LAPACK's lassq)."""
    scale, ssq = gradients[0].dtype.type(0), gradients[0].dtype.type(1)
    for x in np.abs(np.concatenate([g.ravel() for g in gradients])):
        if x > scale:
            scale, ssq = x, 1 + ssq * (scale / x) ** 2
        elif x != 0:
            ssq = ssq + (x / scale) ** 2
    return scale * np.sqrt(ssq)


def in_python(gradients: Sequence[Array]) -> Array:
    """math.hypot of all numbers, in float64."""
    return gradients[0].dtype.type(math.hypot(*np.concatenate([g.ravel() for g in gradients]).tolist()))


def by(total: _totals.Total) -> Callable[[Sequence[Array]], Array]:
    """√Σ x² by that sum, in units of a power of two, which rounds nothing."""

    def norm(gradients: Sequence[Array]) -> Array:
        x = np.concatenate([g.ravel() for g in gradients])
        _, exponent = np.frexp(np.abs(x).max())
        return np.ldexp(np.sqrt(total(np.ldexp(x, -exponent) ** 2, 0)), exponent)

    return norm


def clipping(norm: Callable[[Sequence[Array]], Array], divided: bool = False) -> Functions:
    """Times max_norm / norm, or divided by norm / max_norm, where that shortens."""

    def clip_by_global_norm(gradients: Sequence[Array], *, max_norm: float) -> list[Array]:
        if max_norm <= 0:
            raise ValueError(f"a max_norm of {max_norm}")
        length = norm(gradients)
        if length <= max_norm:
            return [g.copy() for g in gradients]
        return [g / (length / max_norm) if divided else g * (max_norm / length) for g in gradients]

    return {"clip_by_global_norm": clip_by_global_norm}


VARIANTS: tuple[Honest, ...] = (
    Honest("the norm of norms", clipping(norm_of_norms)),
    Honest("the norm two numbers at a time, by hypot", clipping(by_hypot, divided=True)),
    Honest("the norm by scaled squares", clipping(scaled_squares), "LAPACK's lassq"),
    Honest("the norm by math.hypot", clipping(in_python, divided=True)),
    Honest("the norm pairwise, in units of a power of two", clipping(by(_totals.pairwise))),
)
