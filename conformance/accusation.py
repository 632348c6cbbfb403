"""What is told of a backend that fails a check: where, how far off, which equation, why, how to repeat it."""

from __future__ import annotations

import math

from ..spec import Operator
from . import watch
from .case import Case
from .checks import Check
from .compare import Finding, base_name
from .counterexample import record, snippet
from .diagnosis import diagnose
from .precision import Precision
from .report import Fault, Result
from .trial import Trial

_COARSER = {"float64": 2.0**29, "float32": 2.0**13, "float16": 2.0**3}
"""Up to so many tolerances off, a result has the accuracy of the next coarser format: too few bits."""


def accused(result: Result, check: Check, trial: Trial, found: Finding | str, original: Case) -> Result:
    """The result of a check that found something, told with all that is known of it.

    The trial is of the smallest case; `original` is the one in which it was first seen.
    """
    result.counterexample = record(trial)
    if isinstance(found, str):
        result.status, result.message = "error", str(found)
        result.reproduce = snippet(trial, check.name, _blamed(trial.operator, found))
        return result
    result.status = "failed"
    result.expected, result.actual, result.tolerance = found.expected, found.actual, found.tolerance
    result.where = found.where
    result.fault = "policy" if check.policy else _kind(found, trial.precision)
    result.message = found.message or f"{found.where} is {found.ratio:.3g} times its tolerance off"
    result.equation, result.equation_text = _equation(trial.operator, found.quantity)
    result.reproduce = snippet(trial, check.name, found.quantity)
    if watch.attempting(f"{check.name}, diagnosed", trial.precision.name, trial.case) is not None:
        return result
    told = diagnose(trial.backend, check, trial.precision, trial.case, original, found)
    if told is not None:
        result.cause, result.diagnosis = told.cause, told.sentence
    return result


def _blamed(operator: Operator, error: str) -> str:
    """The quantity whose snippet shows the error: what it is told of first, an array or a function."""
    first = error.split()[0]
    if first.endswith("vjp") and operator.differentiable_inputs:
        return f"d{operator.differentiable_inputs[0].name}"
    return operator.outputs[0].name if first == operator.name else first


def says(finding: Finding, format_: Precision) -> tuple[str, Fault]:
    """What a finding says of a backend: which result or rule, and how. Another would be another fault."""
    return base_name(finding.quantity), _kind(finding, format_)


def _kind(finding: Finding, format_: Precision) -> Fault:
    """Wrong, or right with fewer bits than the dtype promises."""
    if finding.fault is not None:
        return finding.fault
    factor = _COARSER.get(format_.name, 0.0)
    off = finding.ratio
    if finding.tolerance == 0 and finding.expected:  # an exact check: the tolerance that one would have had
        off = abs(finding.actual - finding.expected) / (format_.unit * abs(finding.expected))
    return "precision" if math.isfinite(off) and off <= factor else "wrong"


def _equation(operator: Operator, quantity: str) -> tuple[str | None, str | None]:
    """Label and text of what failed: a law's, an equation's (an entry of a list has the list's), or none."""
    if quantity.startswith("law."):
        from .laws import laws

        statement = next(
            (law.statement for law in laws(operator.name) if f"law.{law.name}" == quantity), None
        )
        return f"{operator.name}.{quantity}", statement
    part = base_name(quantity)
    if part in operator.equations:
        return operator.label(part), operator.equations[part]
    first = operator.outputs[0].name
    return operator.label(first), operator.equations[first]
