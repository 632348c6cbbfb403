"""A worker as its parent has it: started, sent tasks, watched, and ended whatever it is at."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from queue import SimpleQueue
from typing import IO, Any

import psutil

from .bulletin import SIZE, Entry, Page
from .tasks import CUT_OFF, Load

_START = """
import json, os, sys
own = [os.dup(number) for number in (0, 1, 2)]
null = os.open(os.devnull, os.O_RDWR)
os.dup2(null, 0)
os.dup2(null, 1)
sys.path[:], rooms, parent = json.loads(sys.argv.pop())
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
package = ModuleSpec("gradspec", loader=None, is_package=True)
package.submodule_search_locations = rooms
sys.modules["gradspec"] = module_from_spec(package)
from gradspec.conformance.isolation.worker import main
main(*own, null, parent)
"""
"""It finds gradspec where its parent did, also in a clone that is not installed. Unlike a process of
`multiprocessing` it does not run the main module again, which may be anybody's script."""

OWN = 120.0
"""Seconds that the suite may take for itself where the backend has come back, and to import the backend."""
_GONE = 3
"""Looks after which a process that has ended has been heard out."""
_PATIENCE = 1.0
"""Seconds to wait for what should happen at once."""

Heard = SimpleQueue[tuple["Worker", Any]]


class Worker:
    """One process with the backend called `named`. What it says goes into `heard`; None is its end."""

    def __init__(self, named: str, heard: Heard) -> None:
        self.task: Any = None
        """What it is at; None until it is ready, and between tasks."""
        self.ready = False
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        self._file.write(bytes(SIZE))
        self._file.flush()
        self._page = Page(self._file)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, _whereabouts()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._file,
            env={**_one_thread(), **os.environ},
            start_new_session=True,  # a signal to its group is none to ours
        )
        self._seen = psutil.Process(self._process.pid)
        self._looks_gone = 0
        self._printed = ""
        self._since = time.monotonic()
        self._memory = 0
        self._ear = threading.Thread(target=self._listen, args=(heard,), daemon=True)
        self._ear.start()
        self._send(Load(named))

    def begin(self, task: Any) -> None:
        self.task = task
        self._memory = self._resident()
        self.heard()
        self._send(task)

    def heard(self) -> None:
        """It has said something just now."""
        self._since = time.monotonic()

    @property
    def entry(self) -> Entry:
        """What it is at, as it says itself."""
        return self._page.read()

    @property
    def printed(self) -> str:
        """The last line that it printed before it could be heard: why it did not start."""
        lines = [line.strip() for line in self._printed.splitlines() if line.strip()]
        return lines[-1] if lines else ""

    def trouble(self, timeout: float, memory: int) -> str | None:
        """Why it cannot go on, in words that follow a name, or None while it can."""
        if self._process.poll() is not None:
            self._looks_gone += 1  # its last words may still be under way
            return self.end() if self._looks_gone >= _GONE else None
        if not self.ready:
            limit = max(timeout, OWN)
            return f"took more than {limit:g} s" if time.monotonic() - self._since > limit else None
        if self.task is None:
            return None
        if self._resident() - self._memory > memory:
            return f"took more than {memory / 2**30:.1f} GiB of memory"
        entry = self.entry
        if entry.called and time.monotonic() - entry.called > timeout:
            return f"did not return within {timeout:g} s"
        if entry.taken() > timeout:
            return f"took more than {timeout:g} s for one case"
        if time.monotonic() - max(self._since, entry.began) > timeout + OWN:
            return f"did not get on within {timeout + OWN:g} s"
        return None

    def end(self) -> str:
        """Ends it, if it has not ended, and all that it started; returns how, in words that follow a name."""
        with contextlib.suppress(subprocess.TimeoutExpired):  # it may be about to
            self._process.wait(_PATIENCE)
        status = self._process.poll()
        self.kill()
        if status is None or status == CUT_OFF:
            return "closed files that are not its own"
        if status < 0:
            with contextlib.suppress(ValueError):
                return f"died by {signal.Signals(-status).name}"
            return f"died by signal {-status}"
        return f"ended the process with status {status}"

    def kill(self) -> None:
        """Ends it, and all that it started, at once."""
        theirs: list[psutil.Process] = []
        if self._process.poll() is None:
            with contextlib.suppress(psutil.Error):
                theirs = self._seen.children(recursive=True)
        with contextlib.suppress(OSError):
            self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # some waits in a driver cannot be ended
            self._process.wait(_PATIENCE)
        for process in theirs:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):  # those whose parent was gone are still in its group
                os.killpg(self._process.pid, signal.SIGKILL)
        if not self._file.closed:
            self._file.seek(SIZE)
            self._printed = self._file.read().decode("utf-8", "replace")
            self._file.close()
        self.dismiss()
        self._ear.join(_PATIENCE)

    def dismiss(self) -> None:
        """Nothing more is to be done: it may end by itself."""
        with contextlib.suppress(OSError):
            self._stdin.close()

    def dismissed(self, until: float) -> None:
        """Waits for that, up to a point in time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, until - time.monotonic()))
        self.kill()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _send(self, task: Any) -> None:
        with contextlib.suppress(OSError):  # it has died, which is noticed elsewhere
            self._stdin.write(pickle.dumps(task))
            self._stdin.flush()

    def _listen(self, heard: Heard) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said, contextlib.suppress(Exception):  # the end, or what is no message
            while True:
                heard.put((self, pickle.load(said)))
        heard.put((self, None))

    def _resident(self) -> int:
        """Its memory in bytes."""
        try:
            return int(self._seen.memory_info().rss)
        except psutil.Error:
            return 0


def _whereabouts() -> str:
    path = [entry for entry in sys.path if isinstance(entry, str)]
    return json.dumps([path, list(sys.modules["gradspec"].__path__), os.getpid()])


def _one_thread() -> dict[str, str]:
    """Small arrays gain nothing from threads, and the workers share the cores."""
    return dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
