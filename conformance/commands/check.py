"""`gradspec check`: the main job."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from ..formats import FORMATS, rendered
from ._failing import chosen, fail
from ._files import STDOUT, ensure_writable, write
from ._xfails import expected_failures

if TYPE_CHECKING:
    from ..isolation.crew import Crew
    from ..report import Report

PROFILES = ("smoke", "ci", "full")

EPILOG = """\b
Examples:
  gradspec check torch
  gradspec check path/to/backend.py --operators lstm,rnn --checks gradient
  gradspec check package.module:object --profile full --json report.json

\b
Exit status:
  0  conforms
  1  does not conform
  2  could not be run, or nothing was checked
  130  interrupted by Ctrl-C; the reports are written all the same
"""


def usable_cores() -> int:
    """The cores this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@click.command(epilog=EPILOG, short_help="Check a backend and print a verdict.")
@click.argument("backend", default="numpy")
@click.option("--operators", metavar="A,B", help="Only these operators.")
@click.option("--checks", metavar="A,B", help="Only these checks.")
@click.option("--dtypes", metavar="A,B", help="Only these dtypes, such as float32,float64.")
@click.option("--examples", type=click.IntRange(0), metavar="N", help="Drawn cases per operator and dtype.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    show_default=True,
    help="Other seed, other cases.",
)
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes.  [default: the cores, at most 4]"
)
@click.option(
    "--profile", type=click.Choice(PROFILES), default="ci", show_default=True, help="How thoroughly."
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    metavar="SECONDS",
    show_default=True,
    help="The longest that the backend may take for a case.",
)
@click.option("--json", "json_path", metavar="PATH", help="Write the report as JSON; - is stdout.")
@click.option("--junit", "junit_path", metavar="PATH", help="Write JUnit XML; - is stdout.")
@click.option("--markdown", "markdown_path", metavar="PATH", help="Write Markdown; - is stdout.")
@click.option("--xfails", metavar="FILE", help="Known deviations, a line each: lstm/gradient/float64  # why")
@click.option("--verbose", is_flag=True, help="Tell every failure and note in full.")
def check(
    backend: str,
    operators: str | None,
    checks: str | None,
    dtypes: str | None,
    xfails: str | None,
    jobs: int | None,
    timeout: float,
    verbose: bool,
    **rest: Any,
) -> None:
    """Checks BACKEND and prints a verdict.

    It runs in processes of its own: a case that hangs or kills one is an error, and all others are run.

    BACKEND is a built-in (numpy, torch, …), a file (path/to/backend.py), a module (package.module or
    package.module:object), or a name that an installed package offers; the NumPy reference by default.
    """
    from ...spec import operators as all_operators

    names = chosen(operators, all_operators(), "operator")
    paths = {f"--{kind}": rest.pop(f"{kind}_path") for kind in FORMATS}
    paths = {option: path for option, path in paths.items() if path}
    ensure_writable(paths)

    expected = expected_failures(xfails) if xfails else None

    from ..isolation.crew import Crew

    # The processes import the backend while this one imports the suite.
    jobs = min(jobs or min(4, usable_cores()), len(names or all_operators()))
    crew = click.get_current_context().with_resource(Crew(backend, jobs, timeout))

    from ..checks import CHECKS
    from ..precision import DTYPES

    selected = chosen(checks, tuple(CHECKS), "check"), chosen(dtypes, DTYPES, "dtype")

    from .. import terminal
    from ..formats.verdict import exit_status, named
    from ..progress import progress
    from ..report import version

    to_stdout = STDOUT in paths.values()
    to = terminal.console(sys.stderr if to_stdout else sys.stdout)
    what = ", ".join(names) if names else f"all {len(all_operators())} operators"
    how = f"profile {rest['profile']} · seed {rest['seed']}"
    to.print(f"{named('gradspec', version())} · {backend} · {what} · {how}\n", soft_wrap=True)

    with progress() as watch:
        report = _made(
            crew,
            operators=names,
            checks=selected[0],
            dtypes=selected[1],
            jobs=jobs,
            timeout=timeout,
            xfails=expected,
            on_start=watch.on_start,
            on_unit=watch.on_unit,
            on_tick=watch.on_tick,
            **rest,
        )
    written = [_written(report, option, path) for option, path in paths.items()]
    # A reader that has gone away (`gradspec check | head`) makes rich leave; the verdict stands.
    with suppress(SystemExit):
        terminal.show(report, to, verbose=verbose)
    raise click.exceptions.Exit(exit_status(report) if all(written) else 2)


def _made(crew: Crew, **options: Any) -> Report:
    from ..errors import Unusable
    from ..suite import check as run

    try:
        return run(crew, **options)
    except Unusable as error:
        fail(str(error))


def _written(report: Report, option: str, path: str) -> bool:
    try:
        write(path, rendered(report, option.removeprefix("--")))
    except OSError as error:
        click.echo(f"Error: {option}: cannot write {path}: {error.strerror or error}", err=True)
        return False
    return True
