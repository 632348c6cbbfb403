"""What the peers are run on: typical inputs as a careful user draws them, and the suite's covering cases."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

from gradspec.conformance.case import DRAWN, Case
from gradspec.conformance.covering import shapes, values
from gradspec.conformance.edges import extremes
from gradspec.spec import ANY, Attribute, Operator, Size, declaration

_DIVIDED = 6
"""The width that heads divide; the other sizes leave it out."""
_SIZES = ((4, 2, 3, 5, 7), (3, 5, 2, 4, 7), (5, 3, 4, 2, 7))
_CHAINS = ((3, 4, 2), (2, 5, 3, 4), (4, 3))
_SHAPES = ((3, 4), (5,), (2, 3, 4))
_LISTS = (((2, 3), (4,)), ((5,), (3, 2)), ((2, 2), (3,), (4, 1)))


@cache
def typical(name: str, seed: int = 0) -> tuple[Case, ...]:
    """Three shapes of unlike dims, with every setting of choices and optional attributes; normal values.

    Initial states are drawn like everything else. Weights are divided by the root of their fan-in.
    """
    operator = declaration(name)
    named = [a for a in operator.attributes if a.size is None]
    settings = [dict(zip([a.name for a in named], s, strict=True)) for s in product(*map(_options, named))]
    return tuple(
        Case(
            operator=name,
            sizes=_sizes(operator, i),
            attributes=setting,
            seed=1000 * (seed + 1) + i,
            about=f"shape {i}, {setting}",
        )
        for i in range(len(_SIZES))
        for setting in settings
    )


def _options(attribute: Attribute) -> tuple[Any, ...]:
    if attribute.divides is not None:
        return (2, 3)
    if attribute.array is not None:
        return (attribute.default, DRAWN)
    return attribute.choices or attribute.examples[:2]


def _sizes(operator: Operator, shape: int) -> dict[str, Size]:
    divided = {a.divides.name for a in operator.attributes if a.divides is not None}
    left = iter(_SIZES[shape])
    sizes: dict[str, Size] = {}
    for name in operator.dims:
        if name in operator.chains:
            sizes[name] = _CHAINS[shape]
        elif name == ANY.name:
            sizes[name] = (_LISTS if any(a.many for a in operator.inputs) else _SHAPES)[shape]
        else:
            sizes[name] = _DIVIDED if name in divided else next(left)
    return sizes


@cache
def covering(name: str) -> tuple[Case, ...]:
    """The covering cases of gradspec's own suite, each recipe once."""
    found = {case.key: case for case in (*values(name), *shapes(name), *extremes(name))}
    return tuple(found.values())


def expressible(name: str) -> bool:
    """Whether a gradient checker can be given the operator: a deterministic one with a gradient."""
    operator = declaration(name)
    return bool(operator.differentiable_inputs) and not operator.random
