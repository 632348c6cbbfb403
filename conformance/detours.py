"""Gradients of the reference as the oracle runs them: with what a usual detour to the same number loses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import reference
from .noisy import Noisy

_LOST_BESIDE_IT = 37.0
"""From here on exp(−z) is less than a rounding error of z in every dtype, and z + log1p(exp(−z)) is z."""


def vjp(operator: str) -> Callable[..., Any]:
    """The vjp of the reference, for noisy numbers."""
    return _DETOURS.get(operator) or reference.vjp(operator)


def _binary_cross_entropy_vjp(dloss: Noisy, logits: Noisy, target: Noisy) -> tuple[Noisy]:
    """σ(z) as exp(z − log(1 + exp z)), the derivative that libraries give a log-sum-exp (JAX's logaddexp).

    The logarithm is as large as z and rounds so: the exponential of the difference is off by |z| roundings.
    """
    (gradient,) = reference.vjp("binary_cross_entropy")(dloss, logits, target)
    size = np.abs(logits.value)
    factor = gradient.noise.exact(np.ones(size.shape))
    factor.replicas = factor.noise.perturb(factor.replicas, np.where(size < _LOST_BESIDE_IT, size, 0.0))
    return (gradient * factor,)


_DETOURS: dict[str, Callable[..., Any]] = {"binary_cross_entropy": _binary_cross_entropy_vjp}
