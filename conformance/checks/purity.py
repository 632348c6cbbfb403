"""Inputs untouched, the same call twice the same answer, no shared buffers, no state that survives a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ...spec import Operator
from .. import covering
from ..case import Case
from ..compare import Finding, accept, refuse
from ..trial import Trial
from ._check import Check, Drawn, always, differentiable


def _run(trial: Trial) -> Iterator[Finding]:
    yield from _call(trial, "forward", lambda t: t.outputs)
    if differentiable(trial.operator) and trial.backend.differentiates(trial.operator):
        yield from _call(trial, "vjp", lambda t: t.gradients)


def _call(trial: Trial, kind: str, answer: Callable[[Trial], list[np.ndarray]]) -> Iterator[Finding]:
    """One kind of call, three times: twice alike with another between, its results overwritten meanwhile."""
    asked = Trial(trial.backend, trial.case, trial.precision)
    given = [(name, array, array.copy()) for name, array in asked.arguments.arrays()]
    results = answer(asked)
    changed = [name for name, array, before in given if array.tobytes() != before.tobytes()]
    if changed:
        yield refuse("inputs", f"{kind} changed {_names(changed, trial)} in place")
        return
    yield accept("inputs", len(given))
    shared = _shared(results, [array for _, array, _ in given])
    if shared:
        yield refuse("results", f"{kind}: {shared}")
        return
    yield accept("results", len(results))
    if trial.operator.random:
        return
    kept = [r.copy() for r in results]
    # Another call between, with other numbers: what it leaves behind must not be seen.
    answer(Trial(trial.backend, replace(trial.case, seed=trial.case.seed + 1), trial.precision))
    if any(_differ(r, k) for r, k in zip(results, kept, strict=True)):
        yield refuse("results", f"{kind}: a later call changed the result of an earlier one")
        return
    for result in results:
        if result.flags.writeable:
            result[...] = 1  # the caller may do with its results what it likes
    again = answer(Trial(trial.backend, trial.case, trial.precision))
    for first, second in zip(kept, again, strict=True):
        if _differ(first, second):
            yield refuse("state", f"{kind}: the same call gave another answer the second time")
            return
        yield accept("state", first.size)


def _differ(a: np.ndarray, b: np.ndarray) -> bool:
    # By value: NaN is itself. Threads may sum in another order, which a few last bits would show; none here
    # are so large.
    return a.shape != b.shape or not np.array_equal(
        a.astype(np.float64), b.astype(np.float64), equal_nan=True
    )


def _shared(results: list[np.ndarray], inputs: list[np.ndarray]) -> str:
    """Which result lies in the memory of something else. Parts of one buffer that do not meet may be."""
    for i, result in enumerate(results):
        if any(np.shares_memory(result, array) for array in inputs):
            return f"result {i} shares its memory with an input"
        if any(np.shares_memory(result, other) for other in results[:i]):
            return f"result {i} shares its memory with another result"
    return ""


def _names(changed: list[str], trial: Trial) -> str:
    """`input 2` as the contract calls it."""

    def called(name: str) -> str:
        kind, _, position = name.partition(" ")
        if kind == "input":
            return trial.operator.inputs[int(position)].name
        return f"the cotangent d{trial.operator.outputs[int(position)].name}" if kind == "cotangent" else name

    return ", ".join(dict.fromkeys(map(called, changed)))


def _cases(operator: Operator, drawn: Drawn) -> tuple[Case, ...]:
    """The base, its attributes, each class of shapes: an early return for a size may hand back its input."""
    ordinary = covering.values(operator.name)
    special = [
        c
        for c in covering.shapes(operator.name)
        if not c.about.startswith(("long", "read-only", "broadcast"))
    ]
    return (*ordinary[:4], *special[:8])


CHECK = Check(
    name="purity",
    summary="inputs untouched, the same answer twice, no shared buffers, no state left behind",
    applies=always,
    cases=_cases,
    run=_run,
)
