"""Runs a mutated reference, which exists in memory only, against the chapters: it is killed or survives."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from inspect import signature
from math import prod
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
from gradspec.conformance.exact.agreement import prepared
from gradspec.conformance.exact.ball import Undecided
from gradspec.conformance.exact.field import Exhausted, NotASquare
from gradspec.conformance.exact.oracles import Results
from gradspec.conformance.exact.points import Point, points
from gradspec.conformance.exact.setting import Setting
from gradspec.conformance.exact.settings import SETTINGS
from gradspec.conformance.exact.sides import computed, difference
from gradspec.reference import vjp
from gradspec.spec import declaration
from gradspec.spec.chapters import chapter
from in_memory import reference_with, served
from mutants import Mutant
from other_conventions import OTHER

NO_VALUE = NotASquare, Exhausted, Undecided
"""What a kind of number raises where it has no value for what other kinds have one for."""
_GENERATOR = np.random.default_rng


@dataclass(frozen=True)
class Check:
    """What the operator has to give at a point: by its chapter, or as the reference gives it unmutated."""

    setting: Setting
    point: Point
    expected: Results
    by_chapter: bool


@dataclass(frozen=True)
class Verdict:
    """How a mutant was killed: what differs or is raised, and for which operator. Empty where it survived."""

    how: str = ""
    operator: str = ""
    by_chapter: bool = True


def judged(mutant: Mutant, seconds: float = 10) -> Verdict:
    """Runs the checks of every operator that the file serves, until one fails.

    A number that has no value is the last reason to take: another kind may have one, and show it to be wrong.
    """
    load = reference_with(mutant.module, compile(mutant.tree(), f"<mutant of {mutant.module}>", "exec"))
    weak = Verdict()
    for check in (
        check for kind in (by_chapter, unmutated) for name in served(mutant.module) for check in kind(name)
    ):
        if weak.how and not check.by_chapter:
            break
        name = check.point.operator
        try:
            with _time_limit(seconds):
                how = _how(check, load(name))
        except NO_VALUE as error:
            weak = Verdict(f"has no value: {type(error).__name__}", name, check.by_chapter)
            continue
        except Exception as error:  # whatever a mutant raises
            how = f"raises {type(error).__name__}"
        if how:
            return Verdict(how, name, check.by_chapter)
    return weak


def _how(check: Check, module: ModuleType) -> str:
    """What differs. The inputs are copies, as a mutant might write into them."""
    name = check.point.operator
    inputs, cotangents = (_copied(tree) for tree in (check.point.inputs, check.point.cotangents))
    point = replace(check.point, inputs=inputs, cotangents=cotangents)
    return difference(
        check.expected, _run(point, check.setting, getattr(module, name), vars(module).get(f"{name}_vjp"))
    )


def by_chapter(operator: str) -> Iterator[Check]:
    """What the operator has to give by its chapter, the smallest arrays first."""
    for setting in sorted(SETTINGS.get(operator, ()), key=_entries):
        yield _by_chapter(operator, SETTINGS[operator].index(setting))


def unmutated(operator: str) -> Iterator[Check]:
    """What it gives in conventions of which no chapter speaks."""
    for number in range(len(OTHER.get(operator, ()))):
        yield _unmutated(operator, number)


@cache
def _by_chapter(operator: str, number: int) -> Check:
    setting = SETTINGS[operator][number]
    return Check(setting, *prepared(operator, setting, chapter(operator)), True)


@cache
def _unmutated(operator: str, number: int) -> Check:
    setting = OTHER[operator][number]
    gradient = vjp(operator) if declaration(operator).differentiable_inputs else None
    for point in points(operator, setting):
        try:
            return Check(setting, point, _run(point, setting, None, gradient), False)
        except NotASquare:
            continue
    raise AssertionError("there is always another point")


def _entries(setting: Setting) -> int:
    """As many as an array with all of the axes would have: the more, the slower."""
    return prod(size for sizes in setting.sizes.values() for size in _flat(sizes))


def _flat(sizes: Any) -> list[int]:
    return [size for part in sizes for size in _flat(part)] if isinstance(sizes, tuple) else [sizes]


def _run(point: Point, setting: Setting, operator: Any, vjp: Callable[..., Any] | None) -> Results:
    """With the same draws each time; a gradient need not take the conventions that are nothing to it."""
    known = signature(vjp).parameters if vjp else {}

    def gradient(*arrays: Any, **attributes: Any) -> Any:
        return vjp(*arrays, **{name: given for name, given in attributes.items() if name in known})

    with patch("numpy.random.default_rng", lambda: _GENERATOR(1)):
        return computed(point, setting, operator, gradient if vjp else None)


def _copied(tree: Any) -> Any:
    return type(tree)(map(_copied, tree)) if isinstance(tree, (list, tuple)) else tree.copy()


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeoutError after so many seconds: a mutant need not end."""

    def over(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
