"""As if something that goes in were not there, transposed, or in another's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from ...spec import ANY, Array, Operator
from ..compare import base_name
from ._explanation import Answer, Explanation, Question, names, specified


def explanations(operator: Operator) -> Iterator[Explanation]:
    real = [a for a in operator.inputs if a.dtype is None]
    for array in real if len(real) > 1 else ():
        said = f"as if {array.name} were 0"
        yield Explanation(f"ignored({array.name})", said, _as_if(array, _zeros))
        twice = f"{array.name} counts twice"
        yield Explanation(f"twice({array.name})", twice, _as_if(array, _doubled))
        if array in operator.differentiable_inputs:
            yield Explanation(f"ignored({array.name})", said, _without(array))
            yield Explanation(f"twice({array.name})", twice, _doubled_throughout(array))
    for attribute in operator.attributes:
        if attribute.array is not None or isinstance(attribute.default, bool):
            yield _attribute_ignored(attribute.name, attribute.default)
    optional = {a.name: a.default for a in operator.attributes if a.array or isinstance(a.default, bool)}
    if len(optional) > 1:
        yield Explanation(
            f"ignored({','.join(optional)})",
            f"as if {' and '.join(optional)} were not given",
            lambda q: specified(replace(q, attributes={**q.attributes, **optional})),
        )
    for array in operator.inputs:
        if len(array.shape) == 2 and all(d.factor == 1 and d != ANY for d in array.shape):
            yield from _transposed(array)
    for a, b in combinations(operator.inputs, 2):
        alike = (a.kind == "weight") == (b.kind == "weight")
        if alike and a.many == b.many and a.dtype == b.dtype and len(a.shape) == len(b.shape):
            yield _exchanged(a, b)
    if operator.differentiable_inputs:
        yield from _cotangents(operator)


def _as_if(array: Array, change: Callable[[Any], Any]) -> Callable[[Question], Answer | None]:
    return lambda q: specified(q.with_input(array.name, change(q.given(array.name))))


def _without(array: Array) -> Callable[[Question], Answer | None]:
    """Not used at all, so that its gradient is 0."""

    def answer(question: Question) -> Answer | None:
        results = _as_if(array, _zeros)(question)
        if not question.backward or results is None:
            return results
        pairs = zip(names(question), results, strict=True)
        return [np.zeros_like(r) if base_name(n) == f"d{array.name}" else r for n, r in pairs]

    return answer


def _attribute_ignored(name: str, default: Any) -> Explanation:
    return Explanation(
        f"ignored({name})",
        f"as if {name} were not given",
        lambda q: specified(q.with_attribute(name, default)),
    )


def _transposed(array: Array) -> Iterator[Explanation]:
    """Where it is square; its gradient may come back either way."""
    name = array.name

    def turned(value: np.ndarray) -> np.ndarray:
        return value.T if value.shape[0] == value.shape[1] else value

    def used(question: Question) -> Answer | None:
        value = question.given(name)
        return specified(
            question.with_input(name, [turned(v) for v in value] if array.many else turned(value))
        )

    def back(question: Question) -> Answer | None:
        results = used(question)
        if results is None or not question.backward:
            return results
        return [
            turned(r) if base_name(n) == f"d{name}" else r
            for n, r in zip(names(question), results, strict=True)
        ]

    for answer in (used, back):
        yield Explanation(f"transposed({name})", f"{name} is used transposed where it is square", answer)


def _exchanged(a: Array, b: Array) -> Explanation:
    """Each in the other's place; so are their gradients then."""

    def answer(question: Question) -> Answer | None:
        first, second = question.given(a.name), question.given(b.name)
        if np.shape(first) != np.shape(second) or isinstance(first, list):
            return None
        results = specified(question.with_input(a.name, second).with_input(b.name, first))
        if not question.backward:
            return results
        own = names(question)
        place = {f"d{a.name}": f"d{b.name}", f"d{b.name}": f"d{a.name}"}
        return [
            results[own.index(n)] if (n := place.get(name, name)) in own else r
            for name, r in zip(own, results, strict=True)
        ]

    return Explanation(
        f"exchanged({a.name},{b.name})", f"{a.name} and {b.name} are in each other's place", answer
    )


def _cotangents(operator: Operator) -> Iterator[Explanation]:
    def of_ones(question: Question) -> Answer | None:
        if question.cotangents is None:
            return None
        return specified(replace(question, cotangents=tuple(np.ones_like(c) for c in question.cotangents)))

    yield Explanation(
        "cotangent_ignored", "the gradient for a cotangent of ones, whatever cotangent is given", of_ones
    )
    for at, array in enumerate(operator.outputs if len(operator.outputs) > 1 else ()):

        def without(question: Question, at: int = at) -> Answer | None:
            if question.cotangents is None:
                return None
            return specified(question.with_cotangent(at, np.zeros_like(question.cotangents[at])))

        yield Explanation(f"ignored(d{array.name})", f"as if d{array.name} were 0", without)


def _doubled_throughout(array: Array) -> Callable[[Question], Answer | None]:
    """Its gradient too."""

    def answer(question: Question) -> Answer | None:
        results = _as_if(array, _doubled)(question)
        assert results is not None
        if not question.backward:
            return results
        return [
            2 * r if base_name(n) == f"d{array.name}" else r
            for n, r in zip(names(question), results, strict=True)
        ]

    return answer


def _doubled(value: Any) -> Any:
    return [2 * v for v in value] if isinstance(value, list) else 2 * value


def _zeros(value: Any) -> Any:
    return [np.zeros_like(v) for v in value] if isinstance(value, list) else np.zeros_like(value)
