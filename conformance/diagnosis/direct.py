"""Causes that a check finds as such: what was touched, shared, remembered or let through, and wrong
shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..checks import Check
from ..checks.invalid_input import by_convention
from ..compare import Finding
from ..covering import base
from ..errors import BackendError, Unsupported
from ..trial import Trial

Told = tuple[str, str]
"""Cause and sentence."""


def of(check: Check, finding: Finding, trial: Trial) -> Told | None:
    """The cause, where the finding is one; the trial is of the case before it was shrunk."""
    if check.name == "purity":
        return _impure(finding, trial)
    if _writes(trial):
        return _IN_PLACE
    if check.name == "invalid_input":
        return _let_through(finding, trial)
    return None


def _impure(finding: Finding, trial: Trial) -> Told | None:
    if finding.quantity == "inputs":
        return _IN_PLACE
    if finding.quantity == "shared":
        return "shared_inputs", "where two inputs are one array, they are taken for the same thing"
    if finding.quantity == "results" or _handed_out_again(trial, finding.message.startswith("vjp")):
        return "aliasing", "a result lies in memory that is not its own; return a new array"
    if trial.case.layout != "plain":
        return None  # what lies between the numbers of a strided array may have been read
    return "state", "something survives a call: a buffer, a cache or a counter"


_IN_PLACE = "in_place", "the function works in its caller's memory; let it work on a copy"


def _writes(trial: Trial) -> bool:
    """Whether a call changes what it is given."""
    for backward in (False, True) if trial.backend.differentiates(trial.operator) else (False,):
        asked = Trial(trial.backend, trial.case, trial.precision)
        given = [(array, array.tobytes()) for _, array in asked.arguments.arrays()]
        try:
            asked.call(backward)  # for what it does to its inputs
        except (BackendError, Unsupported):
            continue
        if any(array.tobytes() != before for array, before in given):
            return True
    return False


def _handed_out_again(trial: Trial, backward: bool) -> bool:
    """Whether two calls return the same memory."""
    again = [Trial(trial.backend, trial.case, trial.precision) for _ in range(2)]
    try:
        first, second = (t.call(backward) for t in again)
    except (BackendError, Unsupported):
        return False
    return any(np.shares_memory(a, b) for a in first for b in second)


def _let_through(finding: Finding, trial: Trial) -> Told | None:
    """What the backend makes of an index out of range, if it is one of the conventions."""
    if finding.quantity == "range":
        return None
    what = finding.message.split(":")[0]
    if " = " not in what:
        return "unchecked", f"shapes are not compared: of {what} something comes back all the same"
    indices = [i for i, array in enumerate(trial.operator.inputs) if array.kind == "index"]
    for convention in ("wrap_negative", "clamp", "zero", "nan"):
        start = base(trial.operator)
        unseen = {n: size + 50 if isinstance(size, int) else size for n, size in start.sizes.items()}
        tried = (
            trial,
            *(Trial(trial.backend, c, trial.precision) for c in (start, replace(start, sizes=unseen))),
        )
        if indices and all(_keeps(t, convention, i) for i in indices for t in tried):
            key = "index.out_of_range"
            return (
                f"convention({key}={convention})",
                f"another convention: {_CONVENTIONS[convention]}; if that is meant, "
                f"declare conventions = {{{key!r}: {convention!r}}}",
            )
    return "unchecked", f"what is out of its range is not refused: {what}"


_CONVENTIONS = {
    "wrap_negative": "a negative index counts from the end",
    "clamp": "an index out of range is moved to the nearest end",
    "zero": "an index out of range gives 0",
    "nan": "an index out of range gives NaN",
}


def _keeps(trial: Trial, convention: str, position: int) -> bool:
    """Whether each index out of range is treated so; one beyond −size is no negative index that wraps."""
    below = trial.operator.inputs[position].below
    size = trial.case.sizes[below.name] if below else trial.attributes[trial.operator.attributes[0].name]
    assert isinstance(size, int)
    asked = False
    for bad in (-1, size) if convention != "wrap_negative" else (-1,):
        try:
            if by_convention(trial, convention, position, bad, size).differs:
                return False
            asked = True
        except (BackendError, Unsupported):
            return False
    return asked


def misshapen(due: Any, came: Any) -> Told | None:
    """Shapes and dtypes that differ in a way one knows."""
    if isinstance(due, list) and isinstance(came, list):
        ones = [n for n in due if n != 1] == [n for n in came if n != 1]
        if ones and len(came) < len(due):
            return "squeezed", "an axis of size 1 is dropped: a squeeze takes more than it should"
        if ones and len(came) > len(due):
            return "unsqueezed", "there is an axis of size 1 too many"
        if sorted(came) == sorted(due):
            return "axes", "the axes come in another order"
        return "shape", f"the shape is {tuple(came)} where {tuple(due)} is due"
    if isinstance(due, str) and isinstance(came, str) and _is_dtype(due) and _is_dtype(came):
        return (
            f"dtype({came})",
            f"the result is of {came}; results have the dtype of their inputs",
        )
    return None


def _is_dtype(name: str) -> bool:
    return name in ("float16", "float32", "float64", "bfloat16", "int32", "int64", "bool")
