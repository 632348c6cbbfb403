"""Operators × checks, one symbol for each verdict, or one for each dtype where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..report import Report, Result

ABSENT = "·"
PART = "◐"

SYMBOLS: Mapping[str, str] = {
    "passed": "✓",
    "failed": "✗",
    "error": "!",
    "vacuous": "○",
    "unsupported": "–",
    "xfailed": "x",
    "xpassed": "X",
}

MEANING: Mapping[str, str] = {
    "✓": "passed",
    PART: "passed, unsupported in part",
    "✗": "failed",
    "!": "error",
    "○": "vacuous: could not have failed",
    "–": "unsupported",
    "x": "expected failure",
    "X": "passed, though expected to fail",
    ABSENT: "not applicable",
}

_SHORT: Mapping[str, str] = {"gradient": "grad", "finite_difference": "finite_diff", "training": "train"}
"""Headings that would not fit 100 columns."""


@dataclass(frozen=True)
class Matrix:
    """`rows` maps an operator to its cells, one for each of `checks`."""

    checks: tuple[str, ...]
    dtypes: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(_SHORT.get(name, name) for name in self.checks)

    @property
    def legend(self) -> tuple[str, ...]:
        """`✓ passed` and so on, for the symbols that occur and no others."""
        cells = [cell for row in self.rows.values() for cell in row]
        used = {symbol for cell in cells for symbol in cell}
        parts = [f"{symbol} {meaning}" for symbol, meaning in MEANING.items() if symbol in used]
        if any(len(cell) > 1 for cell in cells):
            parts.append(f"side by side: {', '.join(self.dtypes)}")
        return tuple(parts)


def matrix(report: Report) -> Matrix:
    """The matrix of `report`, with the checks in the suite's own order."""
    from ..checks import CHECKS  # needs NumPy

    made = {r.check for r in report.results}
    checks = tuple(name for name in CHECKS if name in made)
    dtypes = tuple(dict.fromkeys(r.dtype for r in report.results))
    found = {(r.operator, r.check, r.dtype): symbol(r) for r in report.results}
    # Operators that the backend lacks altogether are named in the verdict; here they would be rows of dashes.
    operators = dict.fromkeys(r.operator for r in report.results if r.status != "unsupported")
    rows = {
        operator: tuple(_cell([found.get((operator, check, d), ABSENT) for d in dtypes]) for check in checks)
        for operator in operators
    }
    return Matrix(checks, dtypes, rows)


def symbol(result: Result) -> str:
    """The one character that stands for `result`."""
    if result.status == "passed" and result.unsupported_examples:
        return PART
    return SYMBOLS[result.status]


def _cell(symbols: list[str]) -> str:
    made = {s for s in symbols if s != ABSENT}
    if not made:
        return ABSENT
    return made.pop() if len(made) == 1 else "".join(symbols)
