"""Outputs and gradients held against what is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..compare import Finding, compare, refuse
from ..oracle import Expected
from ..trial import Trial


def outputs(trial: Trial) -> Iterator[Finding]:
    """Every output; those that came with the gradients too, since another code path may have made them."""
    due = trial.due_outputs  # first: where the case says nothing, the backend need not be asked
    yield from all_of(trial.outputs, due)


def gradients(trial: Trial) -> Iterator[Finding]:
    """Every gradient, and the outputs of that very run where the hook gave them."""
    due = trial.due_gradients
    again, given = trial.pullback
    yield from all_of(given, due)
    if again is not None:
        yield from all_of(again, trial.due_outputs)
    if trial.case.cotangent == 0:
        yield from _exactly_zero(given, due)


def all_of(given: Sequence[np.ndarray], due: Sequence[Expected]) -> Iterator[Finding]:
    """Each array against what is due."""
    if len(given) != len(due):
        yield refuse(
            due[0].name if due else "result", f"{len(given)} arrays were returned, {len(due)} are due"
        )
        return
    for actual, wanted in zip(given, due, strict=True):
        yield compare(actual, wanted)


def _exactly_zero(given: Sequence[np.ndarray], due: Sequence[Expected]) -> Iterator[Finding]:
    for actual, wanted in zip(given, due, strict=True):
        if np.any(actual != 0):
            yield refuse(wanted.name, f"{wanted.name} is not exactly zero, though every cotangent is", 0.0)
