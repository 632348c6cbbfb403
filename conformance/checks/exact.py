"""Bit equality on small integers, where the reference run on exact numbers shows that no rounding can happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from ... import reference
from ...spec import Array, Operator
from .. import covering
from ..case import Case, arguments
from ..compare import Finding, compare
from ..exactness import Exact, Inexact, lift
from ..oracle import Expected, Variants, named, variants_for
from ..precision import Precision, precision
from ..trial import Trial, Uninformative
from ._check import Check, differentiable


def _run(trial: Trial) -> Iterator[Finding]:
    operator = trial.operator
    given = (trial.inputs, trial.attributes, trial.precision, trial.backend.conventions)
    due = due_exactly(reference.operator(operator.name), operator, operator.outputs, "", (), *given)
    gradients = None
    if differentiable(operator) and trial.backend.differentiates(operator):
        function, wanted = reference.vjp(operator.name), operator.differentiable_inputs
        gradients = due_exactly(function, operator, wanted, "d", trial.arguments.cotangents, *given)
    if due is None and gradients is None:
        raise Uninformative
    for actual, wanted_array in zip(trial.outputs, due or (), strict=False):
        yield compare(actual, wanted_array)
    if gradients is not None:
        for actual, wanted_array in zip(trial.gradients, gradients, strict=False):
            yield compare(actual, wanted_array)


def due_exactly(
    function: Callable[..., Any],
    operator: Operator,
    arrays: Sequence[Array],
    prefix: str,
    cotangents: Sequence[Any],
    inputs: Sequence[Any],
    attributes: Any,
    format_: Precision,
    variants: Variants,
) -> list[Expected] | None:
    """What is due to the last bit, or None where a rounding may happen."""
    lifted = [lift(x, format_) for x in (*cotangents, *inputs)]
    try:
        keywords = {k: lift(v, format_) for k, v in {**attributes, **variants_for(function, operator, variants)}.items()}
        result = function(*lifted, **keywords)
    except (Inexact, TypeError, AttributeError):  # exp of an exact number: there is no such method
        return None
    results = result if isinstance(result, tuple) else (result,)
    due = []
    for array, value in zip(arrays, results, strict=True):
        for name, entry in named(prefix + array.name, value):
            plain = _floats(entry)
            dtype = format_.dtype if array.dtype is None else np.dtype(array.dtype)
            due.append(Expected(name, plain, np.zeros(plain.shape), dtype))
    return due


def _floats(value: Any) -> np.ndarray:
    """Exact numbers as the floats they are."""
    array = np.asarray(value)
    if array.dtype != object:
        return array
    flat = [float(x.value) if isinstance(x, Exact) else float(x) for x in array.ravel()]
    return np.array(flat, dtype=np.float64).reshape(array.shape)


@cache
def _cases(name: str) -> tuple[Case, ...]:
    """The cases in which something is exact, found by trying; float32 stands for every dtype here."""
    from ...spec import declaration

    operator = declaration(name)
    format_ = precision("float32")
    found = []
    for case in covering.exact(name):
        given = arguments(case, format_)
        function = reference.operator(name)
        arrays = (given.inputs, given.attributes, format_, {})
        if due_exactly(function, operator, operator.outputs, "", (), *arrays) is not None:
            found.append(case)
        elif operator.differentiable_inputs:
            wanted = operator.differentiable_inputs
            if due_exactly(reference.vjp(name), operator, wanted, "d", given.cotangents, *arrays) is not None:
                found.append(case)
    return tuple(found)


CHECK = Check(
    name="exact",
    summary="equality to the last bit on small integers, where no rounding can happen",
    applies=lambda operator: not operator.random and bool(operator.inputs) and bool(_cases(operator.name)),
    cases=lambda operator, drawn: _cases(operator.name),
    run=_run,
)
