"""Every operator of the reference agrees with its chapter, exactly, and what does not is seen."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from gradspec import reference
from gradspec.conformance.exact import agreement as module
from gradspec.conformance.exact.agreement import agreement, agreements, without_agreement
from gradspec.conformance.exact.setting import Setting
from gradspec.conformance.exact.settings import PADDED, SETTINGS
from gradspec.spec import declaration, operators
from gradspec.spec.chapters import chapter, chapters
from gradspec.spec.kernel import Definition
from sympy import Rational

HELD = [(name, setting) for name in operators() if name in chapters() for setting in SETTINGS.get(name, ())]
BILLIONTH = Fraction(1, 10**9)


def small(name: str) -> Setting:
    """A setting of the operator with residues, and with padding where there can be any."""
    found = [s for s in SETTINGS[name] if not s.dual and s.kind not in ("balls", "fractions")]
    return next((setting for setting in found if setting.sizes == PADDED), found[-1])


SMALL = [
    (name, small(name)) for name in SETTINGS if declaration(name).differentiable_inputs and name in chapters()
]
each = pytest.mark.parametrize(("name", "setting"), SMALL, ids=[name for name, _ in SMALL])


def changed(name: str, gradient: str, change: Callable[[Any], Any]) -> Callable[..., Any]:
    """The operator's vjp with one of its gradients, or the first array of it, changed."""
    place = [f"d{x.name}" for x in declaration(name).differentiable_inputs].index(gradient)

    def vjp(*arrays: Any, **attributes: Any) -> list[Any]:
        gradients = list(reference.vjp(name)(*arrays, **attributes))
        of = gradients[place]
        gradients[place] = [change(of[0]), *of[1:]] if isinstance(of, list) else change(of)
        return gradients

    return vjp


def off(array: Any) -> Any:
    """The last entry that is not 0, by a billionth of itself."""
    array = np.array(array, object)
    *_, place = (k for k, entry in enumerate(array.flat) if entry)
    array.flat[place] = array.flat[place] * (1 + BILLIONTH)
    return array


def swapped(array: Any) -> Any:
    """The gates i and f exchanged."""
    i, f, *others = np.split(array, 4, axis=-1)
    return np.concatenate([f, i, *others], axis=-1)


@pytest.mark.parametrize(
    ("name", "setting"), HELD, ids=[f"{name}-{s.kind}{'-dual' * s.dual}" for name, s in HELD]
)
def test_the_reference_is_what_its_chapter_says(name: str, setting: Setting) -> None:
    found = agreement(name, setting)
    assert found.difference == ""
    assert found.numbers > 0
    declared = declaration(name)
    if not setting.dual:
        due = [y.name for y in declared.outputs] + [f"d{x.name}" for x in declared.differentiable_inputs]
        assert list(found.compared) == due


def test_no_operator_is_left_out() -> None:
    assert without_agreement() == ()


def test_an_operator_that_is_left_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        module, "SETTINGS", {k: v for k, v in SETTINGS.items() if k not in ("dropout", "relu")}
    )
    assert without_agreement() == ("dropout", "random_dropout", "relu")
    assert list(agreements(["relu"])) == []


@each
def test_a_wrong_gradient_of_the_chapter_is_seen(name: str, setting: Setting) -> None:
    for gradient in (f"d{x.name}" for x in declaration(name).differentiable_inputs):
        wrong = [
            Definition(d.entry, d.body * (1 + Rational(1, 10**9))) if d.tensor.title == gradient else d
            for d in chapter(name).gradients
        ]
        found = agreement(name, setting, of=replace(chapter(name), gradients=tuple(wrong)))
        assert found.difference.startswith(gradient)


@each
def test_a_wrong_gradient_of_the_reference_is_seen(name: str, setting: Setting) -> None:
    for gradient in (f"d{x.name}" for x in declaration(name).differentiable_inputs):
        for change in (np.negative, off):
            found = agreement(name, setting, vjp=changed(name, gradient, change))
            assert found.difference.startswith(gradient)


@each
def test_a_wrong_output_of_the_reference_is_seen(name: str, setting: Setting) -> None:
    def wrong(*arrays: Any, **attributes: Any) -> Any:
        y = reference.operator(name)(*arrays, **attributes)
        return (off(y[0]), *y[1:]) if isinstance(y, tuple) else off(y)

    found = agreement(name, setting, operator=wrong)
    assert found.difference.startswith(declaration(name).outputs[0].name)
    assert not agreement(name, setting).difference


def test_exchanged_gates_are_seen() -> None:
    for gradient in ("dweight_x", "dweight_h", "dbias"):
        found = agreement("lstm", small("lstm"), vjp=changed("lstm", gradient, swapped))
        assert found.difference.startswith(gradient)


def test_a_gradient_of_another_shape_is_seen() -> None:
    found = agreement("tanh", small("tanh"), vjp=changed("tanh", "dx", np.transpose))
    assert found.difference == "dx has shape (2, 3) in the chapter, (3, 2) in the reference"


def test_a_chapter_is_held_to_the_forward_alone_by_duals() -> None:
    (setting,) = (s for s in SETTINGS["tanh"] if s.dual)
    wrong = tuple(Definition(d.entry, -d.body) for d in chapter("tanh").gradients)
    assert agreement("tanh", setting, of=replace(chapter("tanh"), gradients=wrong)).difference
    assert not agreement("tanh", setting, vjp=lambda *_: None).difference


def test_the_fiftieth_digit_of_a_ball_is_seen() -> None:
    (setting,) = (s for s in SETTINGS["sigmoid"] if s.kind == "balls")
    for digits, is_seen in ((49, True), (300, False)):
        near = agreement(
            "sigmoid",
            setting,
            operator=lambda x: reference.operator("sigmoid")(x) * (1 + Fraction(1, 10**digits)),  # noqa: B023
        )
        assert bool(near.difference) == is_seen


def test_nothing_compared_is_no_agreement() -> None:
    empty = Setting(kind="one field", sizes={"...": (0,), "I": 0})
    assert agreement("relu", empty).difference == "nothing was compared"


def test_a_gradient_that_nobody_wrote_is_evaluated_as_it_is_derived() -> None:
    for name in ("softmax_cross_entropy", "rnn", "perceptron"):
        bare = replace(chapter(name), gradients=(), by={})
        assert agreement(name, small(name), of=bare).difference == ""


def test_an_agreement_says_what_was_compared() -> None:
    (first, *_) = agreements(["relu"])
    said = "relu, one field: ... (2, 3), I 6: y, dx agree in 12 numbers, "
    assert str(first).startswith(said)
