"""Causes: what is told is true of the backend in every call that is tried, and otherwise nothing is told."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from gradspec import reference
from gradspec.conformance import check
from gradspec.conformance.alike import alike, apart
from gradspec.conformance.backend import load
from gradspec.conformance.case import DRAWN
from gradspec.conformance.covering import base
from gradspec.conformance.diagnosis.probes import cases, probe
from gradspec.conformance.edges import extremes
from gradspec.conformance.explanations import Explanation, Question, explanations, of_result, specified
from gradspec.conformance.explanations._edited import edited
from gradspec.conformance.precision import precision
from gradspec.conformance.report import Result
from gradspec.spec import declaration, operators
from minimal import mine, quick

FLOAT64 = precision("float64")
RIGHT = load("numpy")


def questions(name: str) -> list[Question]:
    """What explanations of the operator are tried on where something fails in it, extreme values too."""
    operator = declaration(name)
    start = base(operator)
    optional = {a.name: DRAWN for a in operator.attributes if a.array is not None}
    failing = [start, replace(start, attributes={**start.attributes, **optional}), *extremes(name)]
    found = []
    for backward in (False, True) if operator.differentiable_inputs else (False,):
        for case in (c for f in failing for c in cases(f, f)):
            asked = probe(RIGHT, case, FLOAT64, backward)
            if asked is not None:
                found.append(asked.question)
    return found


def differs(explanation: Explanation, question: Question) -> bool:
    with np.errstate(all="ignore"):
        try:
            predicted = explanation.answer(question)
        except Exception:  # the reference refuses what it makes of the call
            return False
        due = specified(question)
    return predicted is not None and any(apart(p, d, FLOAT64) for p, d in zip(predicted, due, strict=True))


@pytest.mark.parametrize("name", [n for n in operators() if not declaration(n).random])
def test_every_explanation_is_another_answer_than_the_specified_somewhere(name: str) -> None:
    asked = questions(name)
    same = [
        f"{e.cause}: {e.sentence}"
        for e in explanations(name)
        if not any(differs(e, question) for question in asked)
    ]
    defaults = [f"convention({c.key}={c.default})" for c in declaration(name).conventions]
    assert [said for said in same if said.split(": ")[0] not in (*defaults, *SYMMETRIC)] == []


SYMMETRIC = ("exchanged(prediction,target)",)
"""What makes no difference at all, and is told of no backend."""


def test_a_text_that_does_not_stand_in_the_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="stands 0 times in the reference's tanh"):
        edited("tanh", (("no such text", ""),))


@pytest.mark.parametrize("name", ["lstm", "softmax", "adam", "embedding"])
def test_of_the_right_backend_nothing_is_off(name: str) -> None:
    operator = declaration(name)
    for case in cases(base(operator), base(operator)):
        asked = probe(RIGHT, case, FLOAT64, backward=False)
        assert asked is not None
        assert not asked.off(operator.outputs[0].name)


def failed(backend: Any, operator: str, which: str = "forward") -> Result:
    report = check(backend, operators=[operator], checks=[which], dtypes=["float64"], examples=0)
    (result,) = report.results
    assert result.status == "failed"
    return result


def backend(**functions: Any) -> SimpleNamespace:
    return SimpleNamespace(name="wrong", version="0", dtypes=("float64",), **functions)


def test_gates_in_another_order_are_told_with_their_order() -> None:
    def lstm(x, h0, c0, weight_x, weight_h, bias, *, lengths=None):  # type: ignore[no-untyped-def]
        i, o, f, g = range(4)
        parts = [
            np.concatenate([np.split(w, 4, -1)[k] for k in (i, 2, 3, 1)], -1)
            for w in (weight_x, weight_h, bias)
        ]
        assert (o, f, g) == (1, 2, 3)
        return reference.operator("lstm")(x, h0, c0, *parts, lengths=lengths)

    result = failed(backend(lstm=lstm), "lstm")
    assert result.cause == "gate_order(i,o,f,g)"
    assert result.diagnosis is not None
    assert "your gates are i, o, f, g" in result.diagnosis


def test_a_convention_is_told_with_what_to_declare() -> None:
    def rmsprop(parameter, gradients, **numbers):  # type: ignore[no-untyped-def]
        return reference.operator("rmsprop")(parameter, gradients, **numbers, epsilon_convention="inside")

    result = failed(backend(rmsprop=rmsprop), "rmsprop")
    assert result.cause == "convention(rmsprop.epsilon=inside)"
    assert "declare conventions = {'rmsprop.epsilon': 'inside'}" in str(result.diagnosis)


def test_a_factor_is_told_by_its_name() -> None:
    def loss(prediction, target):  # type: ignore[no-untyped-def]
        return np.sum((prediction - target) ** 2) / len(prediction)

    assert failed(backend(mean_squared_error=loss), "mean_squared_error").cause == "scaled(K)"


def test_numbers_that_nothing_explains_are_met_with_silence() -> None:
    rng = np.random.default_rng(0)
    result = failed(mine(tanh=lambda x: np.tanh(x) + rng.standard_normal(x.shape)), "tanh")
    assert result.cause is None
    assert result.diagnosis is None


def test_an_explanation_that_is_true_of_the_failing_case_alone_is_not_told() -> None:
    def tanh(x: np.ndarray) -> np.ndarray:
        return -np.tanh(x) if x.shape == (2, 7) and abs(x[0, 0]) < 1 else np.tanh(x)

    report = quick(mine(tanh=tanh), "tanh", checks=("forward",))
    assert report.results[0].cause != "sign"


def test_a_size_from_which_on_it_is_wrong_is_told() -> None:
    def softmax(x: np.ndarray) -> np.ndarray:
        y = reference.operator("softmax")(x)
        y[..., 16:] = 0
        return y

    result = failed(backend(softmax=softmax), "softmax", "shapes")
    assert result.cause == "size(K)"
    assert "right while K is below 17" in str(result.diagnosis)


def test_a_cause_by_chance_of_the_values_is_no_matter_of_size() -> None:
    def relu(x: np.ndarray) -> np.ndarray:
        return np.minimum(np.maximum(x, 0), 2.2)

    result = failed(mine(relu=relu), "relu")
    assert "size" not in str(result.cause)


def test_a_cache_by_shape_is_told_as_state() -> None:
    kept: dict[tuple[int, ...], np.ndarray] = {}

    def tanh(x: np.ndarray) -> np.ndarray:
        return kept.setdefault(x.shape, np.tanh(x)).copy()

    assert failed(mine(tanh=tanh), "tanh").cause == "state"


def test_fewer_digits_are_told_by_their_format() -> None:
    result = failed(mine(tanh=lambda x: np.tanh(x.astype(np.float32)).astype(x.dtype)), "tanh")
    assert result.cause == "coarse(float32)"


def test_alike_is_strict_about_nan_and_shape() -> None:
    one = np.array([1.0, np.nan])
    assert alike(one, one.copy(), FLOAT64)
    assert not alike(one, np.array([1.0, 2.0]), FLOAT64)
    assert not alike(one, one[:1], FLOAT64)
    assert not alike(np.array([1.0]), np.array([1.0 + 1e-9]), FLOAT64)


def test_results_of_one_quantity_have_explanations_of_their_own() -> None:
    causes = {e.cause for e in of_result("softmax_cross_entropy", "dlogits")}
    assert {"zero", "sign", "scaled(N)", "scaled(1/N)", "scaled(K)"} <= causes
