"""One mutant under the suite: by which check it is found first, if by any."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial, wraps
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from gradspec.conformance import check
from gradspec.conformance.report import CONDEMNING
from gradspec.conformance.suite import cells
from gradspec.spec import declaration, operators
from in_memory import reference_with, served
from mutants import Mutant

CHECKS = (
    "forward", "gradient", "shapes", "extremes", "exact", "laws", "finite_difference", "purity",
    "invalid_input", "training",
)  # fmt: skip
"""The cheapest and most telling first; `forward` and `gradient` in float64 come before any other cell."""
PROFILES = ("smoke", "ci")
LIMIT = 10.0
"""Seconds of processor time that one call of a mutant may take: it need not end, on a busy machine either."""

Key = tuple[str, str, str]
"""Which mutant: file and function, before, after. Some look alike from there."""
Conventions = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """How a mutant was found first: by which check, on which operator. All empty where it got through."""

    check: str = ""
    dtype: str = ""
    operator: str = ""
    profile: str = ""
    convention: str = ""
    said: str = ""


Judged = tuple[Mutant, Verdict]


def key(mutant: Mutant) -> Key:
    return f"{mutant.module}.{mutant.function}", mutant.before, mutant.after


def judged(every: Sequence[Mutant], seed: int) -> list[Judged]:
    """All mutants of one file: each stage of the suite takes what the stages before it have not found."""
    found = dict.fromkeys(every, Verdict())
    before = signal.signal(signal.SIGPROF, _over)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a mutant, not of the reference
        for stage in stages(every[0].module):
            for mutant in every:
                if not found[mutant].said:
                    found[mutant] = held(mutant, *stage, seed)
    signal.signal(signal.SIGPROF, before)
    return list(found.items())


def stages(module: str) -> Iterator[tuple[str, str, Conventions]]:
    """(operator, profile, conventions), what is cheap and what is default first."""
    plain: list[tuple[str, Conventions]] = [(name, {}) for name in served(module)]
    variants = [(name, variant) for name in served(module) for variant in declared(name)]
    for asked in (plain, variants):
        yield from ((name, profile, variant) for profile in PROFILES for name, variant in asked)


def declared(operator: str) -> list[Conventions]:
    """Every variant of the operator that the reference knows, one at a time, as a backend declares it."""
    known = _right(operator)[operator].__kwdefaults__ or {}
    found: list[Conventions] = []
    for c in declaration(operator).conventions:
        values = [float(said) for said in c.used_by] if c.number else list(c.values)
        found += [{c.key: value} for value in values if value != c.default and c.keyword in known]
    return found


def held(mutant: Mutant, operator: str, profile: str, conventions: Conventions, seed: int) -> Verdict:
    """The first check that the mutant fails."""
    said = ", ".join(f"{k} = {v}" for k, v in conventions.items())
    try:
        code = compile(mutant.tree(), f"<mutant of {mutant.module}>", "exec")
        mutated = backend(mutant.module, reference_with(mutant.module, code), conventions)
    except Exception as error:  # whatever a mutant raises
        return Verdict("no import", "", operator, profile, said, f"raises {type(error).__name__}")
    for name, dtype in _cells(operator):
        cell: dict[str, Any] = {"operators": [operator], "checks": [name], "dtypes": [dtype]}
        report = swiftly(mutated, **cell, seed=seed, profile=profile)
        for result in report.results:
            if result.status in CONDEMNING:
                return Verdict(name, dtype, operator, profile, said, f"{result.status}: {result.message}")
    return Verdict()


def swiftly(*given: Any, **options: Any) -> Any:
    """`check`, but that a failure is neither shrunk nor diagnosed: that it fails is all that is asked."""
    with (
        patch("gradspec.conformance.running.shrink", lambda case, fails: case),
        patch("gradspec.conformance.accusation.diagnose", lambda *_: None),
    ):
        return check(*given, **options)


def backend(module: str, load: Callable[[str], Any], conventions: Conventions) -> SimpleNamespace:
    """What `load` gives for the operators that the module serves, and the right reference for all others."""
    functions: dict[str, Any] = {}
    for name in operators():
        defined = vars(load(name)) if name in served(module) else _right(name)
        for function in (name, f"{name}_vjp"):
            if function in defined:
                functions[function] = _ending(_variant(defined[function], name, conventions))
    about = {"name": f"mutant of {module}", "version": "1", "dtypes": ("float32", "float64")}
    return SimpleNamespace(**about, conventions=conventions, **functions)


def _right(operator: str) -> dict[str, Any]:
    return vars(import_module(f"gradspec.reference.{operator}"))


def _variant(function: Callable[..., Any], operator: str, conventions: Conventions) -> Callable[..., Any]:
    """The function under the conventions, as far as they are any to it."""
    known = function.__kwdefaults__ or {}
    bearing = [c for c in declaration(operator).conventions if c.key in conventions and c.keyword in known]
    taken = {c.keyword: conventions[c.key] for c in bearing}
    return wraps(function)(partial(function, **taken)) if taken else function


def _ending(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which raises TimeoutError after `LIMIT` seconds of processor time."""

    @wraps(function)
    def timed(*arrays: Any, **attributes: Any) -> Any:
        signal.setitimer(signal.ITIMER_PROF, LIMIT)
        try:
            return function(*arrays, **attributes)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    return timed


def _over(*_: Any) -> None:
    raise TimeoutError(f"it does not end within {LIMIT:g} s")


@cache
def _cells(operator: str) -> list[tuple[str, str]]:
    """The (check, dtype) of the operator, in the order in which they are tried."""
    found = [(name, dtype) for _, name, dtype in cells("numpy", [operator])]
    first = [("forward", "float64"), ("gradient", "float64")]
    return sorted(
        found,
        key=lambda cell: (
            cell not in first,
            cell[0] in ("forward", "gradient"),
            CHECKS.index(cell[0]),
            cell[1] != "float64",
        ),
    )
