"""The verdict in one line, and the exit status that says the same."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..report import CONDEMNING, Report

INTERRUPTED = 130
"""What a shell reports of a program ended by Ctrl-C."""


def exit_status(report: Report) -> int:
    """0 conforms, 1 does not, 2 nothing was checked, 130 interrupted."""
    if report.interrupted:
        return INTERRUPTED
    if any(r.status in CONDEMNING for r in report.results):
        return 1
    return 0 if report.conforms else 2


def title(report: Report) -> str:
    """`torch 2.13.0`"""
    return named(report.backend["name"], report.backend["version"])


def named(name: str, version: str) -> str:
    """A name with its version, where that is known."""
    return name if version == "unknown" else f"{name} {version}"


def verdict(report: Report) -> str:
    """One line: who conforms, or does not, and on how much evidence."""
    counts = report.coverage
    made = counts["results"] - counts["unsupported"]
    condemned = sum(counts[s] for s in CONDEMNING)
    took = f"{report.seconds:.1f} s"
    if report.interrupted:
        tally = f"{counts['passed']} checks passed, {condemned} failed"
        return f"{title(report)}: interrupted, so no verdict: {tally}, {took}"
    if condemned:
        whose = _listed(r.operator for r in report.results if r.status in CONDEMNING)
        head = f"{title(report)} does NOT conform: {condemned} of {plural(made, 'check')} failed ({whose})"
        return f"{head}, {_evidence(report)}, {took}{_missing(report)}"
    if not report.conforms:
        what = "nothing passed" if made else "nothing was checked"
        return f"{title(report)}: {what}, so no verdict{_missing(report)}"
    head = f"{title(report)} conforms: {plural(counts['operators_checked'], 'operator')}"
    dtypes = plural(len({r.dtype for r in report.results}), "dtype")
    passed = f"{plural(counts['passed'], 'check')} passed"
    return f"{head}, {dtypes}, {passed}, {_evidence(report)}{_worst(report)}, {took}{_missing(report)}"


def plural(count: int, noun: str) -> str:
    """`1 operator`, `12 345 cases`, `1.2 million numbers`."""
    number = f"{count / 1e6:.1f} million" if count >= 1_000_000 else f"{count:,}".replace(",", " ")
    return f"{number} {noun}{'' if count == 1 else 's'}"


def _evidence(report: Report) -> str:
    counts = report.coverage
    return f"{plural(counts['examples'], 'case')}, {plural(counts['compared'], 'number')} compared"


def _worst(report: Report) -> str:
    errors = [r.worst for r in report.results if r.status == "passed" and r.worst is not None]
    finite = [e for e in errors if math.isfinite(e)]
    return f", worst error {max(finite):.2g} of its tolerance" if finite else ""


def _missing(report: Report) -> str:
    """Which operators no result but `unsupported` was had of: they are in the denominator."""
    supported = {r.operator for r in report.results if r.status != "unsupported"}
    missing = [r.operator for r in report.results if r.operator not in supported]
    return f"; unsupported: {_listed(missing)}" if missing else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
