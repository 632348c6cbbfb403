"""Exact numbers: where the reference on them can round nowhere, whatever the order of summation.

A number is digits · 2^exponent, with a bound on the sum of the magnitudes of the terms it was made of. While
that bound fits into the significand of the dtype, every partial sum is representable, so every implementation
must get the same bits. Whatever cannot be shown to be exact raises `Inexact`; so does a mean, which may be
kept as a running one, in whose steps everything rounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .precision import Precision


class Inexact(Exception):
    """Somewhere a rounding may happen."""


def _on_numbers(operation: Callable[[Exact, Exact], Exact]) -> Callable[[Exact, Any], Exact]:
    """A binary operation that takes plain numbers too, and leaves arrays to NumPy."""

    def method(self: Exact, other: Any) -> Exact:
        if isinstance(other, np.ndarray):
            return NotImplemented  # type: ignore[no-any-return]
        return operation(self, other if isinstance(other, Exact) else exact_number(other, self.bits))

    return method


class Exact:
    """The number `digits` · 2^`exponent`.

    The magnitudes of the terms it was made of sum to at most `bound` · 2^`exponent`; `terms` is how many were
    added up.
    """

    __slots__ = ("bits", "bound", "digits", "exponent", "terms")

    def __init__(self, digits: int, bound: int, exponent: int, bits: int, terms: int = 1) -> None:
        if bound.bit_length() > bits:
            raise Inexact
        self.digits, self.bound, self.exponent, self.bits = digits, bound, exponent, bits
        self.terms = terms

    @_on_numbers
    def __add__(self, o: Exact) -> Exact:
        low = min(self.exponent, o.exponent)
        left, right = self.exponent - low, o.exponent - low
        return Exact(
            (self.digits << left) + (o.digits << right),
            (self.bound << left) + (o.bound << right),
            low,
            self.bits,
            self.terms + o.terms,
        )

    @_on_numbers
    def __mul__(self, o: Exact) -> Exact:
        return Exact(self.digits * o.digits, self.bound * o.bound, self.exponent + o.exponent, self.bits)

    @_on_numbers
    def __truediv__(self, o: Exact) -> Exact:
        size = abs(o.digits)
        if size == 0 or size & (size - 1):  # only a power of two divides without a remainder for certain
            raise Inexact
        if self.terms > 2 and abs(o) > 1:  # a mean; that of two numbers is exact as a running one, too
            raise Inexact
        sign = 1 if o.digits > 0 else -1
        return Exact(
            sign * self.digits, self.bound, self.exponent - o.exponent - size.bit_length() + 1, self.bits
        )

    @_on_numbers
    def __sub__(self, o: Exact) -> Exact:
        return self + -o

    @_on_numbers
    def __rsub__(self, o: Exact) -> Exact:
        return o + -self

    @_on_numbers
    def __rtruediv__(self, o: Exact) -> Exact:
        return o / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Exact:
        return Exact(-self.digits, self.bound, self.exponent, self.bits, self.terms)

    def __abs__(self) -> Exact:
        return Exact(abs(self.digits), self.bound, self.exponent, self.bits)

    def sqrt(self) -> Exact:
        """The root where it is one of these numbers."""
        digits, odd = (
            (self.digits, self.exponent) if self.exponent % 2 == 0 else (2 * self.digits, self.exponent - 1)
        )
        root = math.isqrt(max(digits, 0))
        if root * root != digits:
            raise Inexact
        return Exact(root, root, odd // 2, self.bits)

    def _apart(self, other: Any) -> int:
        """The sign of the difference, which needs no significand of its own."""
        o = other if isinstance(other, Exact) else exact_number(other, self.bits)
        low = min(self.exponent, o.exponent)
        return (self.digits << (self.exponent - low)) - (o.digits << (o.exponent - low))

    def __lt__(self, other: Any) -> bool:
        return self._apart(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._apart(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._apart(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._apart(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self._apart(other) == 0

    __hash__ = None  # type: ignore[assignment]

    def __float__(self) -> float:
        return math.ldexp(self.digits, self.exponent)


def exact_number(value: Any, bits: int) -> Exact:
    """`value` as an exact number. Raises Inexact where it is infinite, NaN or too long."""
    if not math.isfinite(value):
        raise Inexact
    digits, divisor = float(value).as_integer_ratio()
    return Exact(digits, abs(digits), 1 - divisor.bit_length(), bits)


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
