"""The outputs against the reference, within the computed tolerance."""

from __future__ import annotations

from collections.abc import Iterator

from .. import covering, thorough
from ..compare import Finding
from ..trial import Trial
from . import _random, _results
from ._check import Check, always, more


def _run(trial: Trial) -> Iterator[Finding]:
    return _random.outputs(trial) if trial.operator.random else _results.outputs(trial)


CHECK = Check(
    name="forward",
    summary="the outputs equal the reference's, within the computed tolerance",
    applies=always,
    cases=more(covering.values, thorough.results),
    run=_run,
)
