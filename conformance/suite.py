"""The suite: checks crossed with operators and dtypes, run, and told as a `Report`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from difflib import get_close_matches
from os import PathLike, fspath
from typing import Any

from ..spec import Operator, declaration
from ..spec import operators as all_operators
from .backend import Backend, load
from .checks import CHECKS, Check
from .errors import Unusable
from .interrupts import noticing
from .isolation.crew import TIMEOUT, Crew
from .precision import DTYPES
from .report import Report, Result

PROFILES: dict[str, int] = {"smoke": 0, "ci": 40, "full": 400}
"""How many cases Hypothesis draws for each operator, beside the covering set."""

DEFAULT_DTYPES = ("float32", "float64")
"""The dtypes checked unless others are asked for; a backend without either is checked in those it has."""


@dataclass(frozen=True)
class Plan:
    """What a run is to check; plain data, so that it can travel to a worker process."""

    operators: tuple[str, ...]
    checks: tuple[str, ...]
    dtypes: tuple[str, ...]
    examples: int
    seed: int
    xfails: Mapping[str, str] = field(default_factory=dict)


def check(
    backend: str | object,
    *,
    operators: Sequence[str] | None = None,
    checks: Sequence[str] | None = None,
    dtypes: Sequence[str] | None = None,
    examples: int | None = None,
    seed: int = 0,
    profile: str = "ci",
    jobs: int = 1,
    timeout: float = TIMEOUT,
    xfails: Mapping[str, str] | None = None,
    on_start: Callable[[list[str], dict[str, str]], None] | None = None,
    on_unit: Callable[[str, list[Result]], None] | None = None,
    on_tick: Callable[[str], None] | None = None,
) -> Report:
    """Checks `backend` (a name, as on the command line, or any object with functions named as the operators).

    What is named runs in `jobs` processes of its own, where it may die, use up the memory, or take more than
    `timeout` seconds for a case: that is an error of the case. An object runs in this process, unguarded.

    `examples` is the number of cases drawn for each operator beside the covering set, by default the
    profile's. The same arguments give the same verdict. The callbacks follow the run: the units (operators)
    and the backend at the start, each unit with its results as it ends, and a line for the progress display.
    Ctrl-C ends the run; what was established is in the report.

    Raises Unusable where the backend or an option cannot be used.
    """
    if jobs < 1:
        raise Unusable(f"--jobs is {jobs}; at least one is needed")
    if not timeout > 0:
        raise Unusable(f"--timeout is {timeout:g}; it has to be more than 0 seconds")
    with _where(backend, min(jobs, len(operators or all_operators())), timeout) as where:
        loaded = where.describe() if isinstance(where, Crew) else load(where)
        plan, notes = _planned(loaded, operators, checks, dtypes, examples, seed, profile, xfails)
        report = Report(
            backend={"name": loaded.name, "version": loaded.version, "source": loaded.source},
            seed=seed,
            profile=profile,
            conventions=dict(loaded.conventions),
            options={
                "examples": plan.examples,
                "dtypes": list(plan.dtypes),
                "checks": list(plan.checks),
                "jobs": jobs,
                "timeout": timeout,
            },
            notes=notes,
        )
        if on_start:
            on_start(list(plan.operators), report.backend)
        started = time.perf_counter()
        found: dict[str, list[Result]] = {}
        on_end = (lambda name: on_unit(name, found[name])) if on_unit else _ignore
        try:
            if isinstance(where, Crew):
                where.run(plan, _longest_first(plan), found, on_tick or _ignore, on_end)
            else:
                _run_here(loaded, plan, found, on_tick or _ignore, on_end)
        except KeyboardInterrupt:
            report.interrupted = True
        report.seconds = time.perf_counter() - started
    report.results = [r for name in plan.operators for r in found.get(name, [])]
    report.notes += _unmatched(plan.xfails, report.results)
    return report


def _where(backend: str | object, jobs: int, timeout: float) -> Crew | nullcontext[object]:
    """Processes for what is named. Anything else stays as it is, also a crew, which is its owner's to end."""
    if isinstance(backend, (str, PathLike)):
        return Crew(fspath(backend), jobs, timeout)
    return nullcontext(backend)


def _run_here(
    backend: Backend,
    plan: Plan,
    found: dict[str, list[Result]],
    on_begin: Callable[[str], None],
    on_end: Callable[[str], None],
) -> None:
    """As `Crew.run` does, in this process."""
    from .running import checked

    with noticing():
        for name in plan.operators:
            on_begin(name)
            results = found.setdefault(name, [])
            for result in checked(backend, name, plan, cells_of(declaration(name), plan)):
                results.append(result)
            on_end(name)


