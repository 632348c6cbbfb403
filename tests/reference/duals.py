"""Dual numbers: a value and its derivatives by every input at once, carried along by the reference itself."""

import math
from typing import Any

import numpy as np
from cases import is_real, leaves, mapped


class Dual:
    """value + Σ_k slope[k] ε_k, where the ε_k are infinitesimal."""

    def __init__(self, value: float, slope: Any = 0.0) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Any) -> "Dual":
        other = dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Any) -> "Dual":
        other = dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other: Any) -> "Dual":
        other = dual(other)
        value = self.value / other.value
        return Dual(value, (self.slope - value * other.slope) / other.value)

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> "Dual":
        return self + -dual(other)

    def __rsub__(self, other: Any) -> "Dual":
        return dual(other) - self

    def __rtruediv__(self, other: Any) -> "Dual":
        return dual(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __abs__(self) -> "Dual":
        return self if self.value >= 0 else -self

    def __lt__(self, other: Any) -> bool:
        return self.value < dual(other).value

    def __le__(self, other: Any) -> bool:
        return self.value <= dual(other).value

    def __gt__(self, other: Any) -> bool:
        return self.value > dual(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= dual(other).value

    def exp(self) -> "Dual":
        value = math.exp(self.value)
        return Dual(value, value * self.slope)

    def log(self) -> "Dual":
        return Dual(math.log(self.value), self.slope / self.value)

    def log1p(self) -> "Dual":
        return Dual(math.log1p(self.value), self.slope / (1 + self.value))

    def tanh(self) -> "Dual":
        value = math.tanh(self.value)
        return Dual(value, (1 - value * value) * self.slope)

    def sqrt(self) -> "Dual":
        value = math.sqrt(self.value)
        return Dual(value, self.slope / (2 * value))


def dual(number: Any) -> Dual:
    return number if isinstance(number, Dual) else Dual(number)


def variables(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The inputs with every real number a dual, and a variable of its own."""
    slopes = iter(np.eye(sum(array.size for array in leaves(inputs) if is_real(array))))

    def lift(array: np.ndarray) -> np.ndarray:
        entries = np.empty(array.size, object)
        entries[:] = [Dual(float(value), next(slopes)) for value in array.flat]
        return entries.reshape(array.shape)

    lifted: tuple[Any, ...] = mapped(lift, inputs)
    return lifted
