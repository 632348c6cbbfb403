"""What is no residue, but meets residues: plain numbers, which must be exact, and −∞."""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from .tower import Levels

_DIGITS = 20  # of a float in base 2, beyond which it is taken for a rounded one: √3, or 0.1


def constant(number: Any, levels: Levels) -> int | None:
    """An integer, fraction or exact float modulo the levels; None for what is no number.

    Raises TypeError for a float that has been rounded.
    """
    if isinstance(number, np.generic):
        number = number.item()
    if isinstance(number, float):
        numerator, denominator = number.as_integer_ratio() if math.isfinite(number) else (0, 0)
        odd_part = numerator // (numerator & -numerator) if numerator else 0
        if not denominator or odd_part.bit_length() > _DIGITS:
            raise TypeError(f"{number!r} is not exact: no place for it in an exact computation")
        number = Fraction(numerator, denominator)
    if isinstance(number, int):
        return number % levels.modulus
    if isinstance(number, Fraction):
        return number.numerator * levels.inverse(number.denominator) % levels.modulus
    return None


def is_bottom(number: Any) -> bool:
    return type(number) is MinusInfinity or (isinstance(number, float) and number == -math.inf)


class MinusInfinity:
    """−∞, which masks put where nothing is to be seen: below every number, and exp(−∞) = 0."""

    __slots__ = ("beside",)

    def __init__(self, beside: Any) -> None:
        self.beside = beside  # the residue that it met, whose levels it has

    def __add__(self, other: Any) -> "MinusInfinity":
        return self

    def __sub__(self, other: Any) -> "MinusInfinity":
        if is_bottom(other):
            raise ArithmeticError("−∞ − (−∞) is no number")
        return self

    __radd__ = __add__

    def exp(self) -> Any:
        return 0 * self.beside.exp()

    def __eq__(self, other: Any) -> bool:
        return is_bottom(other)

    def __lt__(self, other: Any) -> bool:
        return not is_bottom(other)

    def __le__(self, other: Any) -> bool:
        return True

    def __gt__(self, other: Any) -> bool:
        return False

    def __ge__(self, other: Any) -> bool:
        return is_bottom(other)
