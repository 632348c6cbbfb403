"""Hypothesis draws cases: sizes, attributes and a recipe for the values, all from the declaration.

What is drawn is small (a handful of integers), so a draw costs a millisecond and what fails can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ..spec import ANY, Attribute, Operator, Size, declaration
from .case import DRAWN, Case

_LARGEST = 9


def cases(operator: Operator) -> st.SearchStrategy[Case]:
    """Calls of `operator` that the contract admits; they shrink towards small sizes and plain values."""

    def of(sizes: Mapping[str, Size]) -> st.SearchStrategy[Case]:
        attributes = {a.name: _attribute(a, sizes) for a in operator.attributes if a.size is None}
        return st.builds(
            Case,
            operator=st.just(operator.name),
            sizes=st.just(sizes),
            attributes=st.fixed_dictionaries(attributes),
            values=st.sampled_from(("normal", "normal", "spread", "integers", "ones")),
            scale=st.sampled_from((1.0, 0.1, 3.0, 10.0)),
            discrete=st.sampled_from(("any", "same", "distinct", "boundary", "sorted")),
            cotangent=st.sampled_from((1.0, 1.0, 100.0)),
            layout=st.sampled_from(("plain", "plain", "plain", "strided", "transposed")),
            seed=_seeds(),
        )

    return _sizes(operator).flatmap(of)


def _seeds() -> st.SearchStrategy[int]:
    """Seeds of values: 10 000 of them, drawn as two small numbers.

    Out of a larger range Hypothesis draws some integers that it finds in the sources of loaded modules, so
    that the cases of a seed would hang on how gradspec is installed and on what the backend imports.
    """
    digits = st.integers(0, 99)
    return st.builds(lambda high, low: 100 * high + low, digits, digits)


def draw(name: str, count: int, seed_: int) -> list[Case]:
    """`count` cases of the operator `name`: the same for the same seed."""
    drawn: list[Case] = []
    if count <= 0:
        return drawn

    @seed(seed_)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(declaration(name)))
    def collect(case: Case) -> None:
        drawn.append(case)

    collect()
    return drawn


def _sizes(operator: Operator) -> st.SearchStrategy[Mapping[str, Size]]:
    empty = {d.name for d in operator.may_be_empty}
    strategies: dict[str, st.SearchStrategy[Any]] = {}
    for name in operator.dims:
        if name in operator.chains:
            strategies[name] = st.lists(st.integers(1, 6), min_size=2, max_size=5).map(tuple)
        elif name == ANY.name:
            shape = st.lists(st.integers(0 if name in empty else 1, 5), max_size=3).map(tuple)
            many = any(a.many for a in operator.inputs)
            strategies[name] = st.lists(shape, min_size=1, max_size=4).map(tuple) if many else shape
        else:
            strategies[name] = st.integers(0 if name in empty else 1, _LARGEST)
    return st.fixed_dictionaries(strategies)


def _attribute(attribute: Attribute, sizes: Mapping[str, Size]) -> st.SearchStrategy[Any]:
    if attribute.array is not None:
        return st.sampled_from((None, DRAWN))
    if attribute.choices:
        return st.sampled_from(attribute.choices)
    if attribute.divides is not None:
        size = sizes[attribute.divides.name]
        assert isinstance(size, int)
        return st.sampled_from([n for n in range(1, size + 1) if size % n == 0])
    return st.sampled_from(attribute.examples)
