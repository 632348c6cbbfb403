"""The operator's own laws: two ways to the same numbers, with the spread of the noisy reference as tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import numpy as np

from .. import covering
from ..compare import Finding, compare, refuse
from ..laws import laws
from ..laws._law import At, Law
from ..noise import Noisy
from ..oracle import HEADROOM, Expected, lift, tolerance
from ..program import OnBackend, OnReference
from ..trial import Trial, Uninformative
from ._check import Check

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


def hold(law: Law, trial: Trial) -> Iterator[Finding]:
    """`law` at one trial. Raises Uninformative where the reference itself cannot tell."""
    on_reference = OnReference(trial.precision, trial.backend.conventions)
    noise = on_reference.noise
    at = At(
        trial.case,
        [lift(x, noise) for x in trial.inputs],
        {k: lift(v, noise) if isinstance(v, np.ndarray) else v for k, v in trial.attributes.items()},
        [lift(c, noise) for c in trial.arguments.cotangents],
    )
    with np.errstate(all="ignore"):
        due = list(law.sides(on_reference, at))
        if noise.undecided or noise.peak * HEADROOM > trial.precision.largest:
            raise Uninformative
        given = At(trial.case, trial.inputs, dict(trial.attributes), trial.arguments.cotangents)
        sides = list(law.sides(OnBackend(trial.backend, trial.precision), given))
    if not all(_bears(pair, trial) for pair in due):
        return  # not a law under the conventions that the backend declares
    name = f"law.{law.name}"
    for wanted, found in zip_longest(due, sides):
        if wanted is None or found is None:
            yield refuse(name, f"{law.statement}: the numbers of sides differ")
            continue
        yield _held(name, law, wanted, found, trial)


def _bears(pair: tuple[Any, Any], trial: Trial) -> bool:
    """Whether the reference itself keeps the law here."""
    left, right = (side.value if isinstance(side, Noisy) else np.asarray(side, float) for side in pair)
    allowed = tolerance(np.abs(left) + np.abs(right), _spread(pair), trial.precision)
    return bool(np.all(np.abs(left - right) <= allowed))


def _spread(pair: tuple[Any, Any]) -> Any:
    apart = pair[0] - pair[1]
    return apart.spread if isinstance(apart, Noisy) else 0.0


def _held(name: str, law: Law, wanted: tuple[Any, Any], found: tuple[Any, Any], trial: Trial) -> Finding:
    """Left against right, where the noisy reference says how far apart they may be."""
    left, right = (np.asarray(side).astype(np.float64) for side in found)
    if right.ndim and left.shape != right.shape:
        return refuse(name, f"{law.statement}: shapes {left.shape} and {right.shape}")
    allowed = tolerance(np.abs(left) + np.abs(right), _spread(wanted), trial.precision)
    right = np.broadcast_to(right, left.shape)
    finding = compare(left, Expected(name, right, np.broadcast_to(allowed, left.shape), np.dtype(np.float64)))
    return replace(finding, message=f"the law does not hold: {law.statement}") if finding.differs else finding


CHECK = Check(
    name="laws",
    summary="the operator's own laws, such as: softmax rows sum to 1 and do not move under a shift",
    applies=lambda operator: bool(laws(operator.name)),
    cases=lambda operator, drawn: (*covering.values(operator.name), *drawn[:_DRAWN]),
    run=_run,
)
