"""Residues modulo a tower of primes: a kind of number with exp, log, roots and signs, and no rounding.

Equality has no tolerance. Order is a fiction that the reference cannot tell from the real one: x is positive
where it is a square on its lowest level. Then −x is not, |x| is x or −x, a root is the positive one, and a
choice by sign takes each of its branches; but the largest of several numbers is any of them.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from .arrays import each
from .plain import MinusInfinity, constant, is_bottom
from .tower import Exhausted, Levels, NotASquare, Tower, one_field

__all__ = ["Exhausted", "MinusInfinity", "NotASquare", "Residue", "Tower", "draw", "lift", "one_field"]


class Residue:
    """One residue for each of `levels`, as an integer modulo the product of their primes."""

    __slots__ = ("levels", "value")

    def __init__(self, value: int, levels: Levels) -> None:
        self.value, self.levels = value, levels

    def _meet(self, other: Any) -> tuple[int, Levels] | None:
        """`other` as an integer, and the levels that both have; None for what is no number."""
        if type(other) is Residue:
            same = other.levels is self.levels
            return other.value, self.levels if same else self.levels.meet(other.levels)
        value = constant(other, self.levels)
        return None if value is None else (value, self.levels)

    def __add__(self, other: Any) -> Any:
        levels = self.levels
        if type(other) is Residue and other.levels is levels:  # the way that nearly all take
            return Residue((self.value + other.value) % levels.modulus, levels)
        if is_bottom(other):
            return MinusInfinity(self)
        met = self._meet(other)
        return NotImplemented if met is None else Residue((self.value + met[0]) % met[1].modulus, met[1])

    def __sub__(self, other: Any) -> Any:
        met = self._meet(other)
        return NotImplemented if met is None else Residue((self.value - met[0]) % met[1].modulus, met[1])

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        levels = self.levels
        if type(other) is Residue and other.levels is levels:
            return Residue(self.value * other.value % levels.modulus, levels)
        met = self._meet(other)
        return NotImplemented if met is None else Residue(self.value * met[0] % met[1].modulus, met[1])

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Any:
        met = self._meet(other)
        if met is None:
            return NotImplemented
        return Residue(self.value * met[1].inverse(met[0]) % met[1].modulus, met[1])

    def __rtruediv__(self, other: Any) -> Any:
        return Residue(self.levels.inverse(self.value), self.levels) * other

    def __neg__(self) -> "Residue":
        return Residue(-self.value % self.levels.modulus, self.levels)

    def __pow__(self, exponent: Any) -> Any:
        """Integer exponents, and halves of them by the root."""
        exponent = exponent.item() if isinstance(exponent, np.generic) else exponent
        halves = 2 * exponent if isinstance(exponent, (int, float, Fraction)) else None
        if halves is None or halves != int(halves):
            return NotImplemented
        if halves % 2:
            return self.sqrt() ** int(halves)
        base = self.value if exponent >= 0 else self.levels.inverse(self.value)
        return Residue(pow(base, abs(int(exponent)), self.levels.modulus), self.levels)

    def __abs__(self) -> "Residue":
        return -self if self.levels.sign(self.value) < 0 else self

    def __bool__(self) -> bool:
        return self.value != 0

    def _compare(self, other: Any, holds: Callable[[int], bool]) -> Any:
        if is_bottom(other):
            return holds(1)
        met = self._meet(other)
        return NotImplemented if met is None else holds(met[1].sign(self.value - met[0]))

    def __eq__(self, other: Any) -> Any:
        """On every level that both have. Raises Exhausted where there is none."""
        if is_bottom(other):
            return False
        met = self._meet(other)
        return NotImplemented if met is None else (self.value - met[0]) % met[1].modulus == 0

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, lambda sign: sign < 0)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, lambda sign: sign <= 0)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, lambda sign: sign > 0)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, lambda sign: sign >= 0)

    def exp(self) -> "Residue":
        return Residue(*self.levels.exp(self.value))

    def log(self) -> "Residue":
        return Residue(*self.levels.log(self.value))

    def log1p(self) -> "Residue":
        more: Residue = self + 1
        return more.log()

    def tanh(self) -> "Residue":
        e = (self + self).exp()
        quotient: Residue = (e - 1) / (e + 1)
        return quotient

    def sqrt(self) -> "Residue":
        """The positive root r, with √(x²) = |x| and √(x y) = √x √y: a square itself, a^((p+1)/4).

        On the lowest level alone: on the others x² does not tell which of its two roots belongs to |x|.
        """
        lowest = self.levels.lowest
        a = self.value % lowest.modulus
        r = pow(a, (lowest.modulus + 1) // 4, lowest.modulus)
        if r * r % lowest.modulus != a:
            raise NotASquare("no root in this field: draw other numbers")
        return Residue(r, lowest)

    def __repr__(self) -> str:
        residues = ", ".join(str(self.value % p) for p in self.levels.primes)
        return f"Residue({residues}; from level {self.levels.low})"


def draw(tower: Tower, shape: tuple[int, ...] = ()) -> Any:
    """Independent and uniform residues other than 0, on all levels."""
    levels = tower.all
    return each(lambda _: Residue(tower.random.randrange(1, levels.modulus), levels), np.empty(shape))


def lift(tower: Tower, array: Any) -> Any:
    """Integers, fractions and exact floats as residues."""
    zero = Residue(0, tower.all)
    return each(lambda entry: zero + entry, array)
