"""The gradient of every input against the reference's, for drawn cotangents, within the tolerance."""

from __future__ import annotations

from collections.abc import Iterator

from .. import covering, thorough
from ..compare import Finding
from ..trial import Trial
from . import _random, _results
from ._check import Check, differentiable, more


def _run(trial: Trial) -> Iterator[Finding]:
    return _random.gradients(trial) if trial.operator.random else _results.gradients(trial)


CHECK = Check(
    name="gradient",
    summary="the gradient of every input equals the reference's, within the computed tolerance",
    applies=differentiable,
    cases=more(covering.values, thorough.gradients),
    run=_run,
    needs_gradient=True,
)
