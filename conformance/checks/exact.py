"""Bit equality on small integers, where the reference on exact numbers shows that no rounding can happen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from ... import reference
from ...spec import Array, Operator, declaration
from .. import covering, oracle
from ..arguments import Arguments, arguments
from ..case import Case
from ..compare import Finding
from ..exactness import Inexact, lift
from ..oracle import Expected, Variants, named, variants_for
from ..precision import Precision, precision
from ..trial import Trial, Uninformative
from . import _results
from ._check import Check

Due = tuple[list[Expected] | None, list[Expected] | None]
"""Outputs and gradients that are due to the last bit; None for those in which a rounding may happen."""


def _run(trial: Trial) -> Iterator[Finding]:
    outputs, gradients = _due(trial)
    if not trial.backend.differentiates(trial.operator):
        gradients = None
    if outputs is None and gradients is None:
        raise Uninformative
    if outputs is not None:
        yield from _results.all_of(trial.outputs, outputs)
    if gradients is not None:
        yield from _results.all_of(trial.gradients, gradients)


def _due(trial: Trial) -> Due:
    """What is due here. Small integers are alike in every dtype: one run serves all that hold them."""
    if trial.case in _cases(trial.operator.name) and not trial.backend.conventions and trial.is_drawn:
        outputs, gradients = _remembered(trial.case.key)
        if trial.precision.unit <= precision(_MODEL).unit:
            return _in(outputs, trial.precision), _in(gradients, trial.precision)
    return _computed(trial.operator, trial.arguments, trial.precision, trial.backend.conventions)


def _in(due: list[Expected] | None, format_: Precision) -> list[Expected] | None:
    """The same numbers, due in another dtype."""
    model = precision(_MODEL).dtype
    return None if due is None else [replace(d, dtype=format_.dtype) if d.dtype == model else d for d in due]


def _computed(operator: Operator, given: Arguments, format_: Precision, variants: Variants) -> Due:
    common = (given.inputs, given.attributes, format_, variants)
    outputs = due_exactly(reference.operator(operator.name), operator, operator.outputs, "", (), *common)
    if not operator.differentiable_inputs:
        return outputs, None
    if (
        operator.not_smooth
        and not oracle.vjp(operator, given.cotangents, given.inputs, given.attributes, format_, variants).fair
    ):
        return outputs, None  # at a kink any value of the Clarke interval conforms
    function, wanted = reference.vjp(operator.name), operator.differentiable_inputs
    return outputs, due_exactly(function, operator, wanted, "d", given.cotangents, *common)


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
        keywords = {
            k: lift(v, format_)
            for k, v in {**attributes, **variants_for(function, operator, variants)}.items()
        }
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
    return array.astype(np.float64)


_MODEL = "float32"
"""The dtype in which the exact cases are looked for: what is exact in it is so in float64."""


@cache
def _cases(name: str) -> tuple[Case, ...]:
    """The cases in which something is exact, found by trying."""
    return tuple(case for case in covering.exact(name) if _remembered(case.key) != (None, None))


@cache
def _remembered(key: str) -> Due:
    case = Case.from_json(json.loads(key))
    format_ = precision(_MODEL)
    return _computed(declaration(case.operator), arguments(case, format_), format_, {})


CHECK = Check(
    name="exact",
    summary="equality to the last bit on small integers, where no rounding can happen",
    applies=lambda operator: not operator.random and bool(operator.inputs) and bool(_cases(operator.name)),
    cases=lambda operator, drawn: _cases(operator.name),
    run=_run,
)
