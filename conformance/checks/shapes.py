"""Outputs and gradients at sizes 0 and 1, at equal and at long ones, and in every layout of memory."""

from __future__ import annotations

from collections.abc import Iterator

from .. import covering, thorough
from ..compare import Finding
from ..trial import Trial
from . import _random, _results
from ._check import Check, always, more


def _run(trial: Trial) -> Iterator[Finding]:
    if trial.operator.random:
        yield from _random.outputs(trial)
        if trial.backend.differentiates(trial.operator):
            yield from _random.gradients(trial)
        return
    yield from _results.outputs(trial)
    if trial.backend.differentiates(trial.operator):
        yield from _results.gradients(trial)


CHECK = Check(
    name="shapes",
    summary="sizes 0 and 1, equal and long ones; strided, reversed, broadcast and read-only memory",
    applies=always,
    cases=more(covering.shapes, thorough.shapes, drawn_too=False),
    run=_run,
)
