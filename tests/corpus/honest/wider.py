"""Whole operators in the next wider format, their results rounded once at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from variant import Functions, Honest

from honest._attention import attention, heads
from honest._dense import dense
from honest._probabilities import probabilities
from honest._recurrent import gated, simple
from honest._steps import stepping
from honest._totals import plain, wide
from honest.optimizers import FOLDED


def widened(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function on float64 where the arrays are float32, and on longdouble where they are float64."""

    @wraps(function)
    def in_wider(*arguments: Any, **attributes: Any) -> Any:
        dtype = next(a.dtype for a in _flat(arguments) if a.dtype.kind == "f")
        result = function(*(_changed(a, wide) for a in arguments), **attributes)
        return _changed(result, lambda a: np.asarray(a, dtype))

    return in_wider


def _changed(value: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_changed(entry, change) for entry in value)
    return change(value) if value.dtype.kind == "f" else value


def _flat(values: Any) -> list[np.ndarray]:
    return [a for v in values for a in (_flat(v) if isinstance(v, (list, tuple)) else [v])]


def _functions() -> Functions:
    layers = {**dense(np.matmul, plain), **probabilities(plain), **attention(np.matmul, plain)}
    recurrent = {**simple(np.matmul, plain), **gated(np.matmul, plain), **heads(np.matmul, plain)}
    optimizers = {name: stepping(updates) for name, updates in FOLDED.items()}
    return {name: widened(f) for name, f in {**layers, **recurrent, **optimizers}.items()}


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "whole operators in the next wider format",
        _functions(),
        "float64 for float32, longdouble for float64; only results are rounded to the dtype",
    ),
)
