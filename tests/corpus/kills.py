"""How the suite finds the faults of the corpus: all that it says of one, and what finds it first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fault import Fault
from gradspec.conformance import check
from gradspec.conformance.backend import load
from gradspec.conformance.case import Case, valid
from gradspec.conformance.checks import CHECKS, Check
from gradspec.conformance.covering import base
from gradspec.conformance.precision import precision
from gradspec.conformance.report import CONDEMNING
from gradspec.conformance.running import attempt
from gradspec.conformance.strategies import draw
from gradspec.conformance.suite import PROFILES
from gradspec.conformance.surroundings import undisturbed
from gradspec.conformance.trial import Trial
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


def found(fault: Fault, seed: int | None, first: Sequence[str] = ()) -> str:
    """A check that fails, those in `first` tried first; empty where the backend gets through them all.

    The cases are those of the default profile in their order, up to the first that fails, which is not
    shrunk. Without a seed they are those alone that every seed has.
    """
    backend, operator = load(fault.backend()), declaration(fault.operator)
    applying = [name for name, c in CHECKS.items() if c.applies(operator)]
    order = list(dict.fromkeys((*(name for name in first if name in applying), *applying)))
    with undisturbed():
        # What needs no drawn cases comes first: most faults are found there, and drawing takes a while.
        for drawn in _drawn(fault.operator, seed):
            for name in order:
                check = CHECKS[name]
                if any(
                    _fails(check, Trial(backend, case, precision(dtype)))
                    for dtype in check.dtypes or ("float64", "float32")
                    for case in check.cases(operator, drawn)
                    if valid(case, {})
                ):
                    return name
    return ""


def _drawn(operator: str, seed: int | None) -> Iterator[tuple[Case, ...]]:
    yield ()
    # One that is covered anyhow; of none at all the checks make the smallest profile, which leaves cases out.
    yield (base(declaration(operator)),) if seed is None else tuple(draw(operator, PROFILES["ci"], seed))


def _fails(check: Check, trial: Trial) -> bool:
    outcome = attempt(check, trial)
    return isinstance(outcome, str) or (isinstance(outcome, list) and any(f.differs for f in outcome))


def accepted(fault: Fault) -> tuple[str, ...]:
    """The causes that are true of it; more than one where one takes part of the other's truth."""
    return tuple(fault.cause.split(" or ")) if fault.cause else ()
