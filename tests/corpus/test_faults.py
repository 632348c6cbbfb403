"""The suite against the corpus: every wrong backend is found, told by its cause or by none, never by another.

The cases that no seed changes find them all, so no seed is tried. `benchmarks/power.py` makes every check of
every fault.
"""

from collections import Counter

import pytest
from corpus import faults
from fault import KINDS, Altered, Fault, of_reference
from gradspec.conformance import check
from gradspec.conformance.checks import CHECKS
from gradspec.spec import declaration, operators
from kills import accepted, found, kills

FAULTS = sorted(faults(), key=lambda fault: fault.operator)  # one after another, so that what is due is kept
DIAGNOSED = FAULTS[::3]
"""Faults of which the first check that fails is told with its cause."""
CHECKED_IN_FULL = FAULTS[::24]
"""Faults of which every check runs, and every failure is read."""


def test_there_are_many_faults_of_every_operator_and_kind() -> None:
    assert len(FAULTS) >= 200
    assert {f.kind for f in FAULTS} == {*KINDS}
    assert min(Counter(f.operator for f in FAULTS)[name] for name in operators()) >= 4
    assert len({f.id for f in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
@pytest.mark.filterwarnings("ignore")
def test_a_wrong_backend_is_found_with_any_seed(fault: Fault) -> None:
    assert found(fault, None, _order(fault))


@pytest.mark.parametrize("fault", DIAGNOSED, ids=lambda fault: fault.id)
@pytest.mark.filterwarnings("ignore")
def test_a_cause_that_is_told_is_true(fault: Fault, score: Counter[str]) -> None:
    failures = next(failed for name in _order(fault) if (failed := kills(fault, 0, [name])))
    told = {k.cause for k in failures if k.cause}
    assert told <= {*accepted(fault)}, f"told as {told}, not as {fault.cause}"
    score["applies"] += bool(accepted(fault))
    score["told"] += bool(told)


def test_most_causes_are_told_by_the_first_check_that_fails(score: Counter[str]) -> None:
    if score["applies"] < len(DIAGNOSED) / 2:
        pytest.skip("not all of them ran in this process")
    assert score["told"] >= 0.85 * score["applies"]


@pytest.mark.parametrize("fault", CHECKED_IN_FULL, ids=lambda fault: fault.id)
@pytest.mark.filterwarnings("ignore")
def test_a_failure_tells_all_that_is_needed_to_repeat_it(fault: Fault) -> None:
    report = check(fault.backend(), operators=[fault.operator])
    for result in report.results:
        if result.status in ("failed", "error"):
            assert result.message
            assert result.counterexample is not None
            assert result.reproduce is not None
            compile(result.reproduce, "snippet", "exec")
        if result.status == "failed":
            assert result.where
            assert result.equation_text
        assert result.cause in (None, *accepted(fault)), f"{result.id}: {result.cause}: {result.diagnosis}"


def test_a_builder_gives_each_backend_state_of_its_own() -> None:
    stateful = next(f for f in FAULTS if f.kind == "state")
    one, other = stateful.functions(), stateful.functions()
    assert all(one[name] is not other[name] for name in one)
    assert of_reference(stateful.operator) is of_reference(stateful.operator)


_USUAL = {
    "forward": ("forward", "gradient"),
    "backward": ("gradient",),
    "stability": ("extremes", "forward", "gradient"),
    "shape": ("shapes",),
    "precision": ("forward", "gradient"),
    "state": ("purity",),
    "contract": ("invalid_input", "extremes", "forward"),
}


def _order(fault: Fault) -> list[str]:
    """The checks that are likely to find it first, then all others."""
    applying = [name for name, c in CHECKS.items() if c.applies(declaration(fault.operator))]
    first = [name for name in _USUAL[fault.kind] if name in applying]
    return list(dict.fromkeys((*first, *applying)))


def test_the_reference_with_nothing_replaced_conforms() -> None:
    report = check(Altered({}), operators=["tanh", "embedding", "adam"], examples=5)
    assert report.conforms
    assert {r.status for r in report.results} == {"passed"}
