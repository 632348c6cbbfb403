"""What the chapter and the reference say at a point, and the first number on which they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from ... import reference
from ...spec import declaration
from ...spec.chapters import Chapter
from .arrays import each, leaves
from .ball import Ball, balls
from .certify import certified
from .dual import Dual
from .oracles import Results, oracle_at, results
from .points import Point
from .setting import Setting

Function = Callable[..., Any]

DIGITS = 50
"""How many digits of a ball must be certain."""


def specified(point: Point, setting: Setting, of: Chapter) -> Results:
    """What the chapter says; for duals ⟨its gradients, v⟩."""
    oracle = oracle_at(point, setting, of)
    if setting.kind == "balls":
        names = list(oracle.arrays)

        def evaluated(*arrays: Any) -> Results:
            given = dict(zip(names, arrays, strict=True))
            of_balls = replace(oracle, numbers=_balls(oracle.numbers), arrays=given, known={})
            return results(of_balls, point.operator, setting.sizes)

        return _certain(evaluated, *oracle.arrays.values())
    found = results(oracle, point.operator, setting.sizes)
    if not setting.dual:
        return found
    gradients = [found[f"d{x.name}"] for x in declaration(point.operator).differentiable_inputs]
    return {"⟨dy, J v⟩": inner(gradients, point.directions)}


def computed(
    point: Point, setting: Setting, operator: Function | None = None, vjp: Function | None = None
) -> Results:
    """What the reference says, or the functions in its place; for duals ⟨dy, J v⟩, by its forward alone."""
    declared = declaration(point.operator)
    forward = operator or reference.operator(point.operator)
    outputs = [y.name for y in declared.outputs]
    gradients = [f"d{x.name}" for x in declared.differentiable_inputs]

    def evaluated(inputs: Sequence[Any], cotangents: Sequence[Any]) -> Results:
        attributes = _balls(point.attributes) if setting.kind == "balls" else point.attributes
        y = forward(*inputs, **attributes)
        found = dict(zip(outputs, y if len(outputs) > 1 else [y], strict=True))
        if gradients:
            backward = vjp or reference.vjp(point.operator)
            found |= zip(gradients, backward(*cotangents, *inputs, **attributes), strict=True)
        return found

    if setting.kind == "balls":
        return _certain(evaluated, point.inputs, point.cotangents)
    if not setting.dual:
        return evaluated(point.inputs, point.cotangents)
    v = iter(point.directions)
    inputs = [
        _dual(x, next(v)) if array.differentiable else x
        for array, x in zip(declared.inputs, point.inputs, strict=True)
    ]
    slopes = [each(_slope, y) for y in leaves(forward(*inputs, **point.attributes))]
    return {"⟨dy, J v⟩": inner(point.cotangents, slopes)}


def difference(expected: Results, found: Results) -> str:
    """Where they differ first, in words; empty where they agree."""
    for name in expected:
        for left, right in zip(leaves(expected[name]), leaves(found[name]), strict=True):
            if np.shape(left) != np.shape(right):
                return f"{name} has shape {np.shape(left)} in the chapter, {np.shape(right)} in the reference"
            pairs = zip(np.ndindex(np.shape(left)), np.ravel(left), np.ravel(right), strict=True)
            for place, a, b in pairs:
                if not same(a, b):
                    return f"{name}{list(place) or ''} is {a} in the chapter, {b} in the reference"
    return ""


def same(a: Any, b: Any) -> bool:
    """Equal; for balls, with a common point."""
    if isinstance(a, Ball) and isinstance(b, Ball):
        return bool(a.arb.overlaps(b.arb))
    return bool(a == b)


def inner(left: Any, right: Any) -> Any:
    """Σ of the products of all entries."""
    return sum(np.sum(a * b) for a, b in zip(leaves(left), leaves(right), strict=True))


def _balls(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Fractions as balls, at the precision of the moment."""
    return {name: balls(n).item() if isinstance(n, Fraction) else n for name, n in numbers.items()}


def _certain(function: Callable[..., Results], *inputs: Any) -> Results:
    """The function of balls, with DIGITS certain digits in each result."""
    names: list[str] = []

    def listed(*arrays: Any) -> list[Any]:
        found = function(*arrays)
        names[:] = found
        return list(found.values())

    return dict(zip(names, certified(listed, *inputs, digits=DIGITS), strict=True))


def _dual(x: Any, v: Any) -> Any:
    if isinstance(x, list):
        return [_dual(*pair) for pair in zip(x, v, strict=True)]
    return np.asarray(np.frompyfunc(Dual, 2, 1)(x, v), object)


def _slope(y: Any) -> Any:
    return y.slope if isinstance(y, Dual) else 0
