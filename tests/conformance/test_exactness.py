"""Exact numbers: what they let through is the same in every order; whatever may round is refused."""

from fractions import Fraction

import numpy as np
import pytest
from gradspec.conformance.exactness import Exact, Inexact, exact_number, lift
from gradspec.conformance.precision import precision
from hypothesis import assume, given, settings
from hypothesis import strategies as st

FLOAT32, BITS = precision("float32"), 24
ALIKE = settings(derandomize=True, database=None, deadline=None, max_examples=300)


def number(value) -> Exact:
    return exact_number(float(value), BITS)


def dyadics(largest):
    """Numbers of few binary digits: k / 2^j."""
    return st.builds(lambda k, j: k / 2**j, st.integers(-largest, largest), st.integers(0, 8))


def _binary(inner):
    return st.tuples(st.sampled_from("+-*"), inner, inner)


EXPRESSIONS = st.recursive(
    dyadics(64),
    lambda inner: _binary(inner) | st.tuples(st.sampled_from(["neg", "abs", "half", "third"]), inner),
    max_leaves=12,
)


def evaluated(expression, lifted):
    """The value of a tree of operations on the numbers that `lifted` makes of its leaves."""
    if isinstance(expression, float):
        return lifted(expression)
    operation, *operands = expression
    a, *rest = (evaluated(operand, lifted) for operand in operands)
    match operation:
        case "+":
            return a + rest[0]
        case "-":
            return a - rest[0]
        case "*":
            return a * rest[0]
        case "neg":
            return -a
        case "abs":
            return abs(a)
        case "half":
            return a / lifted(2.0)
        case "third":
            return a / lifted(3.0)


@ALIKE
@given(EXPRESSIONS)
def test_a_result_is_that_of_rational_arithmetic(expression):
    try:
        found = evaluated(expression, number)
    except Inexact:
        return
    wanted = evaluated(expression, Fraction)
    assert Fraction(float(found)) == wanted
    assert Fraction(float(np.float32(float(found)))) == wanted


@ALIKE
@given(EXPRESSIONS)
def test_a_result_is_that_of_the_dtype_itself(expression):
    try:
        found = evaluated(expression, number)
    except Inexact:
        return
    assert float(evaluated(expression, np.float32)) == float(found)


TERMS = st.lists(dyadics(2**18), min_size=1, max_size=12)


def in_float32(terms) -> float:
    total = np.float32(0)
    for term in terms:
        total = total + np.float32(term)
    return float(total)


@ALIKE
@given(TERMS, st.randoms(use_true_random=False))
def test_a_sum_that_any_order_would_round_is_refused(terms, random):
    orders = [random.sample(terms, len(terms)) for _ in range(5)]
    exact = float(sum(map(Fraction, terms)))
    rounds = any(in_float32(order) != exact for order in orders)
    try:
        assert float(np.sum(lift(np.array(terms), FLOAT32))) == exact
        refused = False
    except Inexact:
        refused = True
    assert refused or not rounds


@ALIKE
@given(TERMS, st.integers(2, 5))
def test_what_fits_with_all_its_partial_sums_is_not_refused(terms, times):
    assume(sum(map(abs, terms)) * 2**8 * times < 2**BITS)
    assert float(np.sum(lift(np.array(terms), FLOAT32)) * number(times)) == sum(terms) * times


def test_a_product_of_matrices_is_that_of_numpy():
    a, b = (np.random.default_rng(i).integers(-8, 9, (5, 5)).astype(float) for i in range(2))
    found = lift(a, FLOAT32) @ lift(b, FLOAT32)
    np.testing.assert_array_equal(found.astype(float), a @ b)


@pytest.mark.parametrize(
    "expression",
    [
        lambda: number(2**24) + 1,
        lambda: number(2**24) + number(1) - number(1),
        lambda: number(2**12 + 1) * number(2**12 + 1),
        lambda: number(1) / 3,
        lambda: number(1) / 0,
        lambda: 1 / number(3),
        lambda: number(2).sqrt(),
        lambda: number(-4).sqrt(),
        lambda: number(0.1),
        lambda: number(np.inf),
        lambda: number(np.nan),
        lambda: (number(1) + number(2) + number(5)) / 4,  # a mean may be kept as a running one
        lambda: (number(2) + number(2) + number(4)) / number(-8),
    ],
)
def test_what_may_round_is_refused(expression):
    with pytest.raises(Inexact):
        expression()


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (number(3) / 4, 0.75),
        (number(3) / -0.5, -6),
        (2 / number(8), 0.25),
        (5 - number(2), 3),
        (number(9).sqrt(), 3),
        (number(0.25).sqrt(), 0.5),
        (number(8) * 2, 16),
        (number(0).sqrt(), 0),
        (abs(number(-7)), 7),
        ((number(1) + number(2)) / 2, 1.5),
        ((number(1) + number(2) + number(5)) / 1, 8),
        ((number(1) + number(2) + number(5)) / 0.5, 16),
        ((number(1) + number(2) + number(5)) * 3 / 4, 6),
    ],
)
def test_what_cannot_round_is_exact(found, value):
    assert float(found) == value
    assert found == number(value)


def test_numbers_are_ordered_as_they_are():
    for a in (-2.0, 0.0, 0.5, 3.0):
        for b in (-2.0, 0.25, 3.0):
            pairs = number(a) < b, number(a) <= b, number(a) > b, number(a) >= number(b), number(a) == b
            assert pairs == (a < b, a <= b, a > b, a >= b, a == b)


def test_a_longer_significand_admits_more():
    long = 2.0**24 + 1
    with pytest.raises(Inexact):
        lift(np.array([long]), FLOAT32)
    assert float(lift(np.array([long]), precision("float64"))[0]) == long


def test_indices_masks_and_words_are_left_as_they_are():
    mask, indices = np.array([True]), np.array([1])
    assert lift(mask, FLOAT32) is mask
    assert lift([indices], FLOAT32)[0] is indices
    assert lift("relu", FLOAT32) == "relu"
