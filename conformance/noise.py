"""Noisy numbers: run the unmodified reference on them, and the spread of its results is the tolerance.

Monte Carlo arithmetic (Parker 1997): every operation is perturbed by one rounding error, here in `REPLICAS`
copies of the computation that share a leading axis; replica 0 stays unperturbed. The perturbation is as large
as a rounding error of the dtype under test, so that what rounding does to rounding is in it (where results
cancel to exactly 0, nothing else is), but never below `FLOOR`; the spread is told in rounding errors, and
whoever reads it multiplies by the size of one.

A product or a sum of n terms is perturbed by √n · Σ|aᵢbᵢ|, since an implementation may sum in any order; an
elementary function by a few units in the last place; what only moves or selects numbers, not at all. A
comparison whose answer the noise could turn is a *decision within the noise*: where its two branches differ,
either result is right and the case says nothing (`Noise.undecided`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .precision import Precision

if TYPE_CHECKING:
    from .noisy import Noisy

REPLICAS = 16
FLOOR = 2.0**-40
"""The least size of a perturbation: far above float64's own rounding errors, which are not to count."""

# One pool of Gaussian numbers, read in order: drawing them afresh for each operation is most of the cost.
_POOL = np.random.default_rng(20241).standard_normal((1 << 20) + 7)


class Noise:
    """What the arrays of one noisy run share.

    `undecided` becomes true where the run took a decision within the noise; `peak` is the largest magnitude
    met.
    """

    def __init__(self, precision: Precision, seed: int = 0) -> None:
        self.precision = precision
        self.undecided = False
        self.peak = 0.0
        self.level = max(precision.unit, FLOOR)
        self._next = (seed * 104_729) % len(_POOL)
        # An underflow loses up to the smallest normal number, whatever the size of a rounding error.
        self._tiny = precision.tiny * self.level / precision.unit

    def watching(self) -> np.errstate:
        """Silence for a run; an infinity that no operand had is noticed: there float64 itself overflows."""
        return np.errstate(all="ignore", over="call", call=self._overflowed)

    def _overflowed(self, *_: Any) -> None:
        self.peak = math.inf

    def exact(self, value: Any) -> Noisy:
        """`value` as it is, with no noise in it."""
        from .noisy import Noisy

        return Noisy(np.asarray(value, float)[None], self)

    def rounded(self, value: float) -> Noisy:
        """A number that the dtype under test may have to round first, as 0.999 in float32."""
        lifted = self.exact(value)
        self.undecided |= bool(value) and not self.precision.reaches(value)
        if not self.precision.holds(value):
            lifted.replicas = self.perturb(lifted.replicas, np.abs(lifted.value))
        return lifted

    def gaussian(self, shape: tuple[int, ...]) -> np.ndarray:
        """Independent noise for the REPLICAS perturbed copies of an array."""
        needed = REPLICAS * math.prod(shape)
        if needed > len(_POOL):
            return np.resize(_POOL, (REPLICAS, *shape))
        if self._next + needed > len(_POOL):
            self._next = (self._next + needed) % 97
        start, self._next = self._next, self._next + needed
        return _POOL[start : self._next].reshape(REPLICAS, *shape)

    def perturb(self, replicas: np.ndarray, size: np.ndarray) -> np.ndarray:
        """`replicas` with noise in proportion to `size`, the same for all of them."""
        first = replicas[0]
        peak = float(size.max(initial=0.0))
        if not math.isfinite(peak):  # a mask's −∞, or a NaN on its way through: nothing to perturb there
            size = np.where(np.isfinite(size) & np.isfinite(first), size, 0.0)
            peak = float(size.max(initial=0.0))
        if peak > self.peak:
            self.peak = peak
        noisy = np.empty((REPLICAS + 1, *first.shape))
        noisy[0] = first
        others = noisy[1:]
        np.multiply(self.gaussian(first.shape), size * self.level + self._tiny, out=others)
        others += replicas[1:] if len(replicas) > 1 else first
        return noisy


def magnitude(replicas: np.ndarray) -> np.ndarray:
    """How large the numbers are. A perturbed replica is asked too: what is 0 but for noise is rounded."""
    largest: np.ndarray = np.abs(replicas[:2]).max(axis=0)
    return largest


def _times(errors: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return lambda y, x: errors * y


# How far an honest y = f(x) may be off, in units of one rounding error, from |y| and |x| (the first operand).
# What is absent here and not decided or plain below is exact: it moves, selects or flips a sign.
ROUNDED: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "square", "sqrt", "reciprocal"), _times(1.0)),
    **dict.fromkeys(("log", "tanh", "power"), _times(3.0)),
    # The argument may have been rounded on its way: exp(x − logsumexp x) is as good a softmax as any.
    **dict.fromkeys(("exp", "expm1"), lambda y, x: y * (3.0 + x)),
    **dict.fromkeys(("sin", "cos"), lambda y, x: 3.0 * y + x),
    "log1p": lambda y, x: 3.0 * (1.0 + y),  # as inexact as log(1 + x), which is what most compute
}
