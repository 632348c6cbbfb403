"""Balls: certain digits of the unmodified reference, and no choice that the digits do not decide."""

import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from cases import DIFFERENTIABLE, OTHERS, RNG, Case, leaves
from gradspec.conformance.exact.ball import Ball, Undecided, balls, digits
from gradspec.conformance.exact.certify import certified
from gradspec.conformance.exact.dual import Dual
from gradspec.reference import operator, vjp

flint = pytest.importorskip("flint")
EVERY = [c for c in (*DIFFERENTIABLE, *OTHERS) if c.operator != "random_dropout"]
TANH_1 = "0.76159415595576488811945828260479359041276859725794"


def roundings(found: Any, certain: Any) -> float:
    """The largest error, in units of float64's rounding of the largest entry."""
    pairs = list(zip(np.ravel(np.asarray(found)), np.ravel(np.asarray(certain, object)), strict=True))
    scale = max((abs(float(ball)) for _, ball in pairs), default=0.0)
    return max((abs(float(ball - float(x))) for x, ball in pairs), default=0.0) / max(
        2.0**-53 * scale, 1e-300
    )


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.id)
def test_the_reference_in_float64_is_within_its_rounding_of_the_certain_value(case: Case) -> None:
    calls = [(operator(case.operator), case.inputs)]
    if case in DIFFERENTIABLE:
        outputs = leaves(operator(case.operator)(*case.inputs, **case.attributes))
        dy = [RNG.standard_normal(np.shape(y)) for y in outputs]
        calls.append((vjp(case.operator), (*dy, *case.inputs)))
    for function, inputs in calls:
        certain = leaves(certified(function, *inputs, attributes=case.attributes))
        found = leaves(function(*inputs, **case.attributes))
        for x, ball in zip(found, certain, strict=True):
            assert np.shape(x) == np.shape(ball)
            assert roundings(x, ball) < 64


def test_a_wrong_digit_is_seen() -> None:
    x = np.array([0.5, -1.0])
    assert roundings(np.tanh(x) * (1 + 1e-13), certified(np.tanh, x)) > 64


def test_fifty_digits_are_certain() -> None:
    y = certified(np.tanh, np.array([1.0]))
    assert digits(y).tolist() == [TANH_1]
    assert y[0].arb.rad() < flint.arb("1e-50")


def test_the_precision_rises_until_the_radius_is_small() -> None:
    tiny = Fraction(1, 10**60)
    (y,) = certified(lambda x: (x + tiny) - x, np.array([1 / 3]))
    assert digits(np.array([y], object), 20)[0] == "1.0000000000000000000e-60"
    before = flint.ctx.prec
    with pytest.raises(Undecided, match="8448 bits"):
        certified(lambda x: np.sqrt(x - x - 1), np.array([2.0]))
    assert flint.ctx.prec == before


def test_a_difference_that_is_0_is_small_in_absolute_terms() -> None:
    (y,) = certified(lambda x: np.exp(x) - np.exp(x), np.array([1.0]))
    assert y.arb.contains(0)
    assert y.sharp(50)


def test_no_choice_is_made_between_balls_that_overlap() -> None:
    wide, other = Ball(flint.arb(0, 1)), Ball(flint.arb(0.5, 1))
    pair = np.array([wide, other], object)
    for choice in (
        lambda: np.max(pair),
        lambda: np.maximum(pair, 0),
        lambda: np.where(pair > 0, 1, 0),
        lambda: operator("relu")(pair),
        lambda: operator("sigmoid")(pair),
        lambda: operator("softmax")(pair),
        lambda: wide == other,
        lambda: bool(wide),
    ):
        with pytest.raises(Undecided):
            choice()
    assert abs(wide).arb.contains(0.5)
    assert [wide < 2, wide <= 2, wide > -2, wide >= -2, wide != 2] == [True] * 5
    assert [wide > 2, wide >= 2, wide < -2, wide <= -2, wide == 2] == [False] * 5


def test_exact_balls_may_be_equal() -> None:
    tie = balls(np.array([1.0, 1.0]))
    assert float(np.max(tie)) == 1.0 == tie[0]
    assert np.where(balls(np.zeros(2)) >= 0, 1, 0).tolist() == [1, 1]
    assert not balls(0.0).item()
    with pytest.raises(Undecided, match="overlap"):
        certified(lambda x: np.maximum(np.exp(x) + 1, 1 + np.exp(x)), np.array([1.0]))


def test_minus_infinity_masks() -> None:
    mask = np.array([[[True, False], [True, True]]])
    x = np.ones((1, 2, 4))
    y = certified(operator("scaled_dot_product_attention"), x, x, x, attributes={"mask": mask})
    assert y.shape == (1, 2, 4)
    assert float(y[0, 0, 0]) == 1.0


def test_balls_run_under_duals() -> None:
    x = np.array([Dual(*balls(np.array([1.0, 1.0])))], object)
    (y,) = operator("tanh")(x)
    assert float(y.slope) == pytest.approx(1 - np.tanh(1.0) ** 2)


def test_plain_numbers_meet_balls() -> None:
    x = balls(np.array([2.0, 3.0]))
    for y in (1 + x - 0.0, 3 - x + x + (x - 2), x * np.int64(3) / 3 + 1, 2 / (2 / x) + Fraction(1)):
        assert [float(entry) for entry in y] == [3.0, 4.0]
    assert float((x**2)[1]) == 9.0
    with pytest.raises(TypeError):
        x[0] + "1"
    assert balls(1).shape == ()


def test_without_python_flint_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(ModuleNotFoundError, match="gradspec\\[prove\\]"):
        balls(np.ones(2))
