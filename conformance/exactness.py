"""Exact numbers: run the unmodified reference on them to learn where no rounding can happen, in any order of summation.

A number is n · 2^e together with a bound on the sum of the magnitudes of the terms it was made of. While that bound fits
into the significand of the dtype, every partial sum is representable, so every implementation must get the same bits.
Whatever cannot be shown to be exact raises `Inexact`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from .precision import Precision


class Inexact(Exception):
    """Somewhere a rounding may happen."""


def _on_numbers(operation: Callable[[Exact, Exact], Exact]) -> Callable[[Exact, Any], Any]:
    """A binary operation that takes plain numbers too, and leaves arrays to NumPy."""

    def method(self: Exact, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return operation(self, other if isinstance(other, Exact) else exact_number(other, self.bits))

    return method


class Exact:
    """A number of which every digit is known: `value`, a multiple of `quantum`; `bound` ≥ Σ|terms|."""

    __slots__ = ("bits", "bound", "quantum", "value")

    def __init__(self, value: Fraction, bound: Fraction, quantum: Fraction, bits: int) -> None:
        if bound > quantum * 2**bits:
            raise Inexact
        self.value, self.bound, self.quantum, self.bits = value, bound, quantum, bits

    @_on_numbers
    def __add__(self, o: Exact) -> Exact:
        return Exact(self.value + o.value, self.bound + o.bound, min(self.quantum, o.quantum), self.bits)

    @_on_numbers
    def __mul__(self, o: Exact) -> Exact:
        return Exact(self.value * o.value, self.bound * o.bound, self.quantum * o.quantum, self.bits)

    @_on_numbers
    def __truediv__(self, o: Exact) -> Exact:
        if o.value == 0 or not _is_power_of_two(abs(o.value)):
            raise Inexact
        return self * (1 / o.value)

    def __pow__(self, power: Any) -> Exact:
        if not isinstance(power, int) or power < 0:
            raise Inexact
        result = exact_number(1, self.bits)
        for _ in range(power):
            result = result * self
        return result

    def __neg__(self) -> Exact:
        return Exact(-self.value, self.bound, self.quantum, self.bits)

    @_on_numbers
    def __sub__(self, o: Exact) -> Exact:
        return self + -o

    @_on_numbers
    def __rsub__(self, o: Exact) -> Exact:
        return o - self

    @_on_numbers
    def __rtruediv__(self, o: Exact) -> Exact:
        return o / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __abs__(self) -> Exact:
        return Exact(abs(self.value), self.bound, self.quantum, self.bits)

    def sqrt(self) -> Exact:
        """The root where it is rational and dyadic."""
        top, bottom = math.isqrt(max(self.value.numerator, 0)), math.isqrt(self.value.denominator)
        root = Fraction(top, bottom)
        if root * root != self.value:
            raise Inexact
        return exact_number(root, self.bits)

    def _compare(self, other: Any, holds: Callable[[Fraction, Fraction], bool]) -> bool:
        return holds(self.value, exact_number(other, self.bits).value)

    def __lt__(self, other: Any) -> bool:
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> bool:
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> bool:
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> bool:
        return self._compare(other, lambda a, b: a >= b)

    def __eq__(self, other: object) -> bool:
        return self._compare(other, lambda a, b: a == b)

    __hash__ = None  # type: ignore[assignment]

    def __float__(self) -> float:
        return float(self.value)


def exact_number(value: Any, bits: int) -> Exact:
    """`value` as an exact number. Raises Inexact where it is infinite or NaN."""
    if isinstance(value, Exact):
        return value
    if not math.isfinite(value):
        raise Inexact
    fraction = Fraction(value)
    # The finest power of two that divides it: 6 is 3 · 2, a multiple of 2.
    top = fraction.numerator
    quantum = Fraction(top & -top if top else 1, fraction.denominator)
    return Exact(fraction, abs(fraction), quantum, bits)


def lift(value: Any, precision: Precision) -> Any:
    """An input as the exact reference takes it: an object array of exact numbers; indices and masks stay."""
    bits = round(-math.log2(precision.unit))
    if isinstance(value, list):
        return [lift(entry, precision) for entry in value]
    if isinstance(value, float):
        return exact_number(value, bits)
    if not isinstance(value, np.ndarray) or value.dtype.kind in "iub":
        return value
    lifted = np.empty(value.shape, dtype=object)
    for index in np.ndindex(value.shape):
        lifted[index] = exact_number(float(value[index]), bits)
    return lifted


def _is_power_of_two(value: Fraction) -> bool:
    top, bottom = value.numerator, value.denominator
    return top & (top - 1) == 0 and bottom & (bottom - 1) == 0
