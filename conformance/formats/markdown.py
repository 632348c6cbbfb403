"""Markdown, as it suits a CI job's summary: the verdict, the matrix, every failure folded away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..report import Report
from .failure import Failure, aligned, clean, expectations, failures, story
from .matrix import matrix
from .verdict import named, verdict

_SHOWN = 50
"""Failures told in full: a job's summary may hold no more than a mebibyte."""


def markdown(report: Report) -> str:
    """The whole document."""
    return "\n".join([*_head(report), *_table(report), *_failures(report), *_remarks(report)]) + "\n"


def _head(report: Report) -> Iterator[str]:
    sign = "✅" if report.conforms else "❌"
    yield f"## {sign} {escaped(verdict(report))}"
    yield ""
    suite, held = named("gradspec", report.suite["version"]), report.conventions.items()
    yield f"{suite}, profile `{report.profile}`, seed {report.seed}" + "".join(
        f", {code(f'{key} = {value!r}')}" for key, value in held
    )
    yield ""


def _table(report: Report) -> Iterator[str]:
    if not report.results:
        return
    table = matrix(report)
    yield f"| operator | {' | '.join(table.checks)} |"
    yield f"|---|{':-:|' * len(table.checks)}"
    for operator, cells in table.rows.items():
        yield f"| `{operator}` | {' | '.join(cells)} |"
    yield ""
    yield ", ".join(table.legend)
    yield ""


def _failures(report: Report) -> Iterator[str]:
    found = failures(report)
    for failure in found[:_SHOWN]:
        yield from _folded(failure, report)
    for failure in found[_SHOWN:]:
        yield f"- {escaped(failure.short)}"
    if len(found) > _SHOWN:
        yield ""


def _folded(failure: Failure, report: Report) -> Iterator[str]:
    yield f"<details><summary>{escaped(failure.headline)}</summary>"
    yield ""
    yield from _fenced("\n".join(aligned(story(failure, report))), "text")
    if failure.told.reproduce:
        yield from _fenced(clean(failure.told.reproduce).strip("\n"), "python")
    yield "</details>"
    yield ""


def _remarks(report: Report) -> Iterator[str]:
    yield from (f"- {escaped(line)}" for line in (*expectations(report), *report.notes))


def _fenced(body: str, language: str) -> Iterator[str]:
    # Longer than any run of backticks inside, so that the text cannot close its own fence.
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", body))])
    yield f"{fence}{language}"
    yield body
    yield fence
    yield ""


def code(said: str) -> str:
    """`said` as a span of code, also inside a table."""
    fence = "`" * max([1, *(len(run) + 1 for run in re.findall("`+", said))])
    return f"{fence}{said}{fence}".replace("|", "\\|")


def escaped(said: str) -> str:
    """`said` as text that Markdown and HTML leave alone."""
    escapes: dict[str, str | int | None] = {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "|": "\\|",
        "*": "\\*",
        "_": "\\_",
    }
    return clean(said).replace("\n", " ").translate(str.maketrans(escapes))
