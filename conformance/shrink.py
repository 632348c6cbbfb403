"""Makes a failing case small: the fewest entries, the plainest values, under which the backend still fails.

Cases are compact recipes, so a greedy walk over their fields does what a shrinker of arrays does, starting
from *any* failing case, also a hand-chosen one, which Hypothesis cannot start from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..spec import Size, declaration
from .case import Case, fitted
from .covering import base

ATTEMPTS = 80


def shrink(case: Case, fails: Callable[[Case], bool]) -> Case:
    """The smallest case found with `fails(case)`, in at most `ATTEMPTS` tries."""
    attempts = 0
    improved = True
    while improved:
        improved = False
        for candidate in _simpler(case):
            if attempts >= ATTEMPTS:
                return case
            attempts += 1
            if fails(candidate):
                case, improved = candidate, True
                break
    return case


def _simpler(case: Case) -> Iterator[Case]:
    """Simpler cases, the greatest leaps first."""
    operator = declaration(case.operator)
    plain = {"values": "normal", "scale": 1.0, "discrete": "any", "cotangent": 1.0, "layout": "plain"}
    if case.values == "integers":  # plainer still
        plain["values"] = "integers"
    changed: dict[str, Any] = {k: v for k, v in plain.items() if getattr(case, k) != v}
    if len(changed) > 1:
        yield replace(case, **changed)
    smallest = {name: _smallest(size) for name, size in case.sizes.items()}
    if smallest != case.sizes:
        yield fitted(replace(case, sizes=smallest))
    for name, value in changed.items():
        yield replace(case, **{name: value})
    usual = base(operator).attributes
    for name, value in case.attributes.items():
        if value != usual.get(name, value):
            yield replace(case, attributes={**case.attributes, name: usual[name]})
    for name, size in case.sizes.items():
        for less in _smaller(size):
            yield fitted(replace(case, sizes={**case.sizes, name: less}))
    if case.values != "integers" and case.values in ("normal", "ones", "spread"):
        for seed in dict.fromkeys((case.seed, 0, 1, 2)):  # by chance the fault may hide behind a zero
            yield replace(case, values="integers", scale=1.0, seed=seed)


def _smallest(size: Size) -> Size:
    if isinstance(size, int):
        return min(size, 1)
    if size and isinstance(size[0], tuple):
        return ((1,),)
    return tuple(min(s, 1) for s in size if isinstance(s, int))


def _smaller(size: Size) -> Iterator[Size]:
    if isinstance(size, int):
        yield from dict.fromkeys(s for s in (1, 2, size // 2, size - 1) if 0 < s < size)
        return
    if len(size) > 1:
        yield size[:-1]
        yield size[1:]
    entries: tuple[Any, ...] = size
    for i, entry in enumerate(entries):
        for less in _smaller(entry):
            yield (*entries[:i], less, *entries[i + 1 :])
