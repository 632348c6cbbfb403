"""The one way in which a command says that it cannot be run: a line on stderr and exit status 2."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


class _CannotRun(click.ClickException):
    exit_code = 2


def fail(message: str) -> NoReturn:
    """Ends the command with `message` and exit status 2."""
    raise _CannotRun(message)


def chosen(listed: str | None, known: Sequence[str], what: str) -> list[str] | None:
    """The names of a comma-separated option, each of them known; None where the option is absent."""
    if listed is None:
        return None
    names = list(dict.fromkeys(filter(None, (name.strip() for name in listed.split(",")))))
    if not names:
        fail(f"no {what} is named; there are {', '.join(known)}")
    for name in names:
        if name not in known:
            fail(unknown(name, known, what))
    return names


def unknown(name: str, known: Sequence[str], what: str) -> str:
    """One line: there is no such name, the nearest one, and the list."""
    near = get_close_matches(name.lower().replace("-", "_"), known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"no {what} {name!r}: {hint}{'T' if near else 't'}here are {', '.join(known)}"
