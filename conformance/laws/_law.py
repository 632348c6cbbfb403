"""What a law is: two ways to the same numbers, for any implementation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..case import Case
from ..program import Calls


@dataclass(frozen=True)
class At:
    """Where a law is tried: the case, and its arrays as the program's kind of number."""

    case: Case
    inputs: Sequence[Any]
    attributes: dict[str, Any]
    cotangents: Sequence[Any]


Sides = tuple[Any, Any]
"""What must be equal: left and right, as arrays of the same shape (either may be a plain number)."""


@dataclass(frozen=True)
class Law:
    """A statement about one operator. `sides` yields what must be equal; nothing where it does not bear."""

    name: str
    statement: str
    sides: Callable[[Calls, At], Iterator[Sides]]
    backward: bool = False
    """Whether it calls the vjp, so that a backend without gradients cannot be held to it."""
    note: Callable[[Sides], str] | None = None
    """What a reader of the report should know of a backend that keeps it, from the sides found."""
