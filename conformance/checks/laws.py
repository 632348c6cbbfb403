"""The operator's own laws: two ways to the same numbers, within the spread of the noisy reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from .. import covering
from ..case import Case
from ..compare import Finding, compare, refuse
from ..laws import laws
from ..laws._law import At, Law
from ..noisy import Noisy
from ..oracle import Expected, fair, lift, tolerance
from ..precision import Precision
from ..program import OnReference, on_backend
from ..trial import Trial, Uninformative
from ._check import Check

_FEW = 5
"""How many covering cases the smallest profile takes: the base, and the settings that come first."""

_DRAWN = 12
"""How many of the drawn cases the laws take: each law costs several calls."""


def _run(trial: Trial) -> Iterator[Finding]:
    fair = False
    for law in laws(trial.operator.name):
        if law.backward and not trial.backend.differentiates(trial.operator):
            continue
        try:
            yield from hold(law, trial)
            fair = True
        except Uninformative:
            continue
    if not fair:
        raise Uninformative


@dataclass(frozen=True)
class _Side:
    """Left and right of a law on the reference, and the spread of their difference."""

    left: np.ndarray
    right: np.ndarray
    spread: Any


def hold(law: Law, trial: Trial) -> Iterator[Finding]:
    """`law` at one trial. Raises Uninformative where the reference itself cannot tell."""
    due = trial.shared(f"law.{law.name}", lambda t, p: _on_reference(law, t, p))
    if due is None:
        raise Uninformative
    if not all(_bears(side, trial) for side in due):
        return  # not a law under the conventions that the backend declares
    given = At(trial.case, trial.inputs, dict(trial.attributes), trial.arguments.cotangents)
    name = f"law.{law.name}"
    sides = on_backend(name, lambda calls: list(law.sides(calls, given)), trial.backend, trial.precision)
    if len(sides) != len(due):
        yield refuse(name, f"{law.statement}: {len(sides)} pairs came back, {len(due)} are due")
        return
    for wanted, found in zip(due, sides, strict=True):
        yield _held(name, law, wanted, found, trial)


def _on_reference(law: Law, trial: Trial, format_: Precision) -> list[_Side] | None:
    """Both sides on noisy numbers; None where the case says nothing."""
    calls = OnReference(format_, trial.backend.conventions)
    at = At(
        trial.case,
        [lift(x, calls.noise) for x in trial.inputs],
        {k: lift(v, calls.noise) if isinstance(v, np.ndarray) else v for k, v in trial.attributes.items()},
        [lift(c, calls.noise) for c in trial.arguments.cotangents],
    )
    with calls.noise.watching():
        sides = [_Side(_value(a), _value(b), _spread(a - b)) for a, b in law.sides(calls, at)]
    return sides if fair(calls.noise) else None


def _value(side: Any) -> np.ndarray:
    return side.value if isinstance(side, Noisy) else np.asarray(side, float)


def _spread(apart: Any) -> Any:
    return apart.spread if isinstance(apart, Noisy) else 0.0


def _bears(side: _Side, trial: Trial) -> bool:
    """Whether the reference itself keeps the law here."""
    allowed = tolerance(np.abs(side.left) + np.abs(side.right), side.spread, trial.precision)
    return bool(np.all(np.abs(side.left - side.right) <= allowed))


def _held(name: str, law: Law, wanted: _Side, found: tuple[Any, Any], trial: Trial) -> Finding:
    """Left against right, where the noisy reference says how far apart they may be."""
    left, right = (np.asarray(side).astype(np.float64) for side in found)
    if left.shape != wanted.left.shape or (right.ndim and left.shape != right.shape):
        return refuse(name, f"{law.statement}: shapes {left.shape} and {right.shape}")
    allowed = tolerance(np.abs(wanted.left) + np.abs(wanted.right), wanted.spread, trial.precision)
    # Under a convention that a law is only nearly true of, the reference says how nearly.
    right = right + (wanted.left - wanted.right)
    right, allowed = (np.broadcast_to(side, left.shape) for side in (right, allowed))
    finding = compare(left, Expected(name, right, allowed, np.dtype(np.float64)))
    if finding.differs:
        return replace(finding, message=f"the law does not hold: {law.statement}")
    return replace(finding, note=law.note(found)) if law.note else finding


@cache
def _coarse(name: str) -> tuple[Case, ...]:
    """The covering cases, so that one run of the noisy reference serves every dtype."""
    return tuple(replace(case, coarse=True) for case in covering.settings(name))


CHECK = Check(
    name="laws",
    summary="the operator's own laws, such as: softmax rows sum to 1 and do not move under a shift",
    applies=lambda operator: bool(laws(operator.name)),
    cases=lambda operator, drawn: (*_coarse(operator.name)[: None if drawn else _FEW], *drawn[:_DRAWN]),
    run=_run,
)
