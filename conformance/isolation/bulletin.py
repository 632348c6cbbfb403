"""A page of memory that a worker writes and its parent reads, also when the worker is no more.

A message for every call would wake the parent a hundred thousand times in a run; a page costs a microsecond,
and holds what was written last however the process ends.
"""

from __future__ import annotations

import mmap
import struct
import time
from typing import IO, NamedTuple

SIZE = mmap.PAGESIZE
NOTHING = bytes(16)

_ALL = struct.Struct("<Qddd64s16s16s")
_TIMES, _TIMES_AT = struct.Struct("<dd"), 16
_ENTERED, _ENTERED_AT = struct.Struct("<d64s"), 24
_CALL_AT = 112


class Entry(NamedTuple):
    """What the page says. Times are those of `time.monotonic`, which all processes share."""

    attempts: int
    """How many cases were tried of this check; 0 where none was yet."""
    began: float
    """When the case began."""
    spent: float
    """Seconds that the backend has had for it, in calls that came back."""
    called: float
    """When the call began that has not come back, or 0."""
    function: str
    """The function of the backend that was entered last."""
    attempt: bytes
    """Which case, check and dtype."""
    call: bytes
    """Which function, and what it was given; `NOTHING` where the suite itself is at work."""

    def taken(self) -> float:
        """Seconds that the backend has had for the case so far."""
        return self.spent + (time.monotonic() - self.called if self.called else 0.0)


class Page:
    """The page, in a file that both processes map."""

    def __init__(self, file: IO[bytes] | int) -> None:
        self._memory = mmap.mmap(file if isinstance(file, int) else file.fileno(), SIZE)
        self._attempts = 0
        self._spent = self._called = 0.0

    def clear(self) -> None:
        """A check begins."""
        self._attempts = -1
        self.attempt(NOTHING)

    def attempt(self, which: bytes) -> None:
        """A case begins."""
        self._attempts += 1
        self._spent = self._called = 0.0
        _ALL.pack_into(self._memory, 0, self._attempts, time.monotonic(), 0.0, 0.0, b"", which, NOTHING)

    def call(self, which: bytes) -> None:
        """The backend is about to be asked for something, or has answered (`NOTHING`)."""
        self._memory[_CALL_AT : _CALL_AT + len(which)] = which

    def entered(self, function: str) -> None:
        """A function of the backend begins,"""
        self._called = time.monotonic()
        _ENTERED.pack_into(self._memory, _ENTERED_AT, self._called, function.encode()[:64])

    def left(self) -> None:
        """and has come back."""
        self._spent += time.monotonic() - self._called
        _TIMES.pack_into(self._memory, _TIMES_AT, self._spent, 0.0)

    def read(self) -> Entry:
        """What it says now; read until it says the same twice, as the other process may be writing it."""
        first = b""
        while (found := self._memory[: _ALL.size]) != first:
            first = found
        attempts, began, spent, called, function, attempt, call = _ALL.unpack(found)
        return Entry(attempts, began, spent, called, function.rstrip(b"\0").decode(), attempt, call)

    def close(self) -> None:
        self._memory.close()
