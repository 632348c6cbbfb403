"""`gradspec prove`: everything the specification claims, checked again, and how each line is established."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ..processes import started, stopped
from ._failing import fail, unknown
from ._files import STDOUT, ensure_writable, write
from .check import usable_cores

if TYPE_CHECKING:
    from ..exact.ledger import Entry

EPILOG = """\b
Examples:
  gradspec prove                        every chapter: derivations, laws, certificates, the reference
  gradspec prove lstm rnn               only these
  gradspec prove --summary              a line for each chapter
  gradspec prove --json ledger.json

\b
Exit status:
  0  all of it holds
  1  something does not, or could not be checked
  2  could not be run: no such chapter, a ledger that cannot be written
  130  interrupted
"""


@click.command(epilog=EPILOG, short_help="Prove the specification again, line by line.")
@click.argument("names", nargs=-1, metavar="[OPERATOR]...")
@click.option("--summary", is_flag=True, help="A line for each chapter instead of one for each line.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes.  [default: the cores, at most 4]"
)
@click.option("--json", "json_path", metavar="PATH", help="Write the ledger as JSON; - is stdout.")
def prove(names: tuple[str, ...], summary: bool, jobs: int | None, json_path: str | None) -> None:
    """Derives and proves every line again, and prints the ledger: line, how it is established, time.

    A line is proved for all shapes, or by induction for all numbers of steps, or assumed, as it says. Each
    chapter's certificate is verified by an independent checker, and the reference, unmodified, is compared
    with the chapter on numbers that are not rounded: residues, fractions, and balls of 50 digits.
    """
    from ...spec.chapters import chapter_of, chapters

    for name in names:
        try:
            chapter_of(name)
        except LookupError:
            fail(unknown(name, chapters(), "chapter"))
    chosen = list(dict.fromkeys(chapter_of(name).name for name in names)) or list(chapters())
    if json_path:
        ensure_writable({"--json": json_path})
    to_stderr = json_path == STDOUT
    began = time.perf_counter()
    ledger: list[Entry] = []
    done = 0
    try:
        for name, found in _ledgers(chosen, jobs or min(4, usable_cores(), len(chosen))):
            ledger += found
            done += 1
            for said in [_summary(name, found)] if summary else map(_line, found):
                click.echo(said, err=to_stderr)
    except KeyboardInterrupt:
        click.echo(f"\ninterrupted after {done} of {len(chosen)} chapters", err=True)
    for said in _counts(ledger):
        click.echo(said, err=to_stderr)
    verdict, holds = _verdict(ledger) if done == len(chosen) else ("interrupted", False)
    counted = f"{len(ledger)} lines in {done} chapter{'s' if done > 1 else ''}"
    click.echo(f"\n{counted}: {verdict}, {time.perf_counter() - began:.1f} s", err=to_stderr)
    if json_path and not _written(json_path, ledger, holds):
        raise click.exceptions.Exit(2)
    raise click.exceptions.Exit(0 if holds else 1 if done == len(chosen) else 130)


def _ledgers(names: Sequence[str], jobs: int) -> Iterator[tuple[str, list[Entry]]]:
    """Each chapter with its entries, in order, as they come."""
    from ..exact.ledger import entries

    if jobs == 1:
        yield from ((name, entries(name)) for name in names)
        return
    pool = started(jobs)
    try:
        due = [pool.submit(entries, name) for name in names]
        yield from ((name, found.result()) for name, found in zip(names, due, strict=True))
    finally:
        stopped(pool)


def _line(entry: Entry) -> str:
    detail = f"   {entry.detail}" if entry.detail else ""
    return f"{entry.label:<52} {entry.status:<30} {1e3 * entry.seconds:8.1f} ms{detail}"


def _summary(name: str, found: Sequence[Entry]) -> str:
    wrong = [e for e in found if not e.holds]
    said = (
        f"{len(found):4d} lines hold" if not wrong else f"{len(wrong):4d} of {len(found)} lines do NOT hold"
    )
    first = f"   {wrong[0].label}: {wrong[0].detail}" if wrong else ""
    return f"{name:<34} {said:<24} {1e3 * sum(e.seconds for e in found):8.1f} ms{first}"


def _verdict(ledger: Sequence[Entry]) -> tuple[str, bool]:
    from ..exact.ledger import NOT_CHECKED

    wrong = [e for e in ledger if not e.holds]
    left = [e for e in ledger if e.status == NOT_CHECKED]
    if wrong:
        return f"{len(wrong)} do NOT hold", False
    if left:
        return f"{len(left)} could not be checked: {left[0].detail}", False
    return "all of it holds", True


def _counts(ledger: Sequence[Entry]) -> Iterator[str]:
    from ..exact.ledger import HOW

    yield ""
    for status in HOW:
        seconds = [e.seconds for e in ledger if e.status == status]
        if seconds:
            yield f"{len(seconds):6d}  {status:<34} {sum(seconds):8.2f} s"


def _written(path: str, ledger: Sequence[Entry], holds: bool) -> bool:
    said = {
        "schema": "gradspec-ledger/1",
        "holds": holds,
        "lines": [
            {"label": e.label, "status": e.status, "detail": e.detail, "seconds": e.seconds} for e in ledger
        ],
    }
    try:
        write(path, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        print(f"Error: --json: cannot write {path}: {error.strerror or error}", file=sys.stderr)
        return False
    return True
