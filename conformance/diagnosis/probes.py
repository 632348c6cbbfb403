"""The calls on which explanations are tried: the failing case, and others like it at sizes that all
differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from ...spec import Operator, Size, declaration
from ..alike import apart, unlike
from ..arguments import Arguments, arguments
from ..backend import Backend
from ..case import DRAWN, Case, fitted, valid
from ..compare import base_name
from ..covering import base
from ..errors import BackendError, Unsupported
from ..explanations import Question, names, specified
from ..precision import Precision
from ..recipes import WITH_NAN
from ..trial import Trial


@dataclass(frozen=True)
class Probe:
    """One call: what was asked, what is specified, and what came back."""

    case: Case
    question: Question
    names: list[str]
    expected: list[np.ndarray]
    actual: list[np.ndarray]
    precision: Precision

    def off(self, quantity: str, clearly: bool = False) -> bool:
        """Whether the result (any entry, where it is a list) is another than the specified."""
        differ = apart if clearly else unlike
        return any(
            differ(a, e, self.precision)
            for name, a, e in zip(self.names, self.actual, self.expected, strict=True)
            if base_name(name) == quantity
        )


def probe(
    backend: Backend, case: Case, format_: Precision, backward: bool, given: Arguments | None = None
) -> Probe | None:
    """The call of `case` (on other arrays, where given), or None where nothing comparable came back."""
    if not valid(case, backend.conventions):
        return None
    given = given or arguments(case, format_)
    operator = declaration(case.operator)
    question = Question(
        operator=operator,
        inputs=tuple(_wide(x) for x in given.inputs),
        attributes=given.attributes,
        cotangents=tuple(_wide(c) for c in given.cotangents) if backward else None,
        sizes=case.sizes,
        variants=backend.conventions,
        dtype=format_.dtype,
    )
    trial = Trial(backend, case, format_, given)
    try:
        actual = trial.call(backward)
        expected = specified(question)
    except (BackendError, Unsupported, ValueError, IndexError):
        return None
    if len(actual) != len(expected):
        return None
    return Probe(case, question, names(question), expected, [_wide(a) for a in actual], format_)


def cases(failing: Case, original: Case) -> Iterator[Case]:
    """Where to try: the failing case as found and as shrunk, then ordinary values at sizes that all
    differ."""
    yield original
    if failing.key != original.key:
        yield failing
    for by in (1, 2):
        yield replace(original, seed=original.seed + by)
    if original.values in WITH_NAN:
        for values in WITH_NAN:
            yield replace(original, values=values, about="tried for an explanation")
    operator = declaration(failing.operator)
    start = replace(base(operator), discrete=original.discrete)
    as_failing = replace(start, attributes=original.attributes)
    for changed in (
        replace(as_failing, seed=101),
        replace(as_failing, sizes=_other_sizes(operator, start), seed=102),
        replace(as_failing, sizes=_equal_sizes(operator, start), seed=103),
        replace(start, seed=104),
        replace(as_failing, scale=0.05, seed=140),
        *_long(operator, as_failing),
        replace(start, attributes=_every(operator, start), seed=105),
        *(
            replace(start, attributes=a, sizes=sizes, seed=130)
            for a in _choices(operator, start)
            for sizes in (start.sizes, _other_sizes(operator, start))
        ),
        *(replace(start, attributes=_numbers(operator, start, i), seed=106 + i) for i in (1, 2)),
        replace(as_failing, sizes=_other_sizes(operator, start), cotangent=1e3, seed=109),
    ):
        yield fitted(replace(changed, about="tried for an explanation"))


def _long(operator: Operator, start: Case) -> Iterator[Case]:
    """Many steps, where there are steps; decisions need numbers that turn them."""
    steps = {name: 24 for name in ("T", "P") if name in start.sizes}
    if not steps:
        return
    yield replace(start, sizes={**start.sizes, **steps}, seed=110)
    if operator.outputs[0].dtype == "int64":
        for i, kind in product(range(4), ("falling", "normal")):
            attributes = _numbers(operator, start, i)
            yield replace(
                start, sizes={**start.sizes, **steps}, values=kind, attributes=attributes, seed=111 + i
            )


def _other_sizes(operator: Operator, start: Case) -> dict[str, Size]:
    """Different from the base and from one another."""
    left = iter((5, 3, 4, 7, 6, 9, 2))
    other: dict[str, Size] = {}
    for name, size in start.sizes.items():
        if isinstance(size, int):
            other[name] = next(left)
        elif name in operator.chains:
            other[name] = (5, 4, 3)
        else:
            other[name] = ((3, 4), (5,)) if any(a.many for a in operator.inputs) else (4, 3)
    for attribute in operator.attributes:
        if attribute.divides is not None:
            other[attribute.divides.name] = 8
    return other


def _equal_sizes(operator: Operator, start: Case) -> dict[str, Size]:
    equal: dict[str, Size] = {}
    for name, size in start.sizes.items():
        if isinstance(size, int):
            equal[name] = 4
        elif name in operator.chains:
            equal[name] = (4, 4, 4)
        else:
            equal[name] = size if any(a.many for a in operator.inputs) else (3, 3)
    return equal


def _every(operator: Operator, start: Case) -> dict[str, Any]:
    """Every optional attribute there, at once."""
    switched = {a.name: True for a in operator.attributes if isinstance(a.default, bool)}
    drawn = {a.name: DRAWN for a in operator.attributes if a.array is not None}
    return {**start.attributes, **switched, **drawn}


def _choices(operator: Operator, start: Case) -> Iterator[dict[str, Any]]:
    """Every choice that is not the usual one, and each optional attribute by itself."""
    for a in operator.attributes:
        there = (True,) if isinstance(a.default, bool) else (DRAWN,) if a.array is not None else ()
        for choice in (*a.choices, *there):
            if choice != start.attributes[a.name]:
                yield {**start.attributes, a.name: choice}


def settings(case: Case) -> list[Case]:
    """The same sizes with other numbers, and with other attributes."""
    operator = declaration(case.operator)
    start = base(operator)
    attributes = (case.attributes, start.attributes, _every(operator, start), _numbers(operator, start, 1))
    return [replace(case, attributes=a, seed=case.seed + i) for i, a in enumerate(attributes, 1)]


def _numbers(operator: Operator, start: Case, i: int) -> dict[str, Any]:
    """Every number at another of its examples."""
    return {
        **start.attributes,
        **{a.name: a.examples[i % len(a.examples)] for a in operator.attributes if a.examples},
    }


def _wide(value: Any) -> Any:
    if isinstance(value, list):
        return [_wide(entry) for entry in value]
    return value if value.dtype.kind in "iub" else value.astype(np.float64)
