"""The unmodified reference and the oracle of its chapter, on the same numbers: equal, without tolerance.

Of residues, duals and fractions every number must be the same; of balls both must have 50 certain digits, and
a point in common.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...spec import operators
from ...spec.chapters import Chapter, chapter, chapters
from .arrays import leaves
from .field import NotASquare
from .oracles import Results
from .points import Point, points
from .setting import Setting
from .settings import SETTINGS
from .sides import Function, computed, difference, specified


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What was compared, on which numbers, how many of them, and the first difference, if there is one."""

    operator: str
    setting: Setting
    compared: tuple[str, ...]
    numbers: int
    seconds: float
    difference: str

    def __str__(self) -> str:
        said = self.difference or f"{', '.join(self.compared)} agree in {self.numbers} numbers"
        return f"{self.operator}, {self.setting}: {said}, {self.seconds:.2f} s"


def agreements(names: Sequence[str] | None = None) -> Iterator[Agreement]:
    """One for each operator that has a chapter, in each of its settings."""
    for name in operators() if names is None else names:
        if name in chapters():
            for setting in SETTINGS.get(name, ()):
                yield agreement(name, setting)


def without_agreement() -> tuple[str, ...]:
    """The operators of the declaration for which nothing is compared."""
    held = [name for name in operators() if name in chapters() and SETTINGS.get(name)]
    covered = {other for name in held for other in chapter(name).covers}
    return tuple(name for name in operators() if name not in {*held, *covered})


def agreement(
    name: str, setting: Setting, *, of: Chapter | None = None, operator: Function | None = None,
    vjp: Function | None = None,
) -> Agreement:  # fmt: skip
    """Compares the chapter with the reference; something else can stand in for either."""
    began = time.perf_counter()
    point, expected = prepared(name, setting, of or chapter(name))
    found = computed(point, setting, operator, vjp)
    numbers = sum(np.size(array) for array in leaves(list(expected.values())))
    return Agreement(
        operator=name,
        setting=setting,
        compared=tuple(expected),
        numbers=numbers,
        seconds=time.perf_counter() - began,
        difference=difference(expected, found) if numbers else "nothing was compared",
    )


def prepared(name: str, setting: Setting, of: Chapter) -> tuple[Point, Results]:
    """The first point where both sides have all roots and logarithms, and what the chapter says there."""
    for point in points(name, setting):
        try:
            computed(point, setting)
            return point, specified(point, setting, of)
        except NotASquare:
            continue
    raise AssertionError("there is always another point")
