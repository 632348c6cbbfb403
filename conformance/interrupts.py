"""Ctrl-C, told from a KeyboardInterrupt that the backend raises by itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_struck: list[int] = []
_deaf = False


@contextmanager
def noticing() -> Iterator[None]:
    """Remembers a Ctrl-C, also one that is swallowed where it strikes: by the backend, or in a destructor.

    Only the main thread can, and only where nobody else decides what SIGINT does (such as nohup).
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    signal.signal(signal.SIGINT, _strike)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _struck.clear()


def struck() -> bool:
    """Whether there was a Ctrl-C since `noticing` began."""
    return bool(_struck)


def is_users() -> bool:
    """Whether the KeyboardInterrupt at hand is a Ctrl-C; where nobody can know, it is taken for one."""
    if _struck:
        return True
    if _deaf or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGINT) is not _strike


def ignore() -> None:
    """For a process that leaves Ctrl-C to its parent: from now on no KeyboardInterrupt is the user's."""
    global _deaf
    _deaf = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _strike(number: int, frame: object) -> None:
    _struck.append(number)
    raise KeyboardInterrupt
