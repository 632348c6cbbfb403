"""Inputs untouched, the same call twice the same answer, no shared buffers, no state that survives a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from ...spec import Operator
from .. import covering, thorough
from ..alike import unlike
from ..case import Case
from ..compare import Finding, accept, refuse
from ..places import Place, called, places, replaced
from ..precision import Precision
from ..trial import Trial
from ._check import Check, Drawn, always

Answer = Callable[[Trial], list[np.ndarray]]


def _run(trial: Trial) -> Iterator[Finding]:
    yield from _call(trial, "forward", lambda t: t.outputs)
    backward = trial.backend.differentiates(trial.operator)
    if backward:
        yield from _call(trial, "vjp", lambda t: t.gradients)
    if not trial.operator.random and trial.case.layout == "plain":
        yield from _twice(trial, "forward", lambda t: t.outputs)
        if backward:
            yield from _twice(trial, "vjp", lambda t: t.gradients)
        yield from _chained(trial)


def _twice(trial: Trial, kind: str, answer: Answer) -> Iterator[Finding]:
    """One array given in two places is two equal arrays."""
    for (i, a), (j, b) in combinations(places(trial.arguments.inputs), 2):
        if a.shape != b.shape or a.dtype != b.dtype:
            continue
        # Arrays that are alive together: what goes by where an array lies has not met them before.
        copies = [a.copy() for _ in range(3)]
        once, twice = (answer(_with(trial, {i: x, j: x})) for x in (a, copies[0]))
        copied, again = (answer(_with(trial, {j: x})) for x in copies[1:])
        # Not to the last bit: a product of an array with itself may be summed in another order.
        if _unlike(once, twice, trial.precision) or _unlike(copied, again, trial.precision):
            yield refuse("state", f"{kind}: equal arrays gave different answers")
            return
        if _unlike(once, copied, trial.precision):
            names = f"{called(i, trial.operator)} and {called(j, trial.operator)}"
            yield refuse("shared", f"{kind}: one array as {names} gives another answer than two equal arrays")
            return
        yield accept("shared", 2)


def _chained(trial: Trial) -> Iterator[Finding]:
    """What came out, or its last step, goes in at once, and again after a call of other numbers."""
    other = replace(trial.case, seed=trial.case.seed + 1)
    for place, x in places(trial.arguments.inputs):
        for last in (False, True):
            y = Trial(trial.backend, trial.case, trial.precision).outputs[0]
            y = y[-1] if last and y.ndim and len(y) else y
            if y.shape != x.shape or y.dtype != x.dtype or x.dtype.kind in "iub":
                continue
            at_once = _with(trial, {place: y}).outputs
            Trial(trial.backend, other, trial.precision).call()  # for what it may leave behind
            if _unlike(_with(trial, {place: y}).outputs, at_once, trial.precision):
                name = called(place, trial.operator)
                yield refuse("state", f"forward: its own result, given as {name}, had another answer at once")
                return
            yield accept("state", sum(a.size for a in at_once))


def _with(trial: Trial, changed: dict[Place, np.ndarray]) -> Trial:
    """The trial with other arrays in these places."""
    inputs = replaced(trial.arguments.inputs, changed)
    return Trial(trial.backend, trial.case, trial.precision, replace(trial.arguments, inputs=inputs))


def _call(trial: Trial, kind: str, answer: Answer) -> Iterator[Finding]:
    """One kind of call: what it does to its inputs, where its results lie, and what it remembers."""
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
        again = answer(Trial(trial.backend, trial.case, trial.precision))
        if any(np.shares_memory(a, b) for a in results for b in again):
            yield refuse("results", f"{kind}: two calls return their results in the same memory")
        return
    yield from _memory(asked, kind, answer, results)


def _memory(asked: Trial, kind: str, answer: Answer, results: list[np.ndarray]) -> Iterator[Finding]:
    """The same call again, after calls of either kind with other numbers, and its results overwritten."""
    kept = [r.copy() for r in results]
    other = Trial(asked.backend, replace(asked.case, seed=asked.case.seed + 1), asked.precision)
    due = [r.copy() for r in answer(other)]
    if asked.backend.differentiates(asked.operator):
        other.call(backward=True)  # for what it may do to the results at hand
    other.call()  # the last call before the same one again is a forward call of other numbers
    if _any_differ(results, kept):
        yield refuse("results", f"{kind}: a later call changed the result of an earlier one")
        return
    for result in results:
        if result.flags.writeable:
            result[...] = 1  # the caller may do with its results what it likes
    if _unlike(answer(Trial(asked.backend, asked.case, asked.precision)), kept, asked.precision):
        yield refuse("state", f"{kind}: the same call gave another answer the second time")
        return
    # And with its inputs: the same arrays, holding the other numbers, are another call.
    others = Trial(asked.backend, other.case, asked.precision).arguments  # as no call has touched them
    same = [Trial(asked.backend, asked.case, asked.precision, asked.arguments) for _ in range(3)]
    pairs = [(a, b) for (_, a), (_, b) in zip(asked.arguments.arrays(), others.arrays(), strict=True)]
    if all(a.flags.writeable and a.shape == b.shape for a, b in pairs):
        same[0].call()  # for what it may keep of these very arrays, until the next call
        answer(same[1])
        for mine, new in pairs:
            mine[...] = new
        if _unlike(answer(same[2]), due, asked.precision):
            yield refuse("state", f"{kind}: new numbers in the same arrays gave the answer to the old ones")
            return
    yield accept("state", sum(r.size for r in kept))


def _unlike(again: list[np.ndarray], before: list[np.ndarray], format_: Precision) -> bool:
    """Not to the last bit: threads, or a GPU's atomics, may sum in another order in every call."""
    return any(unlike(a, b, format_) for a, b in zip(again, before, strict=True))


def _any_differ(given: list[np.ndarray], due: list[np.ndarray]) -> bool:
    """To the last bit: nothing has been computed in between. NaN is itself."""
    return any(
        not np.array_equal(a.astype(np.float64), b.astype(np.float64), equal_nan=True)
        for a, b in zip(given, due, strict=True)
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
    """Every class of shapes and settings: an early return for one of them may hand back its input.

    The smallest profile takes a few of them.
    """
    ordinary, special = covering.values(operator.name), covering.shapes(operator.name)
    if drawn:
        return (*ordinary, *special, *thorough.values(operator.name))
    return (
        *ordinary[:4],
        *(c for c in special if not c.about.startswith(("long", "read-only", "broadcast"))),
    )[:6]


CHECK = Check(
    name="purity",
    summary="inputs untouched, the same answer twice, no shared buffers, no state left behind",
    applies=always,
    cases=_cases,
    run=_run,
)
