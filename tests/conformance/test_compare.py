"""The comparator fails closed: within the tolerance is right, everything else differs."""

import math

import numpy as np
import pytest
from gradspec.conformance.compare import accept, compare, refuse
from gradspec.conformance.oracle import Expected
from gradspec.conformance.precision import precision


def due(value, tolerance, dtype="float64"):
    value = np.asarray(value)
    return Expected("y", value, np.broadcast_to(np.asarray(tolerance, float), value.shape), np.dtype(dtype))


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("value", [1.0, -3.5, 0.0, 1e-200, 1e300])
def test_just_within_the_tolerance_is_right_and_just_beyond_it_differs(value, sign):
    tolerance = abs(value) * 1e-3 or 1e-3
    within, beyond = (np.array([value + sign * tolerance * (1 + d)]) for d in (-1e-6, 1e-6))
    assert not compare(within, due([value], tolerance)).differs
    assert compare(beyond, due([value], tolerance)).differs
    assert compare(beyond, due([value], tolerance)).ratio == pytest.approx(1 + 1e-6, rel=1e-8)


@pytest.mark.parametrize(
    ("actual", "expected", "tolerance", "differs"),
    [
        (math.nan, 1.0, 1.0, True),
        (1.0, math.nan, 1.0, True),
        (math.nan, math.nan, 0.0, False),
        (math.nan, math.inf, math.inf, True),
        (math.inf, math.inf, 0.0, False),
        (-math.inf, -math.inf, 0.0, False),
        (math.inf, -math.inf, math.inf, True),
        (math.inf, 1e308, math.inf, True),
        (1e308, math.inf, math.inf, True),
        (1.0, 2.0, math.nan, True),
        (1.0, 1.0, math.nan, False),
        (1.0, 1.0, 0.0, False),
        (1.0 + 2**-52, 1.0, 0.0, True),
        (5e-324, 0.0, 0.0, True),
        (-0.0, 0.0, 0.0, False),
        (1e308, -1e308, 1.0, True),
    ],
)
def test_what_is_not_finite_or_has_no_tolerance_must_be_matched(actual, expected, tolerance, differs):
    found = compare(np.array([0.0, actual]), due([0.0, expected], [1.0, tolerance]))
    assert found.differs == differs
    if differs:
        assert found.index == (1,)
        assert found.where == "y[1]"


def test_the_worst_entry_is_the_one_that_is_told():
    found = compare(np.array([[1.0, 2.5], [3.0, 4.1]]), due([[1.0, 2.0], [3.0, 4.0]], [[1, 1], [1, 0.01]]))
    assert (found.index, found.expected, found.actual, found.tolerance) == ((1, 1), 4.0, 4.1, 0.01)
    assert found.ratio == pytest.approx(10)
    assert found.compared == 4


def test_a_nan_is_worse_than_any_number():
    found = compare(np.array([1e300, math.nan]), due([0.0, 0.0], 1.0))
    assert (found.index, found.ratio) == ((1,), math.inf)


@pytest.mark.parametrize(
    ("actual", "shape"),
    [
        (np.zeros((2, 3)), (3, 2)),
        (np.zeros(1), ()),
        (np.zeros(()), (1,)),
        (np.zeros((0, 2)), (0, 3)),
        (np.zeros(0), (1,)),
    ],
)
def test_another_shape_differs_even_where_it_would_broadcast(actual, shape):
    found = compare(actual, due(np.zeros(shape), math.inf))
    assert found.differs
    assert f"y has shape {actual.shape}, {shape} is due" == found.message
    assert (found.expected, found.actual) == (list(shape), list(actual.shape))


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "bool", "complex128", ">f8"])
def test_another_dtype_differs_even_where_the_numbers_agree(dtype):
    found = compare(np.ones(2).astype(dtype), due(np.ones(2), math.inf))
    assert found.differs
    assert "float64 is due" in found.message


def test_no_number_is_no_evidence():
    found = compare(np.zeros((0, 3)), due(np.zeros((0, 3)), 1.0))
    assert (found.differs, found.compared) == (False, 0)


def test_integers_and_booleans_are_equal_or_differ():
    assert not compare(np.array([1, 2]), due(np.array([1, 2]), 0.0, "int64")).differs
    assert compare(np.array([1, 3]), due(np.array([1, 2]), 0.0, "int64")).differs
    assert compare(np.array([True]), due(np.array([False]), 0.0, "bool")).differs


def test_bfloat16_is_compared_like_any_float():
    pytest.importorskip("ml_dtypes")
    format_ = precision("bfloat16")
    ones = np.ones(3).astype(format_.dtype)
    wanted = Expected("y", np.ones(3), np.full(3, 2.0**-9), format_.dtype)
    assert not compare(ones, wanted).differs
    assert compare(ones + ones * format_.dtype.type(2.0**-7), wanted).differs
    assert compare(np.ones(3, np.float32), wanted).differs
    assert compare(np.full(3, np.nan).astype(format_.dtype), wanted).differs


def test_a_rule_that_is_broken_differs_and_one_that_is_kept_does_not():
    assert refuse("rule", "broken", (1, 2), np.dtype("float32")).differs
    assert refuse("rule", "broken", (1, 2), np.dtype("float32")).expected == [1, 2]
    assert not accept("rule").differs