def _longest_first(plan: Plan) -> list[str]:
    """So that none is left running alone at the end: recurrences and attention have the most inputs."""
    return sorted(plan.operators, key=lambda name: -len(declaration(name).inputs))


def _ignore(name: str) -> None:
    """For a callback that nobody gave."""


def cells(
    backend: str | object,
    operators: Sequence[str] | None = None,
    checks: Sequence[str] | None = None,
    dtypes: Sequence[str] | None = None,
) -> list[tuple[str, str, str]]:
    """Every (operator, check, dtype) that a run with these options has a result for. Raises Unusable."""
    plan, _ = _planned(load(backend), operators, checks, dtypes, None, 0, "smoke", None)
    return [cell for name in plan.operators for cell in cells_of(declaration(name), plan)]


def cells_of(operator: Operator, plan: Plan) -> list[tuple[str, str, str]]:
    """The results that are due for one operator."""
    return [
        (operator.name, name, dtype)
        for dtype in plan.dtypes
        if _computes_in(operator, dtype)
        for name in plan.checks
        if _bears_on(CHECKS[name], operator, dtype)
    ]


def _computes_in(operator: Operator, dtype: str) -> bool:
    """Whether the dtype matters to the operator: what takes no real numbers answers in float64 alone."""
    arrays = (*operator.inputs, *(a.array for a in operator.attributes if a.array is not None))
    return dtype == "float64" or any(a.dtype is None for a in arrays)


def _bears_on(check: Check, operator: Operator, dtype: str) -> bool:
    return check.applies(operator) and (check.dtypes is None or dtype in check.dtypes)


def _planned(
    backend: Backend,
    operators: Sequence[str] | None,
    checks: Sequence[str] | None,
    dtypes: Sequence[str] | None,
    examples: int | None,
    seed: int,
    profile: str,
    xfails: Mapping[str, str] | None,
) -> tuple[Plan, list[str]]:
    """The options, examined, and what a reader of the report should know of them. Raises Unusable."""
    if profile not in PROFILES:
        raise Unusable(f"no profile {profile!r}; there are {', '.join(PROFILES)}")
    if examples is not None and examples < 0:
        raise Unusable(f"--examples is {examples}; it cannot be negative")
    notes = []
    declared = [d for d in DTYPES if d in backend.dtypes]
    if dtypes is None:
        chosen = [d for d in DEFAULT_DTYPES if d in declared] or declared
        left = [d for d in declared if d not in chosen]
        if left:
            notes.append(f"declared, but checked only on request (--dtypes): {', '.join(left)}")
    else:
        chosen = list(_known(dtypes, DTYPES, "dtype"))
        undeclared = [d for d in chosen if d not in declared]
        if undeclared:
            raise Unusable(
                f"{backend.name} does not declare {', '.join(undeclared)}; it declares {', '.join(declared)}"
            )
    plan = Plan(
        operators=_known(operators, all_operators(), "operator"),
        checks=_known(checks, tuple(CHECKS), "check"),
        dtypes=tuple(chosen),
        examples=PROFILES[profile] if examples is None else examples,
        seed=seed,
        xfails={**backend.expected_failures, **(xfails or {})},
    )
    if not any(cells_of(declaration(name), plan) for name in plan.operators):
        raise Unusable("nothing to check: none of these checks applies to these operators in these dtypes")
    return plan, notes


def _known(given: Sequence[str] | None, known: Sequence[str], what: str) -> tuple[str, ...]:
    if given is None:
        return tuple(known)
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise Unusable(f"no {what} {name!r}; {hint}there are {', '.join(known)}")
    if not given:
        raise Unusable(f"no {what} was named; there are {', '.join(known)}")
    return tuple(k for k in known if k in given)


def _unmatched(xfails: Mapping[str, str], results: Sequence[Result]) -> list[str]:
    from .running import matches

    operators = {r.operator for r in results}
    return [
        f"the expected failure {pattern!r} matches no check"
        for pattern in xfails
        if not any(matches(pattern, r) for r in results)
        and (pattern.split("/")[0] in operators or pattern.split("/")[0] not in all_operators())
        and not _left_out(pattern, results)
    ]


def _left_out(pattern: str, results: Sequence[Result]) -> bool:
    """Whether the pattern names a check or dtype that this run was told to leave out."""
    _, *rest = pattern.split("/")
    seen: set[Any] = {r.check for r in results} | {r.dtype for r in results}
    return all(part in (*CHECKS, *DTYPES) for part in rest) and any(part not in seen for part in rest)
