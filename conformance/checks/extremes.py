"""Tails, overflow, cancellation, zeros, subnormals; NaN in, NaN out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...spec import Operator
from .. import edges, oracle, thorough
from ..compare import Finding, compare, refuse
from ..precision import precision
from ..recipes import WITH_NAN
from ..trial import Trial, Uninformative
from . import _results
from ._check import Check, more


def _run(trial: Trial) -> Iterator[Finding]:
    if trial.case.values in WITH_NAN:
        yield from _nan(trial)
        return
    if trial.case.values == "infinite":
        yield from _infinite(trial)
        return
    yield from _results.outputs(trial)
    if trial.backend.differentiates(trial.operator):
        try:
            yield from _results.gradients(trial)
        except Uninformative:  # the outputs were informative: a kink concerns the gradient alone
            return


def _nan(trial: Trial) -> Iterator[Finding]:
    """Where the reference has NaN, the backend has; elsewhere only where the number that was NaN bears.

    What hides a number may multiply it by 0, as the reference does, or never look at it: there NaN and the
    number are both right.
    """
    bears = _reached(trial)
    for actual, due, reached in zip(trial.outputs, trial.due_outputs, bears, strict=True):
        if due.dtype.kind in "iub" or actual.shape != due.value.shape:
            continue
        given = actual.astype(np.float64)
        lost = np.isnan(due.value) & ~np.isnan(given) & reached
        made = ~np.isnan(due.value) & np.isnan(given) & ~reached
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
            # What the NaN does not reach is due as ever; the rest is left as it came.
            clear = ~reached & np.isfinite(due.value) & np.isfinite(given)
            value = np.where(clear, due.value, actual)
            yield compare(actual, replace(due, value=value, tolerance=np.where(clear, due.tolerance, np.inf)))
    if trial.backend.differentiates(trial.operator):
        yield from _nan_gradient(trial)


def _nan_gradient(trial: Trial) -> Iterator[Finding]:
    """The gradient of the very number that was NaN is one, where the operator is smooth and depends on it."""
    if trial.operator.not_smooth:
        return
    varied = [x for a, x in zip(trial.operator.inputs, trial.inputs, strict=True) if a.differentiable]
    flat = [x for entry in varied for x in (entry if isinstance(entry, list) else [entry])]
    for x, actual, due in zip(flat, trial.gradients, trial.due_gradients, strict=True):
        if actual.shape != x.shape or due.value.shape != x.shape:
            continue
        lost = np.isnan(x) & np.isnan(due.value) & ~np.isnan(actual.astype(np.float64))
        if lost.any():
            index = tuple(int(i) for i in np.argwhere(lost)[0])
            message = f"a NaN went in and its own gradient {due.name}{list(index) or ''} is a number"
            yield replace(
                refuse(due.name, message, float("nan"), float(actual[index]), "policy"), index=index
            )
            return


_HUGE = 1e30, 1e35
"""Two numbers so large that what is the same for both is the limit."""


def _infinite(trial: Trial) -> Iterator[Finding]:
    """An infinite entry gives the limit, where the reference has one: what no larger number changes."""
    at, array = next((i, a) for i, a in enumerate(trial.operator.inputs) if a.dtype is None)
    logits = array.kind == "logit"
    if logits and trial.inputs[at].shape[-1] < 2:
        return  # −∞ alone, as +∞ among logits, is ∞ − ∞ everywhere
    places: list[tuple[int, ...]] = [(i,) for i in range(min(trial.inputs[at].size, _PLACES))]
    if logits:  # and all of a row but the last, as a mask leaves it
        places.append(tuple(range(trial.inputs[at].shape[-1] - 1)))
    for place in places:
        for sign in (-1.0,) if logits else (1.0, -1.0):
            limits = [_answered(trial, at, place, sign * huge) for huge in _HUGE]
            if not all(answer.fair for answer in limits):
                continue
            first, second = ([array.value for array in answer.arrays] for answer in limits)
            if not all(np.array_equal(a, b) for a, b in zip(first, second, strict=True)):
                continue
            inputs = [_put(x, place, sign * np.inf) if i == at else x for i, x in enumerate(trial.inputs)]
            outputs = trial.backend.forward(trial.operator, inputs, trial.attributes)
            due = tuple(array.expected(trial.precision) for array in limits[0].arrays)
            for finding in _results.all_of(outputs, due):
                if finding.differs:
                    said = f"{finding.where} is not its limit where an entry is {sign * np.inf}"
                    finding = replace(finding, message=said, fault="policy")
                yield finding


_PLACES = 4


def _answered(trial: Trial, at: int, place: tuple[int, ...], value: float) -> oracle.Answer:
    inputs = [_put(x, place, value) if i == at else x for i, x in enumerate(trial.inputs)]
    variants = trial.backend.conventions
    wide = precision("float64") if trial.precision.largest < _HUGE[1] else trial.precision
    return oracle.forward(trial.operator, inputs, trial.attributes, wide, variants)


def _put(array: np.ndarray, place: tuple[int, ...], value: float) -> np.ndarray:
    """The value in these places, counted row by row."""
    changed = array.astype(np.float64) if np.isfinite(value) else array.copy()
    changed[np.unravel_index(place, array.shape)] = value
    return changed


def _reached(trial: Trial) -> list[np.ndarray]:
    """Which entries of each output depend on the number that is NaN: another number would change them."""

    def instead(value: float) -> list[np.ndarray]:
        replaced = [_without_nan(x, value) for x in trial.inputs]
        answer = oracle.forward(
            trial.operator, replaced, trial.attributes, trial.precision, trial.backend.conventions
        )
        return [array.value for array in answer.arrays]

    answers = zip(*map(instead, (0.5, -2.0, 1e3)), strict=True)
    return [np.asarray((a != b) | (a != c)) for a, b, c in answers]


def _without_nan(value: Any, instead: float) -> Any:
    if isinstance(value, list):
        return [_without_nan(entry, instead) for entry in value]
    if value.dtype.kind in "iub":
        return value
    return np.where(np.isnan(value), value.dtype.type(instead), value)


def _applies(operator: Operator) -> bool:
    return bool(edges.extremes(operator.name)) and not operator.random


CHECK = Check(
    name="extremes",
    summary="tails, overflow, cancellation, zeros and subnormals; a NaN stays one",
    applies=_applies,
    cases=more(edges.extremes, thorough.extremes, drawn_too=False),
    run=_run,
)
