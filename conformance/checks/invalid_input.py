"""Shapes that do not fit, indices out of range: an error, never a value (or the variant that is declared)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...spec import Array, Operator
from .. import covering
from ..compare import Finding, accept, refuse
from ..errors import BackendError, Unsupported
from ..trial import Trial
from ._check import Check

_RANGE = "index.out_of_range"


def _run(trial: Trial) -> Iterator[Finding]:
    trial.call()  # a backend that cannot make the valid call says nothing by refusing an invalid one
    for what, inputs, attributes in _misfits(trial):
        yield _refused(trial, what, inputs, attributes)
    yield from _out_of_range(trial)


def _refused(trial: Trial, what: str, inputs: list[Any], attributes: dict[str, Any]) -> Finding:
    try:
        outputs = trial.backend.forward(trial.operator, inputs, attributes)
    except (BackendError, Unsupported):
        return accept("refusal")
    shapes = ", ".join(str(y.shape) for y in outputs)
    return refuse(
        "refusal",
        f"{what}: a value of shape {shapes} came back where an error is due",
        "an error",
        shapes,
        "policy",
    )


def _refused_backward(trial: Trial, what: str, inputs: list[Any]) -> Iterator[Finding]:
    """The gradient, too, refuses an index out of range, which would be written to."""
    operator = trial.operator
    if not trial.backend.differentiates(operator):
        return
    try:
        _, gradients = trial.backend.vjp(operator, trial.arguments.cotangents, inputs, trial.attributes)
    except (BackendError, Unsupported):
        yield accept("refusal")
        return
    shapes = ", ".join(str(g.shape) for g in gradients)
    message = f"{what}: the gradient has a value of shape {shapes} where an error is due"
    yield refuse("refusal", message, "an error", shapes, "policy")


def _misfits(trial: Trial) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    """Each shared dim of each input one too long, and each input with an axis too many."""
    operator, inputs = trial.operator, trial.inputs
    for position, array in enumerate(operator.inputs):
        if array.many:
            continue
        for axis, dim in enumerate(array.shape):
            # A dim that no other array has is free: another size of it is simply another valid call.
            if (
                dim.name == "..."
                or not _shared(operator, array, dim.name)
                or inputs[position].shape[axis] < 2
            ):
                continue
            longer = np.concatenate([inputs[position], np.take(inputs[position], [0], axis)], axis)
            yield (
                f"{array.name} with {dim.name} one too long",
                _replaced(inputs, position, longer),
                dict(trial.attributes),
            )
    for name, value in trial.attributes.items():
        if isinstance(value, np.ndarray) and value.shape[0] > 1:
            yield f"{name} one too short", inputs, {**trial.attributes, name: value[:-1]}
    for attribute in operator.attributes:
        if attribute.divides is not None:
            size = trial.case.length(attribute.divides.name)
            bad = next(n for n in range(2, size + 2) if size % n)
            yield (
                f"{attribute.name} = {bad} with {attribute.divides} = {size}",
                inputs,
                {**trial.attributes, attribute.name: bad},
            )


def _out_of_range(trial: Trial) -> Iterator[Finding]:
    """Each index input, and each array of lengths, with one entry just past either end."""
    convention = trial.backend.conventions.get(_RANGE, "error")
    for position, array in enumerate(trial.operator.inputs):
        if array.kind == "index":
            size = trial.case.bound(array)
            for bad, last in _bad(size):
                indices = _with_one(trial.inputs[position], bad, last)
                inputs = _replaced(trial.inputs, position, indices)
                if convention == "error" or (convention == "wrap_negative" and not -size <= bad < 0):
                    what = f"{array.name} = {bad} with {array.below} = {size}"
                    yield _refused(trial, what, inputs, dict(trial.attributes))
                    yield from _refused_backward(trial, what, inputs)
                else:
                    yield by_convention(trial, str(convention), position, bad, size, last)
    for name, value in trial.attributes.items():
        declared = trial.operator.attribute(name).array
        if declared is not None and declared.kind == "lengths" and isinstance(value, np.ndarray):
            longest = trial.case.bound(declared)
            for bad in (0, longest + 1):
                attributes = {**trial.attributes, name: _with_one(value, bad)}
                what = f"{name} = {bad} with T = {longest}"
                yield _refused(trial, what, list(trial.inputs), attributes)


def _bad(size: int) -> tuple[tuple[int, bool], ...]:
    """Numbers that are no index, and whether they stand in the last place; 2³² is 0 to whoever has 32 bits.

    Some take −100 for a label to leave out.
    """
    return (-1, False), (size, False), (-1, True), (size, True), (-100, False), (2**32, False)


def by_convention(
    trial: Trial, convention: str, position: int, bad: int, size: int, last: bool = False
) -> Finding:
    """An index out of range, for a backend that declares what it makes of one."""
    asked = _replaced(trial.inputs, position, _with_one(trial.inputs[position], bad, last))
    inside = bad % size if convention == "wrap_negative" else min(max(bad, 0), size - 1)
    meant = _replaced(trial.inputs, position, _with_one(trial.inputs[position], inside, last))
    try:
        given = trial.backend.forward(trial.operator, asked, trial.attributes)[0].astype(np.float64)
        due = trial.backend.forward(trial.operator, meant, trial.attributes)[0].astype(np.float64)
    except BackendError as error:
        return refuse(
            "range",
            f"index {bad}: {error}, though {convention} is declared",
            convention,
            "an error",
            "policy",
        )
    if convention in ("zero", "nan"):
        fill = 0.0 if convention == "zero" else np.nan
        where = (-last,) * trial.inputs[position].ndim
        if due.ndim:
            due[where] = fill
        else:
            due = np.asarray(fill)
    if np.array_equal(given, due, equal_nan=True):
        return accept("range", given.size)
    return refuse(
        "range", f"index {bad} is not treated as {convention}, which is declared", convention, None, "policy"
    )


def _with_one(array: np.ndarray, value: int, last: bool = False) -> np.ndarray:
    changed = np.array(array)
    changed[(-last,) * array.ndim] = value
    return changed


def _replaced(inputs: list[Any], position: int, value: Any) -> list[Any]:
    return [value if i == position else x for i, x in enumerate(inputs)]


def _shared(operator: Operator, array: Array, dim: str) -> bool:
    return any(dim == d.name for other in operator.inputs if other is not array for d in other.shape)


def _applies(operator: Operator) -> bool:
    shared = any(
        _shared(operator, a, d.name)
        for a in operator.inputs
        for d in a.shape
        if d.name != "..." and not a.many
    )
    indexed = any(a.kind == "index" for a in operator.inputs)
    return shared or indexed or any(a.divides is not None for a in operator.attributes)


CHECK = Check(
    name="invalid_input",
    summary="shapes that do not fit, indices out of range: an error, never a value",
    applies=_applies,
    cases=lambda operator, drawn: covering.refused(operator.name),
    run=_run,
    policy=True,
)
