"""One result related to the specified one: a multiple of it, its transpose, cut off, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from ...spec import Operator
from ..compare import base_name
from ._explanation import Answer, Explanation, Question, names, specified

Factor = Callable[[Question], float | None]


def explanations(operator: Operator, quantity: str) -> Iterator[Explanation]:
    """All that can be said of the result called `quantity`."""
    if operator.name not in _COUNTED:
        yield _of(quantity, "zero", f"{quantity} is 0 throughout", lambda r, q: np.zeros_like(r))
        yield _of(quantity, "sign", f"{quantity} has the wrong sign", lambda r, q: -r)
        for name, factor in _factors(operator):
            yield _scaled(quantity, name, factor)
        for bound in (0.5, 1.0, 5.0, 10.0, 50.0, 100.0):
            said = f"{quantity} is clipped to ±{bound:g}"
            yield _of(quantity, "clipped", said, _clipped(bound))
    said = f"{quantity} comes back transposed"
    yield _of(quantity, f"transposed({quantity})", said, lambda r, q: r.T if _square(r) else r)
    first = operator.outputs[0].name if not quantity.startswith("d") else "d" + operator.inputs[0].name
    if "T" in operator.dims and quantity == first:
        yield _of(quantity, "time_reversed", f"{quantity} is in reversed order of time", lambda r, q: r[::-1])


_COUNTED = ("early_stopping", "one_hot")
"""Their results are no quantities that could be a multiple of the right ones."""


def together(operator: Operator) -> Iterator[Explanation]:
    """What is said of several results at once: exchanged, all transposed, all of another size."""
    yield from _exchanged(operator)
    if not operator.differentiable_inputs:
        return

    def transposed(question: Question) -> Answer | None:
        return [r.T if _square(r) and question.backward else r for r in specified(question)]

    if sum(len(a.shape) == 2 for a in operator.differentiable_inputs) > 1:
        said = "every square gradient comes back transposed"
        yield Explanation("transposed(gradients)", said, transposed)
    for name, factor in _factors(operator):

        def scaled(question: Question, factor: Factor = factor) -> Answer | None:
            value = factor(question) if question.backward else 1.0
            return None if value is None else [r * value for r in specified(question)]

        yield Explanation(f"scaled({name})", f"every gradient is {name} times the specified", scaled)


def _exchanged(operator: Operator) -> Iterator[Explanation]:
    for group, prefix in ((operator.differentiable_inputs, "d"), (operator.outputs, "")):
        for first, second in combinations(group, 2):
            if len(first.shape) != len(second.shape) or first.many or second.many:
                continue
            a, b = prefix + first.name, prefix + second.name

            def answer(question: Question, a: str = a, b: str = b) -> Answer | None:
                own = names(question)
                if a not in own or b not in own:
                    return None
                right = dict(zip(own, specified(question), strict=True))
                right[a], right[b] = right[b], right[a]
                return list(right.values())

            yield Explanation(f"exchanged({a},{b})", f"{a} and {b} are in each other's place", answer)


def _of(
    quantity: str, cause: str, sentence: str, change: Callable[[np.ndarray, Question], np.ndarray | None]
) -> Explanation:
    def answer(question: Question) -> Answer | None:
        results = []
        for name, result in zip(names(question), specified(question), strict=True):
            changed = change(result, question) if base_name(name) == quantity else result
            if changed is None:
                return None
            results.append(changed)
        return results

    return Explanation(cause, sentence, answer, quantity)


def _scaled(quantity: str, name: str, factor: Factor) -> Explanation:
    def change(result: np.ndarray, question: Question) -> np.ndarray | None:
        value = factor(question)
        return None if value is None else result * value

    return _of(quantity, f"scaled({name})", f"{quantity} is {name} times the specified", change)


def _factors(operator: Operator) -> Iterator[tuple[str, Factor]]:
    """By name, the simplest first: numbers, sizes, attributes, products."""
    for name, number in (("2", 2.0), ("1/2", 0.5), ("4", 4.0), ("1/4", 0.25)):
        yield name, _constant(number)
    sizes = [name for name in operator.dims if name not in operator.chains and name != "..."]
    numbers = [a.name for a in operator.attributes if a.low is not None or a.divides is not None]
    for name in (*sizes, *numbers):
        yield name, _value(name)
        yield f"1/{name}", _power(_value(name), -1)
    for name in sizes:
        yield f"√{name}", _power(_value(name), 0.5)
        yield f"1/√{name}", _power(_value(name), -0.5)
    for name in (a.name for a in operator.attributes if a.high == 1):
        yield f"1-{name}", _complement(name)
        yield f"1/(1-{name})", _power(_complement(name), -1)
    for divisor in operator.attributes:
        if divisor.divides is not None:
            whole = divisor.divides.name
            width = _product(_value(whole), _power(_value(divisor.name), -1))
            yield f"√({whole}/{divisor.name})", _power(width, 0.5)
            yield f"1/√({whole}/{divisor.name})", _power(width, -0.5)
    for a, b in combinations(sizes, 2):
        yield f"{a} {b}", _product(_value(a), _value(b))
        yield f"1/({a} {b})", _power(_product(_value(a), _value(b)), -1)
        yield f"{a}/{b}", _product(_value(a), _power(_value(b), -1))
        yield f"{b}/{a}", _product(_value(b), _power(_value(a), -1))


def _value(name: str) -> Factor:
    def factor(question: Question) -> float | None:
        known: Mapping[str, Any] = {**question.sizes, **question.attributes}
        value = known.get(name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    return factor


def _complement(name: str) -> Factor:
    def factor(question: Question) -> float | None:
        value = _value(name)(question)
        return None if value is None else 1 - value

    return factor


def _constant(number: float) -> Factor:
    return lambda q: number


def _clipped(bound: float) -> Callable[[np.ndarray, Question], np.ndarray]:
    return lambda r, q: np.clip(r, -bound, bound)


def _power(factor: Factor, exponent: float) -> Factor:
    def raised(question: Question) -> float | None:
        value = factor(question)
        return value**exponent if value is not None and value > 0 else None

    return raised


def _product(a: Factor, b: Factor) -> Factor:
    def product(question: Question) -> float | None:
        first, second = a(question), b(question)
        return None if first is None or second is None else first * second

    return product


def _square(result: np.ndarray) -> bool:
    return result.ndim == 2 and result.shape[0] == result.shape[1]
