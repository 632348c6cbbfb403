"""Differences of the backend's own forward: they tell a wrong gradient, and no kink for one."""

import pytest
from gradspec.conformance import check
from gradspec.conformance.backends import numpy as right

ALARMED = [
    *(("relu", seed) for seed in (72, 79, 80)),
    *(("perceptron", seed) for seed in (66, 68)),
    *(("rnn", seed) for seed in (33, 69, 99)),
    ("lstm", 20),
    ("multi_head_attention", 41),
]
"""Draws in which a kink, or a bend, lies so that the single and the double step are off by about the same."""


@pytest.mark.parametrize(("operator", "seed"), ALARMED)
def test_where_both_steps_are_off_alike_the_reference_tells_by_how_much(operator, seed):
    (result,) = check(right, operators=[operator], checks=["finite_difference"], seed=seed).results
    assert result.status == "passed"
    assert result.examples > 0


def test_a_gradient_that_is_off_by_a_thousandth_is_no_slope_of_its_forward():
    class Scaled:
        name, version, dtypes = "scaled", "1", ("float64",)
        tanh = staticmethod(right.tanh)

        @staticmethod
        def tanh_vjp(dy, x):
            return (right.tanh_vjp(dy, x)[0] * 1.001,)

    (result,) = check(Scaled, operators=["tanh"], checks=["finite_difference"]).results
    assert result.status == "failed"
    assert "is not the slope" in result.message
