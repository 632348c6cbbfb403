"""Tails, overflow, cancellation, zeros, subnormals; NaN in, NaN out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...spec import Operator
from .. import covering, oracle, thorough
from ..compare import Finding, accept, refuse
from ..trial import Trial, Uninformative
from . import _results
from ._check import Check, differentiable, more


def _run(trial: Trial) -> Iterator[Finding]:
    if trial.case.values == "nan":
        yield from _nan(trial)
        return
    yield from _results.outputs(trial)
    if differentiable(trial.operator) and trial.backend.differentiates(trial.operator):
        try:
            yield from _results.gradients(trial)
        except Uninformative:  # the outputs were informative: a kink concerns the gradient alone
            return


def _nan(trial: Trial) -> Iterator[Finding]:
    """Where the reference has NaN, the backend has; elsewhere only where the number that was NaN bears."""
    bears = _reached(trial)
    for actual, due, reached in zip(trial.outputs, trial.due_outputs, bears, strict=True):
        if due.dtype.kind in "iub" or actual.shape != due.value.shape:
            continue
        lost = np.isnan(due.value) & ~np.isnan(actual.astype(np.float64))
        made = ~np.isnan(due.value) & np.isnan(actual.astype(np.float64)) & ~reached
        if lost.any():
            index = tuple(int(i) for i in np.argwhere(lost)[0])
            message = f"a NaN went in and {due.name}{list(index) or ''} came out as a number"
            yield replace(
                refuse(due.name, message, float("nan"), float(actual[index]), "policy"), index=index
            )
        elif made.any():
            index = tuple(int(i) for i in np.argwhere(made)[0])
            message = f"{due.name}{list(index) or ''} is NaN, though no NaN reaches it"
            yield replace(
                refuse(due.name, message, float(due.value[index]), float("nan"), "policy"), index=index
            )
        else:
            yield accept(due.name, compared=actual.size)


def _reached(trial: Trial) -> list[np.ndarray]:
    """Which entries of each output depend on the number that is NaN: another number would change them."""

    def instead(value: float) -> list[np.ndarray]:
        replaced = [_without_nan(x, value) for x in trial.inputs]
        answer = oracle.forward(
            trial.operator, replaced, trial.attributes, trial.precision, trial.backend.conventions
        )
        return [array.value for array in answer.arrays]

    return [np.asarray(a != b) for a, b in zip(instead(0.5), instead(1e3), strict=True)]


def _without_nan(value: Any, instead: float) -> Any:
    if isinstance(value, list):
        return [_without_nan(entry, instead) for entry in value]
    if value.dtype.kind in "iub":
        return value
    return np.where(np.isnan(value), value.dtype.type(instead), value)


def _applies(operator: Operator) -> bool:
    return bool(covering.extremes(operator.name)) and not operator.random


CHECK = Check(
    name="extremes",
    summary="tails, overflow, cancellation, zeros and subnormals; a NaN stays one",
    applies=_applies,
    cases=more(covering.extremes, thorough.extremes, drawn_too=False),
    run=_run,
)
