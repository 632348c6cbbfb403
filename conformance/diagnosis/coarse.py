"""The numbers of a coarser format: right to as many digits as it has, with errors that look like its
roundings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Arguments, arguments
from ..compare import base_name
from .probes import Probe, probe

if TYPE_CHECKING:
    from . import Suspect

Told = tuple[str, str]
_FORMATS = (("float32", 2.0**-24), ("float16", 2.0**-11))
_LEAST, _MOST = 2.0**-5, 2.0**8
"""Between these multiples of the format's rounding error the largest error of a result has to lie."""
_MOVED = 64
"""Inputs are moved by so many of its rounding errors: roundings then fall otherwise, a formula hardly
changes."""
_ROUGH = 0.3


def of(suspect: Suspect) -> Told | None:
    """The format whose rounding errors the results have."""
    ordinary = [p for p in suspect.probes if p.case.values == "normal" and p.case.scale == 1]
    errors = [(p, e) for p in ordinary if (e := _errors(p, suspect.quantity)) is not None]
    sizes = [float(np.max(np.abs(e), initial=0.0)) for _, e in errors]
    for name, unit in _FORMATS:
        if unit < 8 * suspect.precision.unit or len(errors) < 3:
            continue
        off = [p for (p, _), size in zip(errors, sizes, strict=True) if size > _LEAST * unit]
        if len(off) < max(2, len(sizes) // 2) or max(sizes) > _MOST * unit:
            continue
        held = all(_holds(p, suspect.quantity, name) for p in ordinary)
        if held or all(_rough(suspect, p, unit) for p in off[:3]):
            return f"coarse({name})", f"the accuracy is that of {name}: something is computed in it"
    return None


def _rough(suspect: Suspect, p: Probe, unit: float) -> bool:
    """Whether the errors become others where the inputs hardly change."""
    given = arguments(p.case, suspect.precision)
    moved = Arguments(
        _each(given.inputs, lambda x: x * x.dtype.type(1 + _MOVED * unit)), given.attributes, given.cotangents
    )
    same = probe(suspect.backend, p.case, suspect.precision, suspect.backward)
    if same is None or not all(map(np.array_equal, same.actual, p.actual)):
        return False  # it is not the numbers that make it another answer
    again = probe(suspect.backend, p.case, suspect.precision, suspect.backward, moved)
    before, after = _errors(p, suspect.quantity), None if again is None else _errors(again, suspect.quantity)
    if before is None or after is None or before.shape != after.shape:
        return False
    return bool(np.linalg.norm(after - before) > _ROUGH * np.linalg.norm(before))


def _each(value: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_each(entry, change) for entry in value]
    return value if value.dtype.kind in "iub" else change(value)


def _holds(probe: Probe, quantity: str, name: str) -> bool:
    """Whether the format has every one of the results."""
    pairs = zip(probe.names, probe.actual, strict=True)
    with np.errstate(over="ignore"):
        return all(
            np.array_equal(a, a.astype(name).astype(a.dtype)) for n, a in pairs if base_name(n) == quantity
        )


def _errors(probe: Probe, quantity: str) -> np.ndarray | None:
    """The errors of all entries, relative to the largest of their array; None where they say nothing."""
    found = []
    for name, actual, expected in zip(probe.names, probe.actual, probe.expected, strict=True):
        if base_name(name) == quantity:
            if actual.shape != expected.shape or not np.isfinite(actual).all():
                return None
            largest = np.max(np.abs(expected), initial=0.0)
            if largest:
                found.append(((actual - expected) / largest).ravel())
    return np.concatenate(found) if found else None
