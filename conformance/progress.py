"""What is seen while a run lasts: a live line on stderr, or a line now and then where that is no terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from .formats.failure import clean
from .interrupts import noticing, struck
from .report import CONDEMNING, Result
from .terminal import console

_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


@dataclass(frozen=True)
class Watch:
    """What `check` calls while it runs."""

    on_start: Callable[[list[str], dict[str, str]], None]
    on_unit: Callable[[str, list[Result]], None]
    on_tick: Callable[[str], None]


@contextmanager
def progress() -> Iterator[Watch]:
    """A live line, gone when the run ends."""
    to = console(sys.stderr)
    columns = (SpinnerColumn(), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    said = TextColumn("{task.description}", markup=False)
    with (
        noticing(),
        Progress(*columns, said, console=to, transient=True, disable=not to.is_terminal) as bar,
    ):
        task = bar.add_task("importing the backend", total=None)
        failed, last = 0, time.monotonic()

        def started(units: list[str], backend: dict[str, str]) -> None:
            bar.update(task, total=len(units), description=clean(f"{backend['name']} {backend['version']}"))

        def ended(unit: str, results: list[Result]) -> None:
            nonlocal failed, last
            if struck():
                raise KeyboardInterrupt
            failed += sum(r.status in CONDEMNING for r in results)
            told = f"{unit}, {failed} failed" if failed else unit
            bar.update(task, advance=1, description=told)
            if bar.disable and time.monotonic() - last >= _EVERY:
                last = time.monotonic()
                to.print(
                    f"{bar.tasks[task].completed:.0f} of {bar.tasks[task].total}: {told}", soft_wrap=True
                )

        yield Watch(started, ended, lambda text: bar.update(task, description=clean(text)))
