"""What is seen while a run lasts: a live line on stderr, or a line now and then where that is no terminal."""

from __future__ import annotations

import signal
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
def _noticing_ctrl_c() -> Iterator[list[int]]:
    """Remembers a Ctrl-C that is swallowed where it strikes: in a destructor, or by the backend."""
    seen: list[int] = []

    def struck(number: int, frame: object) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    if (
        signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):  # someone else decides, such as nohup
        yield seen
        return
    signal.signal(signal.SIGINT, struck)
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def progress() -> Iterator[Watch]:
    """A live line, gone when the run ends."""
    to = console(sys.stderr)
    columns = (SpinnerColumn(), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    said = TextColumn("{task.description}", markup=False)
    with (
        _noticing_ctrl_c() as ctrl_c,
        Progress(*columns, said, console=to, transient=True, disable=not to.is_terminal) as bar,
    ):
        task = bar.add_task("importing the backend", total=None)
        failed, last = 0, time.monotonic()

        def started(units: list[str], backend: dict[str, str]) -> None:
            bar.update(task, total=len(units), description=clean(f"{backend['name']} {backend['version']}"))

        def ended(unit: str, results: list[Result]) -> None:
            nonlocal failed, last
            if ctrl_c:
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
