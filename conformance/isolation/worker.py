"""What runs in a worker: it loads the backend once, then does the tasks it is sent, one at a time.

The standard streams carry the tasks in, the messages out, and the page. They are moved to descriptors of
their own before anything else happens, and the null device takes their places, for the backend to print to.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .bulletin import Page
from .tasks import CUT_OFF, Answer, Check, Load, Replay

if TYPE_CHECKING:
    from ..backend import Backend
    from ..report import Result
    from .guard import Guard

_ENOUGH = 2.0
"""Seconds to end by itself once the parent has nothing more to say."""


def main(inbound: int, outbound: int, shared: int, null: int, parent: int) -> None:
    """Does tasks until there are no more."""
    _end_with(parent)
    from .. import interrupts

    interrupts.ignore()  # Ctrl-C is for the parent, which ends the workers
    tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(os.fdopen(inbound, "rb"), tasks), daemon=True).start()
    messages = os.fdopen(outbound, "wb")
    page = Page(shared)
    os.dup2(null, 2)  # until here it led to the file of the page, so that a failure to start could be read
    os.close(null)
    first = tasks.get()
    assert isinstance(first, Load)
    guard = _loaded(first.named, page, messages)
    while guard is not None and (task := tasks.get()) is not None:
        try:
            for result in _results(task, guard):
                _send(messages, Answer("result", result))
                page.clear()
            _send(messages, Answer("done"))
        except BaseException as error:
            _send(messages, Answer("fault", f"{type(error).__name__}: {error}"))


def _loaded(named: str, page: Page, messages: IO[bytes]) -> Guard | None:
    """The backend behind its guard; the parent is told what it is, or why it cannot be used."""
    from .. import watch
    from ..errors import Unusable, in_words

    try:
        from ..backend import load
        from .guard import Guard

        backend = load(named)
        description = replace(backend, target=None, name=str(backend.name))
        _send(messages, Answer("ready", description))
    except Unusable as error:
        _send(messages, Answer("unusable", str(error)))
        return None
    except BaseException as error:
        _send(messages, Answer("unusable", f"{named} cannot be used: {in_words(error)}"))
        return None
    # While the parent makes its plan.
    from .. import running  # noqa: F401

    guard = Guard(page, backend, messages.fileno())
    watch.listener = guard
    return guard


def _results(task: Check | Replay, guard: Guard) -> Iterator[Result]:
    from ...spec import declaration
    from ..running import checked, judge
    from ..suite import cells_of
    from .guard import Guarded

    backend: Backend = Guarded.of(guard)
    guard.page.clear()
    if isinstance(task, Check):
        guard.broken = task.broken
        cells = cells_of(declaration(task.operator), task.plan)
        yield from checked(backend, task.operator, task.plan, cells[task.had :])
        return
    from ..checks import CHECKS
    from ..counterexample import recorded
    from ..precision import precision
    from ..trial import Trial

    _, check, dtype = task.cell
    case, arrays = recorded(task.counterexample)
    yield judge(CHECKS[check], Trial(backend, case, precision(dtype), arrays))


def _receive(inbound: IO[bytes], tasks: queue.SimpleQueue[Any]) -> None:
    """Hands tasks on; where there will be no more, the parent may be gone, and nobody waits for an answer."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            tasks.put(pickle.load(inbound))
    tasks.put(None)
    time.sleep(_ENOUGH)
    os._exit(CUT_OFF)


def _send(messages: IO[bytes], answer: Answer) -> None:
    data = pickle.dumps(answer)
    try:
        messages.write(data)
        messages.flush()
    except OSError:  # the backend has closed what is not its own, or the parent is gone
        os._exit(CUT_OFF)


def _end_with(parent: int) -> None:
    """Whatever the backend is at, the process ends with its parent, and is the first to go without memory."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a death is told, not kept on the disk
    if sys.platform != "linux":
        return  # the end of the tasks says so, where Python is not held up
    import ctypes
    import signal

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        Path("/proc/self/oom_score_adj").write_text("1000")
    if os.getppid() != parent:
        os._exit(CUT_OFF)
