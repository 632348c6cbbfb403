"""What an honest variant is: operators computed right in another way than the reference computes them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from gradspec.conformance.checks import CHECKS, Check
from gradspec.conformance.trial import Trial
from gradspec.spec import operators as every_operator

Functions = Mapping[str, Callable[..., Any]]
"""Functions of the plug-in protocol, by name: `{"lstm": …, "lstm_vjp": …}`, or with the hook `{"vjp": …}`."""


@dataclass(frozen=True)
class Honest:
    """A backend of its own that one would ship: it defines the operators it computes, and no others."""

    name: str
    functions: Functions
    about: str = ""
    """Where it rounds otherwise than the reference, or whose way it is."""

    @property
    def operators(self) -> tuple[str, ...]:
        return tuple(name for name in every_operator() if name in self.functions)

    def differentiates(self, operator: str) -> bool:
        return operator in self.functions and not {f"{operator}_vjp", "vjp"}.isdisjoint(self.functions)

    def backend(self) -> SimpleNamespace:
        return SimpleNamespace(
            name=f"honest: {self.name}", version="1", dtypes=("float32", "float64"), **self.functions
        )


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, what the noisy reference says of a case is computed once for all backends asked about it.

    It is most of the work of a check, and depends on the case, the dtype and the conventions alone.
    """
    shared = Trial.shared
    known: dict[Hashable, Any] = {}

    def once(trial: Trial, kind: str, compute: Callable[..., Any]) -> Any:
        if not trial.is_drawn:
            return shared(trial, kind, compute)
        key = (kind, trial.case.key, trial.precision.name, repr(sorted(trial.backend.conventions.items())))
        if key not in known:
            known[key] = shared(trial, kind, compute)
        return known[key]

    Trial.shared = once  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Trial.shared = shared  # type: ignore[method-assign]


@contextmanager
def only_drawn() -> Iterator[None]:
    """Inside, a check leaves out the cases that it takes with every seed."""
    whole = dict(CHECKS)

    def less(check: Check) -> Check:
        return replace(check, cases=lambda operator, drawn: _of(drawn, check.cases(operator, drawn)))

    CHECKS.update({name: less(check) for name, check in whole.items()})
    try:
        yield
    finally:
        CHECKS.update(whole)


def _of(drawn: Iterable[Any], cases: Iterable[Any]) -> list[Any]:
    own = set(map(id, drawn))
    return [case for case in cases if id(case) in own]
