"""Where a run is at. It says so at every step, and is heard where someone listens: in a worker process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .errors import BackendError

if TYPE_CHECKING:
    from .case import Case


class Listener(Protocol):
    """What a worker process takes down, so that its parent knows what it was at when it died."""

    def attempting(self, check: str, dtype: str, case: Case) -> str | None:
        """A case is put to a check. Why it must not be, where it is known to break the process."""

    def entered(self, function: str) -> None:
        """The backend's function is being called,"""

    def left(self) -> None:
        """and has come back."""


class Broke(BackendError):
    """The same call has broken a process before, and is not made again."""


class Fatal(str):
    """An error in words that broke a process."""


listener: Listener | None = None


def attempting(check: str, dtype: str, case: Case) -> Fatal | None:
    """Says that a case is put to a check; returns why it must not be, where that broke a process."""
    why = None if listener is None else listener.attempting(check, dtype, case)
    return None if why is None else Fatal(why)
