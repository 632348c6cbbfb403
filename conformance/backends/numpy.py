"""The NumPy reference, as a backend like any other: what every check must find right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from ... import reference
from ...spec import declaration, operators

name = "numpy"
version = numpy.__version__
dtypes = ("float32", "float64")


def __getattr__(attribute: str) -> Callable[..., Any]:
    """`lstm` and `lstm_vjp` as the reference defines them."""
    operator = attribute.removesuffix("_vjp")
    if operator not in operators():
        raise AttributeError(attribute)
    if attribute == operator:
        return reference.operator(operator)
    if not declaration(operator).differentiable_inputs:
        raise AttributeError(attribute)
    return reference.vjp(operator)
