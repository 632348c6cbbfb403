"""Refuses what the contract does not admit, before NumPy's broadcasting can make a value of it."""

import re
from collections.abc import Callable
from functools import cache
from numbers import Real
from typing import Any

from . import Array

_AXIS = re.compile(r"(\d*)([A-Za-z]\w*)(\*?)")


@cache
def _axes(pattern: str) -> tuple[tuple[int, str, int], ...]:
    """Each axis of "N* 4H" as (factor, dim, least size): ((1, "N", 0), (4, "H", 1))."""
    return tuple((int(factor or 1), dim, 0 if star else 1) for factor, dim, star in _AXIS.findall(pattern))


def fit(operator: str, **arguments: tuple[Array, str]) -> None:
    """Holds each argument to its pattern, as `x=(x, "T N D")`: a dim has one size throughout, at least 1.

    "4H" is four times H, "N*" may be 0, and "" is a scalar. Raises ValueError.
    """
    sizes: dict[str, int] = {}
    for argument, (array, pattern) in arguments.items():
        axes = _axes(pattern)
        shape = _shape(array)
        fits = len(shape) == len(axes)
        for size, (factor, dim, least) in zip(shape, axes, strict=False):
            count, rest = divmod(size, factor)
            fits = fits and not rest and count >= least and sizes.setdefault(dim, count) == count
        if not fits:
            known = ", ".join(f"{dim} = {size}" for dim, size in sizes.items())
            raise ValueError(
                f"{operator}: {argument} has shape {shape}, not [{', '.join(pattern.split())}] with {known}"
            )


def agree(operator: str, **arguments: Array) -> None:
    """Holds all arguments to the shape of the first. Raises ValueError."""
    (first, model), *others = arguments.items()
    for argument, array in others:
        if _shape(array) != _shape(model):
            raise ValueError(
                f"{operator}: {argument} has shape {_shape(array)}, but {first} has {_shape(model)}"
            )


def steps(operator: str, parameter: Array, gradients: Array) -> range:
    """The steps of gradients[P, ...] for parameter[...]. Raises ValueError where they do not fit."""
    shape = _shape(gradients)
    if not shape or shape[0] < 1 or shape[1:] != _shape(parameter):
        raise ValueError(
            f"{operator}: gradients have shape {shape}, not [P] and then the parameter's {_shape(parameter)}"
        )
    return range(shape[0])


def within(operator: str, low: int, high: int, **arguments: Array) -> None:
    """Holds integer arrays to low … high. Raises IndexError beyond it, ValueError for what is not integer."""
    for argument, array in arguments.items():
        if array.dtype.kind not in "iu":
            raise ValueError(f"{operator}: {argument} must be integers, not {array.dtype}")
        if ((array < low) | (array > high)).any():
            raise IndexError(
                f"{operator}: {argument} must lie in {low} … {high}, not {array.min()} … {array.max()}"
            )


def boolean(operator: str, **arguments: Array) -> None:
    """Holds masks to true and false. Raises ValueError."""
    for argument, array in arguments.items():
        if array.dtype.kind != "b":
            raise ValueError(f"{operator}: {argument} must be booleans, not {array.dtype}")


def number(operator: str, domain: str, holds: Callable[[Any], bool], **arguments: Any) -> None:
    """Holds plain numbers to a domain; any other kind of number once was a plain one. Raises ValueError."""
    for argument, value in arguments.items():
        if isinstance(value, Real) and not holds(value):
            raise ValueError(f"{operator}: {argument} must be {domain}, not {value}")


def one_of(operator: str, *admitted: Any, **arguments: Any) -> None:
    """Holds attributes to the values admitted. Raises ValueError."""
    for argument, value in arguments.items():
        if value not in admitted:
            raise ValueError(f"{operator}: {argument} must be one of {admitted}, not {value!r}")


def _shape(array: Array) -> tuple[int, ...]:
    # The sum of an object array is a bare element, which has no shape.
    return getattr(array, "shape", ())
