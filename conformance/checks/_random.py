"""Random dropout, judged by the mask read off its own output: no generator is shared, no mask asked for.

What must hold for every mask: an entry is 0 or x / (1 − rate), and the gradient has the mask of the very run
it belongs to. What must hold of the masks: entries are dropped at `rate`, and two calls do not drop the same
ones. Both are left to chance, so they are refused only where a right implementation gets there with
probability below `FALSE_ALARM`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..compare import Finding, accept, compare, refuse
from ..oracle import Expected, tolerance
from ..trial import Trial, Uninformative

FALSE_ALARM = 1e-12


def outputs(trial: Trial) -> Iterator[Finding]:
    """y is 0 or x / (1 − rate), at the right rate, and not the same in every call."""
    (x,), rate = trial.inputs, trial.attributes["rate"]
    (y,) = trial.outputs
    mask = _mask(y, x)
    yield _masked(trial, "y", y, x, mask)
    if y.shape != x.shape or not x.size:
        return
    yield _frequency(mask[x != 0], rate)
    yield from _patterned(mask, rate)
    yield from _draws(trial, x, rate)
    (again,) = Trial(trial.backend, trial.case, trial.precision).outputs
    # P(two masks alike) = (rate² + (1 − rate)²)^n.
    if x.size * math.log(rate**2 + (1 - rate) ** 2) < math.log(FALSE_ALARM):
        if np.array_equal(mask, _mask(again, x)):
            yield refuse("mask", "two calls dropped the same entries", "masks that differ", "one mask")
        else:
            yield accept("mask")


def _draws(trial: Trial, x: np.ndarray, rate: float) -> Iterator[Finding]:
    """Every entry can be dropped and kept, and not the same number of them in every call."""
    if not (0 < rate < 1) or not x.size or x.size > _FEW or not np.all(x != 0):
        return
    masks = [_mask(Trial(trial.backend, trial.case, trial.precision).outputs[0], x) for _ in range(_CALLS)]
    for kept, word, chance in ((True, "dropped", 1 - rate), (False, "kept", rate)):
        # P(one of the entries is never dropped) ≤ size · (1 − rate)^calls.
        if math.log(x.size) + _CALLS * math.log(chance) < math.log(FALSE_ALARM):
            never = np.all([m == kept for m in masks], axis=0)
            message = f"{int(never.sum())} of {x.size} entries are never {word} in {_CALLS} calls"
            yield refuse("mask", message) if never.any() else accept("mask")
    likeliest = max(math.comb(x.size, k) * rate**k * (1 - rate) ** (x.size - k) for k in range(x.size + 1))
    if (_CALLS - 1) * math.log(likeliest) < math.log(FALSE_ALARM):
        counts = {int(m.sum()) for m in masks}
        said = "the same number of entries is dropped in every call: they are not dropped one by one"
        yield refuse("mask", said) if len(counts) == 1 else accept("mask")


_CALLS, _FEW = 48, 40
"""So many calls, of arrays of at most so many entries."""


def gradients(trial: Trial) -> Iterator[Finding]:
    """dx is dy / (1 − rate) where that run kept x, and 0 where it dropped it."""
    (x,), (dy,), rate = trial.inputs, trial.arguments.cotangents, trial.attributes["rate"]
    if trial.case.cotangent == 0:
        raise Uninformative
    y, (dx,) = trial.pullback
    # Without the outputs of that run its mask can only be read off the gradient itself.
    mask = _mask(dx, dy)
    if y is not None:
        mask = np.where(x != 0, _mask(y[0], x), mask)  # a zero that was kept looks like one that was dropped
    yield _masked(trial, "dx", dx, dy, mask)
    if dx.shape == x.shape and x.size:
        yield _frequency(mask[(x != 0) & (dy != 0)], rate)


def _mask(result: np.ndarray, given: np.ndarray) -> np.ndarray:
    return np.asarray(result != 0) if result.shape == given.shape else np.ones(given.shape, bool)


def _masked(trial: Trial, name: str, result: np.ndarray, given: np.ndarray, mask: np.ndarray) -> Finding:
    value = np.where(mask, given.astype(np.float64) / (1 - trial.attributes["rate"]), 0.0)
    allowed = np.where(mask, tolerance(value, np.abs(value), trial.precision), 0.0)
    return compare(result, Expected(name, value, allowed, trial.precision.dtype))


def _patterned(mask: np.ndarray, rate: float) -> Iterator[Finding]:
    """Entries are dropped one by one: not whole rows or columns, nor with a period."""
    for axis in range(mask.ndim):
        lines, length = mask.size // mask.shape[axis], mask.shape[axis]
        # P(every line along the axis is of one kind) = (rate^length + (1 − rate)^length)^lines.
        if length > 1 and lines * math.log(rate**length + (1 - rate) ** length) < math.log(FALSE_ALARM):
            alike = np.all(mask, axis=axis) | ~np.any(mask, axis=axis)
            yield refuse("mask", "entries are dropped in whole lines") if alike.all() else accept("mask")
    flat = mask.ravel()
    for period in (2, 4, 8, 16, 32):
        rest = flat.size - period
        if rest > 0 and rest * math.log(rate**2 + (1 - rate) ** 2) < math.log(FALSE_ALARM):
            repeats = np.array_equal(flat[period:], flat[:-period])
            yield refuse("mask", f"the mask repeats every {period} entries") if repeats else accept("mask")


def _frequency(kept: np.ndarray, rate: float) -> Finding:
    """Chernoff (1952): P(k/n as far from 1 − rate, on that side) ≤ exp(−n KL(k/n ‖ 1 − rate))."""
    if not kept.size:
        return accept("rate", 0)
    share, due = float(kept.mean()), 1 - rate
    if kept.size * _divergence(share, due) <= math.log(2 / FALSE_ALARM):
        return accept("rate", kept.size)
    return refuse("rate", f"{share:.3f} of {kept.size} entries were kept, {due:.3f} are due", due, share)


def _divergence(a: float, b: float) -> float:
    """Kullback & Leibler's (1951), of a coin that falls with probability a from one with b."""

    def term(p: float, q: float) -> float:
        return 0.0 if p == 0 else math.inf if q == 0 else p * math.log(p / q)

    return term(a, b) + term(1 - a, 1 - b)
