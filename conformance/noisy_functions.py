"""NumPy's functions on noisy numbers: those that the reference and the laws use, and no others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .noise import REPLICAS, Noise
from .noisy import Decision, Noisy, aligned, as_tuple, behind, replicas_of
from .precision import SLACK


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    """The axes behind the leading one that `axis` of the array itself names."""
    if axis is None:
        return tuple(range(1, rank + 1))
    return tuple(a % rank + 1 for a in as_tuple(axis))


def _noise_of(*values: Any) -> Noise:
    for value in values:
        for entry in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(entry, (Noisy, Decision)):
                return entry.noise
    raise TypeError("no noisy number among the arguments")


def add_at(target: Noisy, index: Any, values: Any) -> None:
    """`np.add.at`, in place."""
    added = replicas_of(values)
    if len(target.replicas) < REPLICAS + 1:
        target.replicas = np.repeat(target.replicas, REPLICAS + 1, axis=0)
    where = behind(index)
    size, count = np.abs(target.replicas[:2]), np.zeros(target.shape)
    np.add.at(size, where, np.abs(added[:2]))
    np.add.at(count, as_tuple(index), 1.0)
    np.add.at(target.replicas, where, np.broadcast_to(added, (REPLICAS + 1, *added.shape[1:])))
    # The first number lands on a zero, exactly; each further one is an addition that rounds.
    target.replicas = target.noise.perturb(
        target.replicas, size.max(axis=0) * np.sqrt(np.maximum(count - 1.0, 0.0))
    )


def _sum(a: Noisy, axis: Any = None, keepdims: bool = False) -> Noisy:
    over = _axes(axis, a.ndim)
    terms = math.prod(a.shape[i - 1] for i in over)
    total = a.replicas.sum(axis=over, keepdims=keepdims)
    if terms <= 1:
        return Noisy(total, a.noise)
    magnitude = np.abs(a.replicas[:2]).sum(axis=over, keepdims=keepdims).max(axis=0)
    return Noisy(a.noise.perturb(total, math.sqrt(terms - 1) * magnitude), a.noise)


def _max(a: Noisy, axis: Any = None, keepdims: bool = False) -> Noisy:
    return Noisy(a.replicas.max(axis=_axes(axis, a.ndim), keepdims=keepdims), a.noise)


def _where(condition: Any, a: Any, b: Any) -> Any:
    left, right = replicas_of(a), replicas_of(b)
    if not isinstance(condition, Decision):
        noise = _noise_of(a, b)
        chosen = np.asarray(condition)[None]
    else:
        noise = condition.noise
        chosen = condition.answer[None]
        if condition.within.any():
            noise.undecided |= _differ(condition, Noisy(left, noise), Noisy(right, noise))
    rank = max(chosen.ndim, left.ndim, right.ndim)
    result = np.where(aligned(chosen, rank), aligned(left, rank), aligned(right, rank))
    return Noisy(result, noise) if isinstance(a, Noisy) or isinstance(b, Noisy) else result[0]


def _differ(condition: Decision, a: Noisy, b: Noisy) -> bool:
    """Whether the branches differ by more than their noise anywhere that the decision is within its own."""
    unit = SLACK * condition.noise.precision.unit
    jump = np.abs(a.value - b.value) > unit * (a.spread + b.spread + np.abs(a.value) + np.abs(b.value))
    return bool(np.any(jump & condition.within))


def _joined(join: Callable[..., np.ndarray], arrays: Sequence[Any], axis: int) -> Noisy:
    parts = [replicas_of(x) for x in arrays]
    longest = max(map(len, parts))
    parts = [np.broadcast_to(x, (longest, *x.shape[1:])) for x in parts]
    return Noisy(join(parts, axis=axis if axis < 0 else axis + 1), _noise_of(*arrays))


def _full_like(fill: float) -> Callable[..., Noisy]:
    def like(a: Noisy, dtype: Any = None, shape: Any = None) -> Noisy:
        wanted = a.shape if shape is None else as_tuple(shape)
        return Noisy(np.full((1, *wanted), fill), a.noise)

    return like


def _split(a: Noisy, sections: Any, axis: int = 0) -> list[Noisy]:
    return [Noisy(x, a.noise) for x in np.split(a.replicas, sections, axis if axis < 0 else axis + 1)]


def _swapaxes(a: Noisy, first: int, second: int) -> Noisy:
    (i,), (j,) = _axes(first, a.ndim), _axes(second, a.ndim)
    return Noisy(np.swapaxes(a.replicas, i, j), a.noise)


def _broadcast_to(a: Noisy, shape: Any) -> Noisy:
    wanted = as_tuple(shape)
    return Noisy(np.broadcast_to(aligned(a.replicas, len(wanted) + 1), (len(a.replicas), *wanted)), a.noise)


HANDLERS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum,
    np.max: _max,
    np.where: _where,
    np.concatenate: lambda arrays, axis=0: _joined(np.concatenate, arrays, axis),
    np.stack: lambda arrays, axis=0: _joined(np.stack, arrays, axis),
    np.split: _split,
    np.swapaxes: _swapaxes,
    np.broadcast_to: _broadcast_to,
    np.zeros_like: _full_like(0.0),
    np.ones_like: _full_like(1.0),
}
