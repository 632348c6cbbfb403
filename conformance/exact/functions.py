"""The functions that the specification names, of any kind of number: the number's own, or those of `math`."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any


class NotLowered(Exception):
    """A term that has no value here. One line."""


def call(function: str, x: Any) -> Any:
    """The number's own function, or that of `math` for a plain one."""
    return getattr(math, function)(x) if isinstance(x, (int, float)) else getattr(x, function)()


def power(base: Any, exponent: Any) -> Any:
    """b^q for a whole q, for halves by the root, and for any other as the number has it."""
    if 2 * exponent != int(2 * exponent):
        if isinstance(base, (int, Fraction)):
            raise NotLowered(f"{base} to the power of {exponent} is not rational")
        return base**exponent
    if exponent != int(exponent):
        return power(root(base), int(2 * exponent))
    whole = int(exponent)
    if whole >= 0:
        return base**whole
    return Fraction(1, base**-whole) if isinstance(base, int) else 1 / base**-whole


def root(x: Any) -> Any:
    """√x. Raises NotLowered for a size or a fraction that is no square."""
    if not isinstance(x, (int, Fraction)):
        return call("sqrt", x)
    x = Fraction(x)
    found = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
    if found * found != x:
        raise NotLowered(f"the root of {x} is not rational: choose a size that is a square")
    return found


def sigma(x: Any) -> Any:
    return 1 / (1 + call("exp", -x))


def relu(x: Any) -> Any:
    return x if x > 0 else 0 * x


def step(x: Any) -> int:
    return 1 if x > 0 else 0


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    **{name: partial(call, name) for name in ("exp", "log", "tanh", "sin", "cos")},
    "sigma": sigma,
    "relu": relu,
    "step": step,
}

ACTIVATIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "identity": (lambda x: x, lambda x: 1),
    "sigmoid": (sigma, lambda x: sigma(x) * (1 - sigma(x))),
    "tanh": (FUNCTIONS["tanh"], lambda x: 1 - call("tanh", x) ** 2),
    "relu": (relu, step),
}
"""g and g′ for each activation."""
