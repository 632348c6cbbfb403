"""The suite against wrong backends: each fault is found, by the right check, under the right label."""

import pytest
from faults import FAULTS, Altered, Fault
from gradspec.conformance import check


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_wrong_backend_is_found_and_named(fault: Fault) -> None:
    report = check(Altered(**fault.functions), operators=[fault.operator], examples=0)
    found = [r for r in report.results if r.status == "failed"]
    assert not report.conforms
    assert {r.check for r in found} >= set(fault.checks)
    assert fault.label in {r.equation for r in found}
    assert fault.fault in {r.fault for r in found if r.check in fault.checks}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_failure_tells_all_that_is_needed_to_repeat_it(fault: Fault) -> None:
    report = check(Altered(**fault.functions), operators=[fault.operator], examples=0)
    for result in report.results:
        if result.status == "failed":
            assert result.where
            assert result.message
            assert result.equation_text
            assert result.counterexample is not None
            assert result.reproduce is not None
            compile(result.reproduce, "snippet", "exec")


def test_the_reference_with_nothing_replaced_conforms() -> None:
    report = check(Altered(), operators=["tanh", "embedding", "adam"], examples=5)
    assert report.conforms
    assert {r.status for r in report.results} == {"passed"}
