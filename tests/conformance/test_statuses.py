"""What each status means, what it does to the verdict, and that it survives the way through JSON."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from fault import Altered
from gradspec import reference
from gradspec.conformance.checks import CHECKS
from gradspec.conformance.errors import Unusable
from gradspec.conformance.report import Report
from gradspec.conformance.trial import Uninformative
from minimal import OPERATORS, mine, quick, statuses
from reports import failed, report, result

BACKENDS = {
    "right": mine,
    "wrong": lambda **changed: mine(tanh=lambda x: np.tanh(x) + 1, **changed),
}


def refusing(*given, **attributes):
    raise NotImplementedError("not on this device")


def test_what_is_right_passes_and_conforms():
    made = quick(mine())
    assert statuses(made) == {f"{name}/forward": "passed" for name in OPERATORS}
    assert made.conforms
    assert all(r.examples > 0 and r.compared > 0 and 0 <= r.worst < 1 for r in made.results)


def test_one_failure_is_enough_not_to_conform():
    made = quick(BACKENDS["wrong"]())
    assert statuses(made) == {"relu/forward": "passed", "sgd/forward": "passed", "tanh/forward": "failed"}
    assert not made.conforms


def test_one_error_is_enough_not_to_conform():
    assert not quick(mine(tanh=lambda x: None)).conforms


def test_an_operator_that_is_not_defined_is_unsupported_and_counted():
    made = quick(mine(), "tanh", "sigmoid")
    assert statuses(made) == {"sigmoid/forward": "unsupported", "tanh/forward": "passed"}
    assert made.results[0].message == "sigmoid is not defined"
    assert made.conforms
    assert (made.coverage["operators"], made.coverage["operators_checked"]) == (2, 1)


def test_an_operator_that_declines_every_call_is_unsupported_in_its_words():
    made = quick(mine(tanh=refusing), "tanh", checks=("forward", "purity", "extremes", "shapes"))
    assert set(statuses(made).values()) == {"unsupported"}
    assert {r.message for r in made.results} == {"not on this device"}
    assert all(r.unsupported_examples > 0 and r.examples == 0 and r.worst is None for r in made.results)


def test_an_operator_without_a_gradient_is_unsupported_where_one_is_needed():
    backend = mine()
    del backend.tanh_vjp
    made = quick(backend, "tanh", checks=("forward", "gradient"))
    assert statuses(made) == {"tanh/forward": "passed", "tanh/gradient": "unsupported"}
    assert "neither tanh_vjp nor the hook vjp" in made.results[1].message


def test_an_attribute_that_is_declined_is_counted_beside_what_passed():
    def perceptron(x, weight, bias, *, activation):
        if activation == "relu":
            raise NotImplementedError("no relu")
        return reference.operator("perceptron")(x, weight, bias, activation=activation)

    (found,) = quick(Altered({"perceptron": perceptron}), "perceptron", dtypes=["float64"]).results
    assert found.status == "passed"
    assert found.unsupported_examples > 0
    assert found.examples > 0
    assert "declined in" in found.message
    assert "no relu" in found.message


def test_a_keyword_that_a_signature_does_not_take_is_unsupported():
    def rnn(x, h0, weight_x, weight_h, bias, *, activation="tanh"):
        return reference.operator("rnn")(x, h0, weight_x, weight_h, bias, activation=activation)

    (found,) = quick(Altered({"rnn": rnn}), "rnn", dtypes=["float64"]).results
    assert (found.status, found.unsupported_examples > 0) == ("passed", True)
    assert "rnn does not take lengths" in found.message


def test_a_backend_that_declines_everything_does_not_conform():
    made = quick(mine(tanh=refusing), "tanh")
    assert not made.conforms
    assert made.coverage["operators_checked"] == 0


@pytest.mark.parametrize("pattern", ["tanh", "tanh/forward", "tanh/forward/float64", "/tanh/"])
def test_a_failure_that_was_expected_does_not_condemn(pattern):
    made = quick(BACKENDS["wrong"](expected_failures={pattern: "known since 1991"}))
    assert statuses(made)["tanh/forward"] == "xfailed"
    assert "known since 1991" in next(r.message for r in made.results if r.operator == "tanh")
    assert made.conforms


def test_an_error_that_was_expected_does_not_condemn():
    made = quick(mine(tanh=lambda x: None, expected_failures={"tanh": "no answer yet"}))
    assert statuses(made)["tanh/forward"] == "xfailed"
    assert made.conforms


def test_expected_failures_alone_are_no_conformance():
    assert not quick(BACKENDS["wrong"](), "tanh", xfails={"tanh": "known"}).conforms


def test_what_was_expected_to_fail_and_passes_is_told():
    made = quick(mine(), xfails={"tanh/forward": "was wrong once"})
    assert statuses(made)["tanh/forward"] == "xpassed"
    assert "was wrong once" in made.results[-1].message
    assert made.conforms


def test_expectations_do_not_hide_what_is_unsupported():
    made = quick(mine(), "tanh", "sigmoid", xfails={"sigmoid": "not there"})
    assert statuses(made)["sigmoid/forward"] == "unsupported"


@pytest.mark.parametrize("pattern", ["tanhh", "tanh/forwards", "tanh/forward/float31", "tan", ""])
def test_an_expectation_that_matches_nothing_is_noted(pattern):
    assert (
        f"the expected failure {pattern!r} matches no check" in quick(mine(), xfails={pattern: "why"}).notes
    )


def test_an_expectation_of_what_was_left_out_is_not_noted():
    assert quick(mine(), "tanh", xfails={"relu": "why", "tanh/purity": "why"}).notes == []


def _uninformative(trial):
    raise Uninformative


@pytest.mark.parametrize(
    "changed",
    [
        {"cases": lambda operator, drawn: ()},
        {"run": lambda trial: iter(())},
        {"run": _uninformative},
    ],
    ids=["no case", "nothing compared", "nothing informative"],
)
def test_a_check_that_could_not_have_failed_is_vacuous_and_condemns(changed, monkeypatch):
    monkeypatch.setitem(CHECKS, "forward", replace(CHECKS["forward"], **changed))
    made = quick(mine(), "tanh", checks=("forward", "shapes"))
    assert statuses(made) == {"tanh/forward": "vacuous", "tanh/shapes": "passed"}
    assert not made.conforms


def test_arrays_without_entries_alone_are_vacuous(monkeypatch):
    empty = tuple(c for c in CHECKS["shapes"].cases(_declared("tanh"), ()) if c.sizes["..."] == (0,))
    assert empty
    monkeypatch.setitem(CHECKS, "shapes", replace(CHECKS["shapes"], cases=lambda operator, drawn: empty))
    assert statuses(quick(mine(), "tanh", checks=("shapes",))) == {"tanh/shapes": "vacuous"}


def _declared(name):
    from gradspec.spec import declaration

    return declaration(name)


def test_a_fault_of_the_suite_is_no_pass_and_not_laid_at_the_backends_door(monkeypatch):
    def broken(trial):
        raise ZeroDivisionError

    monkeypatch.setitem(CHECKS, "forward", replace(CHECKS["forward"], run=broken))
    for expected in ({}, {"tanh": "it has a fault of its own"}):  # which ours must not hide behind
        (found,) = quick(mine(), "tanh", xfails=expected).results
        assert (found.status, "gradspec itself failed" in found.message) == ("error", True)


def test_nothing_checked_is_never_conformance():
    assert not report().conforms
    assert not report(result(status="unsupported")).conforms
    assert not report(result(), interrupted=True).conforms
    with pytest.raises(Unusable, match="nothing to check"):
        quick(mine(), "tanh", checks=("invalid_input",))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"checks": ("forwards",)}, "did you mean forward?"),
        ({"checks": ()}, "no check was named"),
        ({"dtypes": ["float31"]}, "no dtype 'float31'"),
        ({"dtypes": ["float32"]}, "mine does not declare float32; it declares float64"),
        ({"examples": -1}, "cannot be negative"),
        ({"profile": "fast"}, "no profile 'fast'"),
        ({"jobs": 0}, "at least one is needed"),
    ],
    ids=str,
)
def test_options_that_cannot_be_followed_are_refused(options, said):
    with pytest.raises(Unusable, match=said.replace("?", r"\?")) as raised:
        quick(mine(), "tanh", **options)
    assert "\n" not in str(raised.value)


def test_an_unknown_operator_is_refused_with_the_nearest():
    with pytest.raises(Unusable, match="no operator 'tanhh'; did you mean tanh"):
        quick(mine(), "tanhh")


def test_a_report_survives_json_with_everything_that_is_not_finite():
    made = report(
        failed(worst=math.inf, expected=math.nan, actual=-math.inf, tolerance=math.inf),
        result("tanh", worst=None, notes=["relu'(0) is 0"]),
        conventions={"rmsprop.initial": math.inf},
    )
    text = json.dumps(made.to_json(), allow_nan=False)
    back = Report.from_json(json.loads(text))
    first = back.results[0]
    assert (first.worst, first.actual, first.tolerance) == (math.inf, -math.inf, math.inf)
    assert math.isnan(first.expected)
    assert back.results[1] == made.results[1]
    assert json.dumps(back.to_json(), allow_nan=False) == text


def test_a_report_of_a_run_survives_json():
    made = quick(
        mine(tanh=lambda x: np.full_like(x, np.nan), sgd=lambda *given, **k: None), checks=tuple(CHECKS)
    )
    text = json.dumps(made.to_json(), allow_nan=False)
    assert json.dumps(Report.from_json(json.loads(text)).to_json(), allow_nan=False) == text


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "3", '{"schema": "gradspec/report/1"}', '{"schema": "other"}']
)
def test_what_is_no_report_is_refused(text, tmp_path):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r".+"):
        Report.read(path)
