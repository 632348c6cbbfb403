"""What a parent and its worker say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ..suite import Plan

Cell = tuple[str, str, str]
"""Operator, check, dtype."""

CUT_OFF = 75
"""The exit status of a worker that cannot be heard any more."""


@dataclass
class Broken:
    """What has broken a process, by the names that `bulletin` has for it, with the reason in words."""

    attempts: dict[bytes, str] = field(default_factory=dict)
    calls: dict[bytes, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """The first task: the name of the backend."""

    named: str


@dataclass(frozen=True)
class Check:
    """What the plan has for an operator, less the first `had`. A result for each, then `done`."""

    operator: str
    plan: Plan
    had: int
    broken: Broken


@dataclass(frozen=True)
class Replay:
    """A counterexample that was recorded. One result, then `done`."""

    cell: Cell
    counterexample: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A message of the worker, `fault` where gradspec itself is at fault; or `broke`, said in its place."""

    kind: Literal["ready", "unusable", "result", "done", "fault", "broke"]
    value: Any = None
