"""A check that backends which compute nothing pass is vacuous; none of the suite's is."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from gradspec.conformance import check
from gradspec.conformance.backend import load
from gradspec.conformance.case import valid
from gradspec.conformance.checks import CHECKS, Check
from gradspec.conformance.checks import forward as forward_check
from gradspec.conformance.compare import Finding, accept
from gradspec.conformance.precision import precision
from gradspec.conformance.running import attempt
from gradspec.conformance.surroundings import undisturbed
from gradspec.conformance.trial import Trial
from gradspec.conformance.vacuity import could_fail, dummies
from gradspec.spec import declaration, operators
from minimal import mine, quick, statuses


@pytest.mark.parametrize("name", operators())
def test_every_check_of_an_operator_refuses_a_backend_that_computes_nothing(name: str) -> None:
    operator, backend, format_ = declaration(name), load("numpy"), precision("float64")
    with undisturbed():
        for one in CHECKS.values():
            if one.applies(operator):
                trials = [Trial(backend, c, format_) for c in one.cases(operator, ()) if valid(c, {})]
                informative = [t for t in trials if isinstance(attempt(one, t), list)]
                assert could_fail(one, informative), one.name
                assert could_fail(one, informative), f"{one.name}, a second time"


@pytest.mark.parametrize("dummy", dummies(), ids=lambda dummy: dummy.name)
def test_a_backend_that_computes_nothing_does_not_conform(dummy: object) -> None:
    for name in ("tanh", "lstm", "embedding", "adam", "early_stopping", "one_hot"):
        report = check(dummy, operators=[name], checks=["forward"], dtypes=["float64"], examples=0)
        assert [r.status for r in report.results] == ["failed"]


def _says_nothing(trial: Trial) -> Iterator[Finding]:
    assert np.size(trial.outputs[0])
    yield accept("anything")


def test_a_check_that_everything_passes_is_vacuous_and_the_backend_does_not_conform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    idle: Check = replace(forward_check.CHECK, run=_says_nothing)
    monkeypatch.setitem(CHECKS, "forward", idle)
    report = quick(mine(), "tanh", checks=("forward",))
    assert statuses(report) == {"tanh/forward": "vacuous"}
    assert "zeros" in report.results[0].message
    assert not report.conforms
