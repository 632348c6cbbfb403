"""Every check, as data: `CHECKS` crossed with operators and dtypes is the whole suite."""

from __future__ import annotations

from . import (
    exact,
    extremes,
    finite_difference,
    forward,
    gradient,
    invalid_input,
    laws,
    purity,
    shapes,
    training,
)
from ._check import Check as Check

CHECKS: dict[str, Check] = {
    module.CHECK.name: module.CHECK
    for module in (
        forward,
        gradient,
        finite_difference,
        exact,
        laws,
        extremes,
        shapes,
        purity,
        invalid_input,
        training,
    )
}
