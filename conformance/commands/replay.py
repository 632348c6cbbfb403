"""`gradspec replay`: the recorded counterexamples, run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ._failing import fail

if TYPE_CHECKING:
    from ..report import Report, Result

EPILOG = """\b
Examples:
  gradspec replay report.json
  gradspec replay report.json lstm/gradient/float64
  gradspec replay report.json --backend path/to/fixed.py embedding

\b
Exit status:
  0  none of them fails any more
  1  some still do
  2  the report or the backend cannot be used, or holds nothing to replay
"""


@click.command(epilog=EPILOG, short_help="Run recorded counterexamples again.")
@click.argument("path", metavar="REPORT")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--backend", metavar="B", help="Another backend than the one the report was made of.")
def replay(path: str, ids: tuple[str, ...], backend: str | None) -> None:
    """Runs the counterexamples in REPORT again, on the very arrays that were recorded.

    REPORT is what `gradspec check --json` wrote. An ID such as lstm/gradient/float64, or its beginning
    (lstm/gradient), picks some of them.
    """
    report = _read(path)
    from .. import replay as again
    from ..errors import Unusable

    try:
        results = again.replay(report, backend, ids)
    except Unusable as error:
        fail(str(error))
    for result in results:
        click.echo(_line(result))
    failing = sum(_fails(r) for r in results)
    click.echo(
        f"{failing} of {len(results)} still fail" if failing else f"none of {len(results)} fails any more"
    )
    raise click.exceptions.Exit(1 if failing else 0)


def _read(path: str) -> Report:
    from ..report import Report

    try:
        return Report.read(path)
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror or error}")
    except ValueError as error:
        fail(f"{path}: {' '.join(str(error).split())}")


def _fails(result: Result) -> bool:
    from ..report import CONDEMNING

    return result.status in CONDEMNING


def _line(result: Result) -> str:
    from ..formats.failure import Failure

    if _fails(result):
        return Failure((result,)).short
    return f"{result.operator} · {result.check} · {result.dtype}   {result.status}"
