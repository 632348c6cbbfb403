"""Draws what an operator is given in a setting: numbers of its kind, indices, lengths and masks."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ... import reference
from ...spec import Array, Operator, count_of, declaration, shape_of
from .arrays import each
from .field import NotASquare, Tower, draw, one_field
from .setting import DRAWN, Setting

_MOST_DRAWS = 500


@dataclass(frozen=True)
class Point:
    """One call of an operator and of its gradient: what both take, by position and by keyword."""

    operator: str
    inputs: tuple[Any, ...]
    attributes: Mapping[str, Any]
    cotangents: tuple[Any, ...]
    directions: tuple[Any, ...]
    """In which each differentiable input changes, for duals."""
    number: Callable[[tuple[int, ...]], Any]
    """Draws more numbers of the kind."""


def points(operator: str, setting: Setting) -> Iterator[Point]:
    """Point after point. Where one has no root, take the next."""
    declared = declaration(operator)
    dice = random.Random(f"{operator} {setting.seed}")
    number = _numbers(setting, dice)
    while True:
        attributes = {
            name: _attribute(declared, name, given, setting, number, dice)
            for name, given in setting.attributes.items()
        }
        try:
            inputs = _inputs(declared, setting, attributes, number, dice)
        except NotASquare:
            continue  # these attributes leave no root to any data
        outputs = declared.outputs if declared.differentiable_inputs else ()
        cotangents = tuple(_listed(y, setting.sizes, number, dice) for y in outputs)
        directions = tuple(_listed(x, setting.sizes, number, dice) for x in declared.differentiable_inputs)
        yield Point(operator, inputs, attributes, cotangents, directions, number)


def _numbers(setting: Setting, dice: random.Random) -> Callable[[tuple[int, ...]], Any]:
    """Draws arrays of the setting's kind of number."""

    def residues(tower: Tower) -> Callable[[tuple[int, ...]], Any]:
        return lambda shape: draw(tower, shape)

    def plain(make: Callable[[Any], Any]) -> Callable[[tuple[int, ...]], Any]:
        return lambda shape: each(make, np.empty(shape))

    if setting.kind == "fractions":
        # Few enough for zeros and ties.
        return plain(lambda _: Fraction(dice.randrange(-6, 7), dice.randrange(1, 4)))
    if setting.kind == "balls":
        return plain(lambda _: Fraction(round(setting.scale * _portion(dice) * 2**40), 2**40))
    if setting.kind == "one field":
        return residues(one_field(setting.seed))
    if setting.kind == "logarithms":
        return residues(Tower(31, 1, setting.seed, with_logs=True))
    return residues(Tower(61, 1, setting.seed))


def _portion(dice: random.Random) -> float:
    """Of [−1, 1], with 0 and both ends."""
    return dice.choice((-1, 0, 1, *(dice.uniform(-1, 1) for _ in range(9))))


def _attribute(
    declared: Operator, name: str, given: Any, setting: Setting, number: Any, dice: random.Random
) -> Any:
    if given != DRAWN:
        return given
    array = next((a.array for a in declared.attributes if a.name == name), None)
    if array is not None:
        return _drawn(array, setting.sizes, 0, number, dice)
    if setting.kind in ("fractions", "balls"):
        return Fraction(dice.randrange(1, 99), 99)
    root = number(()).item()
    return root * root  # which is what positive means there


def _inputs(
    declared: Operator, setting: Setting, attributes: Mapping[str, Any], number: Any, dice: random.Random
) -> tuple[Any, ...]:
    if not setting.apart:
        return tuple(_listed(array, setting.sizes, number, dice) for array in declared.inputs)
    whole = setting.sizes[setting.apart]
    one, count = (1, whole) if isinstance(whole, int) else ((1,), int(np.prod(whole)))
    sizes = {**setting.sizes, setting.apart: one}
    parts = [_rooted(declared, sizes, attributes, number, dice) for _ in range(count)]
    joined = []
    for array, *entries in zip(declared.inputs, *parts, strict=True):
        axis = [dim.name for dim in array.shape].index(setting.apart)
        joined.append(np.concatenate(entries, axis).reshape(shape_of(array, setting.sizes)))
    return tuple(joined)


def _rooted(
    declared: Operator,
    sizes: Mapping[str, Any],
    attributes: Mapping[str, Any],
    number: Any,
    dice: random.Random,
) -> tuple[Any, ...]:
    """Inputs for which the reference finds all its roots and logarithms."""
    for _ in range(_MOST_DRAWS):
        inputs = tuple(_drawn(array, sizes, 0, number, dice) for array in declared.inputs)
        try:
            reference.operator(declared.name)(*inputs, **attributes)
        except NotASquare:
            continue
        return inputs
    raise NotASquare(f"{declared.name}: no numbers with all their roots in {_MOST_DRAWS} draws")


def _listed(array: Array, sizes: Mapping[str, Any], number: Any, dice: random.Random) -> Any:
    if not array.many:
        return _drawn(array, sizes, 0, number, dice)
    return [_drawn(array, sizes, index, number, dice) for index in range(count_of(array, sizes))]


def _drawn(array: Array, sizes: Mapping[str, Any], index: int, number: Any, dice: random.Random) -> Any:
    shape = shape_of(array, sizes, index)
    most = sizes[array.below.name] if array.below else 0
    if array.kind == "index":
        return _each(lambda: dice.randrange(most), shape, np.int64)
    if array.kind == "lengths":
        # The longest, the shortest, the longest but one, …
        return np.array(
            [most - n // 2 % most if n % 2 == 0 else 1 + n // 2 % most for n in range(*shape)], np.int64
        )
    if array.kind == "mask":
        mask = _each(lambda: dice.random() < 0.6, shape, bool)
        mask[..., 0] = True  # no query without a key
        return mask
    return number(shape)


def _each(make: Callable[[], Any], shape: tuple[int, ...], dtype: Any) -> Any:
    return np.array([make() for _ in range(math.prod(shape))], dtype).reshape(shape)
