"""A failure told in full: what was due, what came, where, on which input, and how to see it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..compare import base_name
from ..report import CONDEMNING, Report, Result
from .matrix import symbol
from .values import described, number

_FAULTS = {
    "wrong": "wrong: the numbers are others than the specified",
    "precision": "precision: the right formula, with fewer correct bits than the dtype promises",
    "policy": "policy: a singular point, NaN or invalid input is handled otherwise than specified",
}
_STATUSES = {
    "error": "error: the backend raised, crashed, hung or answered nonsense",
    "vacuous": "vacuous: no case was executed in which the check could have failed",
}


@dataclass(frozen=True)
class Failure:
    """Results that fail in the same way, one for each dtype; the first of them is the one that is told."""

    results: tuple[Result, ...]

    @property
    def told(self) -> Result:
        return self.results[0]

    @property
    def fault(self) -> tuple[str, str, str]:
        """What is wrong where: often several checks see one and the same."""
        return self.told.operator, self.told.status, _quantity(self.told)

    @property
    def headline(self) -> str:
        """`✗ lstm · gradient · float32, float64   dweight_h[2, 0]`"""
        r = self.told
        dtypes = ", ".join(r.dtype for r in self.results)
        where = f"   {r.where}" if r.where else ""
        return clean(f"{symbol(r)} {r.operator} · {r.check} · {dtypes}{where}")

    @property
    def short(self) -> str:
        """The headline with the cause, or else the message: one line."""
        why = self.told.diagnosis or self.told.message
        return clean(f"{self.headline}   {why}".rstrip()).replace("\n", " ")


def failures(report: Report) -> list[Failure]:
    """What condemns the backend; one entry for an operator that fails a check alike in several dtypes."""
    groups: dict[tuple[object, ...], list[Result]] = {}
    for r in report.results:
        if r.status in CONDEMNING:
            groups.setdefault((r.operator, r.check, r.status, r.fault, _quantity(r)), []).append(r)
    return [Failure(tuple(group)) for group in groups.values()]


def expectations(report: Report) -> list[str]:
    """What was expected to fail, with what came of it; one line for all dtypes of a check."""
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for r in report.results:
        if r.status in ("xfailed", "xpassed"):
            groups.setdefault((r.operator, r.check, r.status), []).append(r)
    return [
        f"{symbol(group[0])} {operator}/{check} ({', '.join(r.dtype for r in group)}): {group[0].message}"
        for (operator, check, _), group in groups.items()
    ]


def story(failure: Failure, report: Report) -> list[tuple[str, str]]:
    """The failure as `(label, text)`, one line each, without the snippet."""
    r = failure.told
    equation = f"{r.equation}: {r.equation_text}" if r.equation and r.equation_text else r.equation
    named = {
        "equation": equation,
        "expected": None if r.expected is None else number(r.expected),
        "actual": None if r.actual is None else number(r.actual),
        "tolerance": _tolerance(r),
        "fault": _FAULTS.get(r.fault or "", _STATUSES.get(r.status)),
        "message": r.message,
        "cause": r.diagnosis,
    }
    lines = [(label, text) for label, text in named.items() if text]
    lines += described(r.operator, r.counterexample, r.where) if r.counterexample else []
    return [(label, clean(text)) for label, text in (*lines, ("again", command(report, failure.results)))]


def text(failure: Failure, report: Report) -> str:
    """The whole failure as plain text."""
    return "\n".join([failure.headline, *aligned(story(failure, report)), *snippet(failure.told)])


def aligned(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """`  label  text`, the texts under each other."""
    width = max(len(label) for label, _ in lines)
    for label, said in lines:
        indented = said.replace("\n", "\n" + " " * (width + 4))
        yield f"  {label:<{width}}  {indented}"


def snippet(result: Result) -> list[str]:
    """The stand-alone Python snippet, indented; empty where there is none."""
    if not result.reproduce:
        return []
    return ["", *(f"    {line}".rstrip() for line in clean(result.reproduce).strip("\n").split("\n"))]


def command(report: Report, results: Sequence[Result]) -> str:
    """The command that makes these checks again."""
    told = results[0]
    backend = report.backend.get("source") or report.backend["name"]
    dtypes = ",".join(r.dtype for r in results)
    words = ["gradspec", "check", backend, "--operators", told.operator, "--checks", told.check]
    words += ["--dtypes", dtypes, "--seed", str(report.seed)]
    examples = report.options.get("examples")
    words += ["--profile", report.profile] if examples is None else ["--examples", str(examples)]
    return shlex.join(words)


def clean(said: str) -> str:
    """`said` without control characters: a backend's message must not steer a terminal or break XML."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in said)


def _quantity(result: Result) -> str:
    return base_name(result.where) if result.where else result.message


def _tolerance(result: Result) -> str | None:
    """The tolerance, and the error in units of it: that of the case told here, not the worst of all cases."""
    allowed, due, came = result.tolerance, result.expected, result.actual
    if allowed is None:
        return None
    if not allowed or not isinstance(due, (int, float)) or not isinstance(came, (int, float)):
        return f"{allowed:.3g}"
    return f"{allowed:.3g}   (the error is {abs(came - due) / allowed:.3g} times as large)"
