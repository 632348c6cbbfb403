"""Dual numbers over any kind of number: a value, and what it changes by, carried along by the operations.

f(x + ε v) = f(x) + ε J v, as ε² = 0 (Clifford 1873). The slope is a number of the value's kind, for one
direction v, or for floats a NumPy vector of them.
"""

from typing import Any

import numpy as np

from .functions import call


class Dual:
    """value + slope · ε."""

    __slots__ = ("slope", "value")

    def __init__(self, value: Any, slope: Any = 0) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.slope + other.slope)
        return NotImplemented if isinstance(other, np.ndarray) else Dual(self.value + other, self.slope)

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return Dual(self.value - other.value, self.slope - other.slope)
        return NotImplemented if isinstance(other, np.ndarray) else Dual(self.value - other, self.slope)

    def __rsub__(self, other: Any) -> Any:
        return Dual(other - self.value, -self.slope)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)
        return (
            NotImplemented if isinstance(other, np.ndarray) else Dual(self.value * other, self.slope * other)
        )

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            value = self.value / other.value
            return Dual(value, (self.slope - value * other.slope) / other.value)
        return (
            NotImplemented if isinstance(other, np.ndarray) else Dual(self.value / other, self.slope / other)
        )

    def __rtruediv__(self, other: Any) -> Any:
        value = other / self.value
        return Dual(value, -(value * self.slope) / self.value)

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.slope)

    def __pow__(self, exponent: Any) -> "Dual":
        """x^k for a plain number k, k x^(k−1) dx; a root for k = 1/2, which every kind of number has."""
        if exponent == 0:
            return Dual(self.value**0, 0 * self.slope)
        if exponent == 0.5:
            return self.sqrt()
        return Dual(self.value**exponent, exponent * self.value ** (exponent - 1) * self.slope)

    def __abs__(self) -> "Dual":
        return self if self.value >= 0 else -self

    def __eq__(self, other: Any) -> Any:
        return self.value == _value(other)

    def __lt__(self, other: Any) -> Any:
        return self.value < _value(other)

    def __le__(self, other: Any) -> Any:
        return self.value <= _value(other)

    def __gt__(self, other: Any) -> Any:
        return self.value > _value(other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= _value(other)

    def exp(self) -> "Dual":
        value = call("exp", self.value)
        return Dual(value, value * self.slope)

    def log(self) -> "Dual":
        return Dual(call("log", self.value), self.slope / self.value)

    def log1p(self) -> "Dual":
        return Dual(call("log1p", self.value), self.slope / (1 + self.value))

    def tanh(self) -> "Dual":
        value = call("tanh", self.value)
        return Dual(value, (1 - value * value) * self.slope)

    def sqrt(self) -> "Dual":
        value = call("sqrt", self.value)
        return Dual(value, self.slope / (2 * value))

    def sin(self) -> "Dual":
        return Dual(call("sin", self.value), call("cos", self.value) * self.slope)

    def cos(self) -> "Dual":
        return Dual(call("cos", self.value), -(call("sin", self.value) * self.slope))

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.slope!r})"


def _value(number: Any) -> Any:
    return number.value if isinstance(number, Dual) else number
