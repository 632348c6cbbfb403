"""Shrinking: a smaller case that still fails, never one that does not, in a bounded number of tries."""

from dataclasses import replace

import pytest
from gradspec import reference
from gradspec.conformance import check, covering
from gradspec.conformance.case import valid
from gradspec.conformance.shrink import ATTEMPTS, shrink
from gradspec.spec import declaration, operators


def large(name):
    start = covering.base(declaration(name))
    return replace(
        start, values="spread", scale=4.0, cotangent=1e3, layout="strided", discrete="same", seed=3
    )


@pytest.mark.parametrize("name", operators())
def test_what_always_fails_becomes_as_plain_as_can_be(name):
    smallest = shrink(large(name), lambda case: valid(case, {}))
    assert (smallest.scale, smallest.cotangent) == (1.0, 1.0)
    assert (smallest.layout, smallest.discrete) == ("plain", "any")
    assert all(size in (1, (1, 1), (1,), ((1,),)) for size in smallest.sizes.values()), smallest.sizes


def test_a_size_is_kept_as_large_as_the_failure_needs():
    found = shrink(large("lstm"), lambda case: case.sizes["T"] >= 2 and case.sizes["H"] >= 3)
    assert found.sizes == {"T": 2, "N": 1, "D": 1, "H": 3}


def test_what_the_failure_depends_on_is_kept():
    start = replace(large("rnn"), attributes={"activation": "relu", "lengths": "drawn"})
    found = shrink(start, lambda case: case.attributes["lengths"] is not None and case.layout == "strided")
    assert found.attributes == {"activation": "tanh", "lengths": "drawn"}
    assert (found.layout, found.scale) == ("strided", 1.0)


def test_a_list_of_widths_gets_shorter():
    found = shrink(large("mlp"), lambda case: len(case.sizes["D"]) >= 3)
    assert sorted(found.sizes["D"]) == [1, 1, 1]


def test_heads_go_with_the_width_they_divide():
    start = replace(large("multi_head_attention"), attributes={"heads": 3, "causal": True})
    found = shrink(start, lambda case: case.sizes["E"] >= 4)
    assert found.sizes["E"] % found.attributes["heads"] == 0
    assert found.sizes["E"] == 4


def test_what_fails_in_no_smaller_case_stays_as_it_was():
    start = large("softmax")
    assert shrink(start, lambda case: False) == start


def test_what_is_returned_fails():
    def odd(case):
        return sum(case.sizes.values()) % 2 == 1

    start = large("perceptron")
    start = start if odd(start) else replace(start, sizes={**start.sizes, "N": start.sizes["N"] + 1})
    assert odd(shrink(start, odd))


def test_the_tries_are_bounded():
    tries = []

    def fails(case):
        tries.append(case)
        return len(tries) % 2 == 0

    shrink(replace(large("lstm"), sizes={"T": 10**6, "N": 10**6, "D": 10**6, "H": 10**6}), fails)
    assert len(tries) <= ATTEMPTS


def test_another_fault_in_a_smaller_case_does_not_take_the_place_of_the_one_that_was_found():
    class TwoFaults:
        name, version, dtypes = "two faults", "0", ("float64",)

        @staticmethod
        def perceptron_vjp(dy, x, weight, bias, **attributes):
            dx, dweight, dbias = reference.vjp("perceptron")(dy, x, weight, bias, **attributes)
            return (0 * dx, dweight, dbias) if len(x) > 1 else (dx, 2 * dweight, dbias)

        perceptron = staticmethod(reference.operator("perceptron"))

    (result,) = check(TwoFaults, operators=["perceptron"], checks=["gradient"], dtypes=["float64"]).results
    assert result.where.startswith("dx")
    assert result.counterexample["case"]["sizes"]["N"] == 2
