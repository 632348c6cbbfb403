"""How the suite finds the faults of the corpus: all that it says of one, and what finds it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fault import Fault
from gradspec.conformance import check
from gradspec.conformance.checks import CHECKS
from gradspec.conformance.report import CONDEMNING
from gradspec.spec import declaration


@dataclass(frozen=True)
class Kill:
    """A check that a wrong backend does not pass, after how many cases, and the cause that is told."""

    check: str
    dtype: str
    examples: int
    cause: str | None
    diagnosis: str | None


def kills(fault: Fault, seed: int = 0, checks: Sequence[str] | None = None) -> list[Kill]:
    """Every check that fails, in the default profile."""
    report = check(fault.backend(), operators=[fault.operator], checks=checks, seed=seed)
    return [
        Kill(r.check, r.dtype, r.examples, r.cause, r.diagnosis)
        for r in report.results
        if r.status in CONDEMNING
    ]


def found(fault: Fault, seed: int, first: Sequence[str] = ()) -> str:
    """A check that fails, those in `first` tried first; empty where the backend gets through them all."""
    applying = [name for name, c in CHECKS.items() if c.applies(declaration(fault.operator))]
    order = dict.fromkeys((*(name for name in first if name in applying), *applying))
    return next((name for name in order if kills(fault, seed, [name])), "")


def accepted(fault: Fault) -> tuple[str, ...]:
    """The causes that are true of it; more than one where one takes part of the other's truth."""
    return tuple(fault.cause.split(" or ")) if fault.cause else ()
