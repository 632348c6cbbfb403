"""As if an attribute or a convention had another value: those of other libraries, exchanged, complemented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from ...spec import Attribute, Operator
from ._explanation import Answer, Explanation, Question, specified

_NUMBERS = (1e-6, 1e-8, 1e-7, 0.1, 1.0)
"""What libraries give a convention that is a number."""
_FIXED = {
    "epsilon": (0.0, 1e-8, 1e-7, 1e-6, 1e-10),
    "momentum": (0.9,),
    "beta1": (0.9,),
    "beta2": (0.999,),
    "decay": (0.9, 0.99, 0.95),
    "learning_rate": (1.0, 0.01, 0.001),
    "min_delta": (0.0,),
}
"""What libraries give an attribute that one may forget to pass on."""


def explanations(operator: Operator) -> Iterator[Explanation]:
    yield from _conventions(operator)
    yield from _choices(operator)
    numbers = [a for a in operator.attributes if a.low is not None and not a.whole]
    for a, b in combinations(numbers, 2):
        yield _exchanged(a, b)
    for a in numbers:
        if a.high == 1:
            said = f"1 − {a.name} stands where {a.name} is due"
            yield Explanation(f"complement({a.name})", said, _with(a.name, lambda given: 1 - given))
        for value in _FIXED.get(a.name, ()):
            cause, said = f"fixed({a.name}={value:g})", f"{a.name} is {value:g}, whatever is given"
            if value == 0:
                cause, said = f"ignored({a.name})", f"as if {a.name} were 0"
            yield Explanation(cause, said, _fixed(a.name, value))
    for a in operator.attributes:
        if a.whole:
            for by in (-1, 1):
                said = f"as if {a.name} were one {'less' if by < 0 else 'more'}"
                yield Explanation(f"off_by_one({a.name})", said, _with(a.name, by.__add__))


def _conventions(operator: Operator) -> Iterator[Explanation]:
    for convention in operator.conventions:
        if convention.key.startswith("index."):
            continue  # asked by calls that are an error, not by numbers
        for value in (*convention.values, *(_NUMBERS if convention.number else ())):
            who = convention.used_by.get(str(value), "")
            said = f"another convention: {convention.key} is {value}" + (f", as in {who}" if who else "")
            said += f"; if that is meant, declare conventions = {{{convention.key!r}: {value!r}}}"
            yield Explanation(f"convention({convention.key}={value})", said, _under(convention.key, value))


def _choices(operator: Operator) -> Iterator[Explanation]:
    for attribute in operator.attributes:
        if attribute.name == "activation":
            for choice in attribute.choices:
                yield Explanation(
                    f"activation({choice})",
                    f"the activation is {choice}, whatever is asked for",
                    _fixed("activation", choice),
                )
                if not attribute.required and choice != attribute.default:
                    yield _by_default(attribute, choice)
        if attribute.divides is not None:
            name = attribute.name
            yield Explanation(f"ignored({name})", f"as if {name} were 1", _fixed(name, 1))


def _with(name: str, change: Callable[[Any], Any]) -> Callable[[Question], Answer]:
    return lambda q: _changed(q, name, change(_of(q, name)))


def _fixed(name: str, value: Any) -> Callable[[Question], Answer]:
    return lambda q: _changed(q, name, value)


def _under(key: str, value: Any) -> Callable[[Question], Answer]:
    return lambda q: specified(replace(q, variants={**q.variants, key: value}))


def _by_default(attribute: Attribute, choice: Any) -> Explanation:
    def answer(question: Question) -> Any:
        given = _of(question, attribute.name)
        return _changed(question, attribute.name, choice if given == attribute.default else given)

    said = f"where no {attribute.name} is given it is {choice}; the default is {attribute.default}"
    return Explanation(f"default({attribute.name}={choice})", said, answer)


def _exchanged(a: Attribute, b: Attribute) -> Explanation:
    def answer(question: Question) -> Any:
        first, second = _of(question, a.name), _of(question, b.name)
        return specified(question.with_attribute(a.name, second).with_attribute(b.name, first))

    return Explanation(
        f"exchanged({a.name},{b.name})", f"{a.name} and {b.name} are in each other's place", answer
    )


def _of(question: Question, name: str) -> Any:
    return question.attributes[name]


def _changed(question: Question, name: str, value: Any) -> Any:
    return specified(question.with_attribute(name, value))
