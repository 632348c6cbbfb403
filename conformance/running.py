"""Runs the checks of one operator on one backend, and tells each as a `Result`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ..spec import Operator, declaration
from . import interrupts, watch
from .accusation import accused, says
from .backend import Backend
from .case import Case, valid
from .checks import CHECKS, Check
from .compare import Finding
from .errors import OURS, BackendError, Unsupported
from .precision import Precision, precision
from .report import Result
from .shrink import shrink
from .suite import Plan, cells_of
from .surroundings import disturbances, undisturbed
from .trial import Trial, Uninformative
from .vacuity import could_fail

_NOTHING = "backends that answer with zeros, with a constant and with what they are given all pass this too"
_FATAL = 2
"""Smaller cases that may break the process, at a time limit each, before no more are looked for."""


@dataclass
class _Tally:
    """What one check has come to, over its cases."""

    examples: int = 0
    unsupported: int = 0
    compared: int = 0
    worst: float = 0.0
    notes: dict[str, None] = field(default_factory=dict)
    declined: str = ""
    informative: list[Trial] = field(default_factory=list)
    """The trials in which something was compared."""
    failure: tuple[Case, Finding | str] | None = None
    """The case that failed, with the finding, or with the error in words."""


def run_operator(backend: Backend, name: str, plan: Plan) -> list[Result]:
    """Every result that the plan has for the operator `name`."""
    return list(checked(backend, name, plan, cells_of(declaration(name), plan)))


def checked(
    backend: Backend, name: str, plan: Plan, cells: Sequence[tuple[str, str, str]]
) -> Iterator[Result]:
    """The results of these (operator, check, dtype) of the operator `name`, each as it is had."""
    operator = declaration(name)
    drawn = _drawn(name, plan.examples, plan.seed) if plan.examples and backend.defines(operator) else ()
    shrunk: list[Case] = []  # a fault seen by one check is often seen by the next, at the same small case
    trials: dict[tuple[str, int], Trial] = {}
    with undisturbed():
        for _, check_name, dtype in cells:
            check, format_ = CHECKS[check_name], precision(dtype)
            started = time.perf_counter()
            result = _run(backend, operator, check, format_, drawn, trials, shrunk)
            result.seconds = round(time.perf_counter() - started, 4)
            yield expected(result, plan)


@lru_cache(maxsize=1)
def _drawn(name: str, count: int, seed: int) -> tuple[Case, ...]:
    """The cases that Hypothesis draws, kept for where the checks of an operator are asked for one by one."""
    from .strategies import draw

    return tuple(draw(name, count, seed))


def _run(
    backend: Backend,
    operator: Operator,
    check: Check,
    format_: Precision,
    drawn: tuple[Case, ...],
    trials: dict[tuple[str, int], Trial],
    shrunk: list[Case],
) -> Result:
    result = Result(operator=operator.name, check=check.name, dtype=format_.name, status="unsupported")
    if format_.name not in backend.dtypes:
        result.message = f"{backend.name} does not declare {format_.name}"
        return result
    if not backend.defines(operator):
        result.message = f"{operator.name} is not defined"
        return result
    if check.needs_gradient and not backend.differentiates(operator):
        result.message = f"no gradient: neither {operator.name}_vjp nor the hook vjp is defined"
        return result
    tally = _Tally()
    for case in check.cases(operator, drawn):
        if not valid(case, backend.conventions):
            continue
        # One trial for all checks of the case: what was computed for one serves the others.
        trial = trials.setdefault((format_.name, id(case)), Trial(backend, case, format_))
        _take(tally, check, trial)
        if tally.failure is not None:
            break
    return _told(result, tally, check, backend, format_, shrunk)


def _take(tally: _Tally, check: Check, trial: Trial) -> None:
    """One case put to one check."""
    outcome = attempt(check, trial)
    if isinstance(outcome, Unsupported):
        tally.unsupported += 1
        tally.declined = str(outcome)
        return
    if outcome is None:
        return
    tally.examples += 1
    if isinstance(outcome, str):
        tally.failure = (trial.case, outcome)
        return
    tally.informative.append(trial)
    for finding in outcome:
        tally.compared += finding.compared
        tally.worst = max(tally.worst, finding.ratio)
        if finding.note:
            tally.notes[finding.note] = None
        if finding.differs and tally.failure is None:
            tally.failure = (trial.case, finding)


def attempt(check: Check, trial: Trial) -> list[Finding] | str | Unsupported | None:
    """What the check finds: findings; an error in words; Unsupported; None where the case says nothing."""
    known = watch.attempting(check.name, trial.precision.name, trial.case)
    if known is not None:
        return known
    outcome = _attempted(check, trial)
    if interrupts.struck():  # and the backend has swallowed it
        raise KeyboardInterrupt
    disturbed = disturbances(trial.operator.name, may_draw=trial.operator.random)
    return "; ".join(disturbed) if disturbed and not isinstance(outcome, str) else outcome


def _attempted(check: Check, trial: Trial) -> list[Finding] | str | Unsupported | None:
    try:
        return list(check.run(trial))
    except Unsupported as declined:
        return declined
    except Uninformative:
        return None
    except watch.Broke as error:
        return watch.Fatal(error)
    except BackendError as error:
        return str(error)
    except Exception as error:  # a fault of ours must not lose the report, nor be laid at the backend's door
        return f"{OURS}: {type(error).__name__}: {error}"
    except BaseException as error:  # from a destructor, or another thread of the backend
        if isinstance(error, KeyboardInterrupt) and interrupts.is_users():
            raise
        return f"{trial.operator.name} raised {type(error).__name__}"


def judge(check: Check, trial: Trial) -> Result:
    """One check on one case, unshrunk."""
    result = Result(
        operator=trial.operator.name, check=check.name, dtype=trial.precision.name, status="unsupported"
    )
    tally = _Tally()
    with undisturbed():
        _take(tally, check, trial)
        if tally.failure is None:
            return _settled(result, tally)
        return accused(result, check, trial, tally.failure[1], trial.case)


def _told(
    result: Result, tally: _Tally, check: Check, backend: Backend, format_: Precision, shrunk: list[Case]
) -> Result:
    _settled(result, tally)
    if tally.failure is None:
        if result.status == "passed" and not could_fail(check, tally.informative):
            result.status, result.message = "vacuous", _NOTHING
        return result
    original, found = tally.failure
    case = original
    if check.shrinks and not isinstance(found, watch.Fatal):
        case, found = _smallest(case, found, check, backend, format_, shrunk)
        shrunk.append(case)
    return accused(result, check, Trial(backend, case, format_), found, original)


def _settled(result: Result, tally: _Tally) -> Result:
    """The counts, and the status of a check that found nothing against the backend."""
    result.examples, result.unsupported_examples = tally.examples, tally.unsupported
    result.compared, result.notes = tally.compared, list(tally.notes)
    result.worst = tally.worst if tally.compared else None
    if tally.compared:
        result.status = "passed"
        result.message = (
            f"declined in {tally.unsupported} cases: {tally.declined}" if tally.unsupported else ""
        )
    elif tally.unsupported:
        result.status, result.message = "unsupported", tally.declined
    else:
        result.status, result.message = "vacuous", "no case said anything: nothing was compared"
    return result


def _smallest(
    case: Case, found: Finding | str, check: Check, backend: Backend, format_: Precision, shrunk: list[Case]
) -> tuple[Case, Finding | str]:
    """The smallest case that fails in the same way, and what is found there."""
    seen: dict[int, Finding | str] = {id(case): found}
    fatal: list[Case] = []

    def fails(candidate: Case) -> bool:
        if not valid(candidate, backend.conventions) or len(fatal) >= _FATAL:
            return False
        outcome = attempt(check, Trial(backend, candidate, format_))
        if isinstance(outcome, watch.Fatal):
            fatal.append(candidate)
        if isinstance(found, str):
            if isinstance(outcome, str) and outcome.split("(")[0] == found.split("(")[0]:
                seen[id(candidate)] = outcome
                return True
            return False
        if isinstance(outcome, list):
            same = says(found, format_)
            differing = [f for f in outcome if f.differs and says(f, format_) == same]
            if differing:
                seen[id(candidate)] = differing[0]
                return True
        return False

    known = next((c for c in shrunk if fails(c)), None)
    smallest = shrink(known or case, fails)
    return smallest, seen[id(smallest)]


def expected(result: Result, plan: Plan) -> Result:
    """A declared failure is told as such; so is one that no longer fails. An error of ours stays one."""
    if result.message.startswith(OURS):
        return result
    reason = next((why for pattern, why in plan.xfails.items() if matches(pattern, result)), None)
    if reason is not None and result.status in ("failed", "error"):
        result.status, result.message = "xfailed", f"{reason} ({result.message})"
    elif reason is not None and result.status == "passed":
        result.status, result.message = "xpassed", f"expected to fail ({reason}), but passes"
    return result


def matches(pattern: str, result: Result) -> bool:
    """Whether an id names the result: `lstm/gradient/float64`, or with parts left off at the end."""
    parts = pattern.strip("/").split("/")
    return parts == result.id.split("/")[: len(parts)]
