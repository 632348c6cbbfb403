"""Balls: a midpoint and a radius within which the true value is certain to lie (Arb, Johansson 2017).

python-flint's `arb` has every function that NumPy asks for, but it answers False where two balls overlap, so
that np.maximum would choose what nothing proves. A `Ball` refuses, and is tried in more digits.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from .arrays import each


class Undecided(ArithmeticError):
    """The balls are too wide, at this precision, for what is asked of them."""


class Ball:
    """An `arb`. Operations round at the precision that `flint.ctx` has at the time."""

    __slots__ = ("arb",)

    def __init__(self, arb: Any) -> None:
        self.arb = arb

    def __add__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else Ball(self.arb + given)

    def __sub__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else Ball(self.arb - given)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else Ball(self.arb * given)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else Ball(self.arb / given)

    def __rtruediv__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else Ball(given / self.arb)

    def __neg__(self) -> "Ball":
        return Ball(-self.arb)

    def __pow__(self, exponent: Any) -> Any:
        given = _arb(exponent)
        return given if given is NotImplemented else Ball(self.arb**given)

    def __abs__(self) -> "Ball":
        return Ball(abs(self.arb))  # of a ball around 0 too: no choice is made

    def _decide(self, certain: bool, impossible: bool) -> bool:
        if certain == impossible:
            raise Undecided("two balls overlap, so nothing says which number is the larger")
        return certain

    def __eq__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else self._decide(self.arb == given, self.arb != given)

    def __lt__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else self._decide(self.arb < given, self.arb >= given)

    def __le__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else self._decide(self.arb <= given, self.arb > given)

    def __gt__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else self._decide(self.arb > given, self.arb <= given)

    def __ge__(self, other: Any) -> Any:
        given = _arb(other)
        return given if given is NotImplemented else self._decide(self.arb >= given, self.arb < given)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __float__(self) -> float:
        return float(self.arb.mid())

    def exp(self) -> "Ball":
        return Ball(self.arb.exp())

    def log(self) -> "Ball":
        return Ball(self.arb.log())

    def log1p(self) -> "Ball":
        return Ball(self.arb.log1p())

    def tanh(self) -> "Ball":
        return Ball(self.arb.tanh())

    def sqrt(self) -> "Ball":
        return Ball(self.arb.sqrt())

    def sin(self) -> "Ball":
        return Ball(self.arb.sin())

    def cos(self) -> "Ball":
        return Ball(self.arb.cos())

    def __repr__(self) -> str:
        return f"Ball({self.arb})"

    def sharp(self, digits: int) -> bool:
        """Whether the radius is below 10^−digits of the value, or below 10^−digits where that may be 0."""
        near_zero = self.arb.contains(0)
        scale = 1 if near_zero else abs(self.arb.mid())
        return bool(self.arb.is_finite() and self.arb.rad() * 10**digits < scale)


def balls(array: Any) -> Any:
    """Floats, integers and fractions as balls; all but the fractions have radius 0."""
    arb = flint().arb
    return each(lambda entry: Ball(arb(_arb(entry))), array)


def digits(array: Any, count: int = 50) -> Any:
    """Balls in decimal, as many digits as are certain and at most `count`."""
    return each(lambda ball: ball.arb.str(count, radius=False), array)


def _arb(number: Any) -> Any:
    """What an `arb` can be combined with."""
    if isinstance(number, Ball):
        return number.arb
    if isinstance(number, np.generic):
        number = number.item()
    if isinstance(number, Fraction):
        return flint().arb(number.numerator) / number.denominator
    return number if isinstance(number, (int, float)) else NotImplemented


def flint() -> Any:
    """python-flint, which only balls need."""
    try:
        import flint
    except ModuleNotFoundError:
        raise ModuleNotFoundError("balls need python-flint: pip install 'gradspec[prove]'") from None
    return flint
