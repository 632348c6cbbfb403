"""What a check is: which operators and cases it takes, and what it finds in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ...spec import Operator
from ..case import Case
from ..compare import Finding
from ..trial import Trial

Drawn = tuple[Case, ...]
"""The cases that Hypothesis drew for the operator: the same for every check, so that one draw serves all."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A kind of evidence.

    `cases` gives the cases it takes, the covering ones first; `run` yields what it finds in one trial. It may
    raise Unsupported, BackendError, and Uninformative where the case says nothing.
    """

    name: str
    summary: str
    applies: Callable[[Operator], bool]
    cases: Callable[[Operator, Drawn], Iterable[Case]]
    run: Callable[[Trial], Iterator[Finding]]
    needs_gradient: bool = False
    dtypes: tuple[str, ...] | None = None
    """The only dtypes in which it means anything, or None for all."""
    shrinks: bool = True
    """Whether a smaller case means anything to it."""
    policy: bool = False
    """Whether what it finds is a matter of policy (singular points, invalid input), not of wrong numbers."""


Cases = Callable[[str], tuple[Case, ...]]


def more(
    covering: Cases, thorough: Cases, drawn_too: bool = True
) -> Callable[[Operator, Drawn], Iterable[Case]]:
    """The covering cases; where any were drawn, so in all profiles but the smallest, the others as well."""

    def cases(operator: Operator, drawn: Drawn) -> Iterable[Case]:
        first = covering(operator.name)
        return (*first, *thorough(operator.name), *(drawn if drawn_too else ())) if drawn else first

    return cases


def always(operator: Operator) -> bool:
    return True


def differentiable(operator: Operator) -> bool:
    return bool(operator.differentiable_inputs)
