"""What a person sees of a report: the matrix, the failures, the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .formats.failure import aligned, clean, expectations, failures, snippet, story
from .formats.matrix import PART, SYMBOLS, matrix
from .formats.verdict import verdict
from .report import CONDEMNING, Report

_IN_FULL = 5
"""Failures told in full; the rest take a line each, unless all are asked for."""
_NOTES = 8
_WIDTH = 100
"""Columns where the output is no terminal: a log, a pipe."""

_STYLES = {SYMBOLS[s]: "bold red" for s in CONDEMNING} | {
    SYMBOLS["passed"]: "green",
    PART: "green",
    SYMBOLS["xfailed"]: "yellow",
    SYMBOLS["xpassed"]: "bold yellow",
}


def console(stream: TextIO) -> Console:
    """A console that prints what it is given: no markup, no ANSI in a pipe, never an encoding error."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    plain: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False}
    made = Console(file=stream, **plain)
    return made if made.is_terminal else Console(file=stream, width=_WIDTH, **plain)


def show(report: Report, to: Console, *, verbose: bool = False) -> None:
    """The whole report; `verbose` tells every failure in full."""
    if report.results:
        _show_matrix(report, to)
    _show_failures(report, to, None if verbose else _IN_FULL)
    for note in _remarks(report, verbose):
        to.print(clean(note), soft_wrap=True)
    to.print(Text(clean(verdict(report)), "bold green" if report.conforms else "bold red"), soft_wrap=True)


def _show_matrix(report: Report, to: Console) -> None:
    made = matrix(report)
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="")
    table.add_column("", no_wrap=True, overflow="ellipsis")
    for heading in made.headings:
        lines = heading.replace("_", "\n")
        width = max(map(len, lines.split("\n")))
        table.add_column(lines, justify="center", vertical="bottom", min_width=width, no_wrap=True)
    for operator, cells in made.rows.items():
        table.add_row(operator, *map(_coloured, cells))
    to.print(table)
    to.print()
    to.print("   ".join(made.legend))
    to.print()


def _show_failures(report: Report, to: Console, in_full: int | None) -> None:
    found = failures(report)
    # What several checks found alike is told once.
    first = {failure.fault: failure for failure in reversed(found)}
    full = found if in_full is None else [f for f in found if first[f.fault] is f][:in_full]
    for failure in full:
        to.print(Text(failure.headline, "bold red"), soft_wrap=True)
        for line in (*aligned(story(failure, report)), *snippet(failure.told), ""):
            to.print(line, soft_wrap=True)
    rest = [failure for failure in found if failure not in full]
    for failure in rest:
        to.print(Text(failure.short, "red"), soft_wrap=True)
    if rest:
        to.print(f"{len(rest)} of {len(found)} failures are told in one line; --verbose tells all in full")
        to.print()


def _remarks(report: Report, verbose: bool) -> Sequence[str]:
    """What a reader of the verdict should know besides: conventions, expected failures, notes on passes."""
    lines = [f"held to the convention {key} = {value!r}" for key, value in report.conventions.items()]
    lines += expectations(report)
    notes = list(dict.fromkeys(f"{r.operator}: {note}" for r in report.results for note in r.notes))
    kept = notes if verbose else notes[:_NOTES]
    if len(kept) < len(notes):
        kept.append(f"{len(notes) - len(kept)} more notes; --verbose shows all")
    lines += [*kept, *report.notes]
    return [*lines, ""] if lines else []


def _coloured(cell: str) -> Text:
    coloured = Text()
    for symbol in cell:
        coloured.append(symbol, _STYLES.get(symbol, "dim"))
    return coloured
