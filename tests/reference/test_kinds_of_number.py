"""The same code on other kinds of number: floats of every width, fractions, duals as attributes."""

import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from cases import DIFFERENTIABLE, OTHERS, Case, leaves, mapped
from duals import dual, variables
from gradspec.conformance.exact.dual import Dual
from gradspec.reference import operator, vjp

EVERY = [*DIFFERENTIABLE, *OTHERS]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.id)
def test_results_have_the_dtype_of_the_inputs(case: Case, dtype: type) -> None:
    inputs = mapped(lambda array: array.astype(dtype), case.inputs)
    outputs = leaves(operator(case.operator)(*inputs, **case.attributes))
    results = list(outputs)
    if case in DIFFERENTIABLE:
        dy = [np.ones_like(y) for y in outputs]
        results += leaves(vjp(case.operator)(*dy, *inputs, **case.attributes))
    assert {result.dtype for result in results} == {np.dtype(dtype)}


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.id)
def test_inputs_may_be_read_only_and_stay_as_they_were(case: Case) -> None:
    arrays = [a for a in leaves(case.inputs) if isinstance(a, np.ndarray)]
    before = [a.copy() for a in arrays]
    flags = [a.flags.writeable for a in arrays]
    try:
        for array in arrays:
            array.flags.writeable = False
        outputs = leaves(operator(case.operator)(*case.inputs, **case.attributes))
        if case in DIFFERENTIABLE:
            vjp(case.operator)(*(np.ones_like(y) for y in outputs), *case.inputs, **case.attributes)
    finally:
        for array, flag in zip(arrays, flags, strict=True):
            array.flags.writeable = flag
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def fractions(array: np.ndarray) -> np.ndarray:
    entries = np.empty(array.size, object)
    entries[:] = [Fraction(round(8 * float(value)), 3) for value in array.flat]
    return entries.reshape(array.shape)


RATIONAL = [
    Case("relu", (np.linspace(-2, 2, 5),)),
    *(
        c
        for c in EVERY
        if c.operator in ("perceptron", "mlp", "rnn")
        and c.attributes.get("activation") in ("identity", "relu")
    ),
    *(c for c in EVERY if c.operator in ("mean_squared_error", "embedding")),
]


@pytest.mark.parametrize("case", RATIONAL, ids=lambda case: case.id)
def test_what_is_piecewise_linear_is_exact_on_fractions(case: Case) -> None:
    inputs = mapped(fractions, case.inputs)
    outputs = leaves(operator(case.operator)(*inputs, **case.attributes))
    dy = [fractions(np.ones(np.shape(y))) for y in outputs]
    gradients = leaves(vjp(case.operator)(*dy, *inputs, **case.attributes))
    for result in (*outputs, *gradients):
        assert {type(entry) for entry in np.ravel(np.asarray(result, object))} <= {Fraction, int}


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.id)
def test_what_has_no_gradient_runs_on_duals_too(case: Case) -> None:
    if case.operator == "random_dropout":
        pytest.skip("draws its own mask, so no two calls agree")
    found = leaves(operator(case.operator)(*variables(case.inputs), **case.attributes))
    wanted = leaves(operator(case.operator)(*case.inputs, **case.attributes))
    for entries, values in zip(found, wanted, strict=True):
        np.testing.assert_allclose([dual(e).value for e in np.ravel(entries)], np.ravel(values), rtol=1e-13)


def test_an_attribute_may_be_of_the_datas_own_kind() -> None:
    parameter, gradients = variables((np.ones(2), np.ones((3, 2))))
    stepped = operator("sgd")(parameter, gradients, learning_rate=np.array(Dual(0.5), object))
    assert [dual(entry).value for entry in stepped[-1]] == [-0.5, -0.5]


FINITE: dict[str, tuple[Any, ...]] = {
    "sigmoid": (np.array([1e4, -1e4, 710, -710, 0, np.inf, -np.inf]),),
    "tanh": (np.array([1e4, -1e4, np.inf, -np.inf]),),
    "softmax": (np.array([[1e4, -1e4, 0], [-np.inf, 0, 1e308], [-1e308, -1e308, -1e308]]),),
    "binary_cross_entropy": (np.array([1e4, -1e4, 1e308, -1e308]), np.array([1, 0, 0.5, 1])),
    "softmax_cross_entropy": (np.array([[1e4, -1e4, 0], [-np.inf, 0, 1e308]]), np.array([1, 1])),
}


@pytest.mark.parametrize("name", FINITE)
def test_no_logit_warns_or_makes_nan(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = operator(name)(*FINITE[name])
        (dx,) = vjp(name)(np.ones_like(y), *FINITE[name])
    assert not np.isnan(y).any()
    assert not np.isnan(dx).any()


def test_the_sigmoid_keeps_its_digits_in_the_tail() -> None:
    np.testing.assert_allclose(operator("sigmoid")(np.array([-700.0])), np.exp(-700.0), rtol=1e-15)


def test_the_cross_entropies_keep_their_digits() -> None:
    near_zero = operator("binary_cross_entropy")(np.array([40.0]), np.array([1.0]))
    np.testing.assert_allclose(near_zero, np.exp(-40.0), rtol=1e-15)
    logits = np.array([[0.0, 1.0, 2.0]])
    labels = np.array([2])
    moved = operator("softmax_cross_entropy")(logits + 2.0**40, labels)
    assert moved == operator("softmax_cross_entropy")(logits, labels)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "softmax"])
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(operator(name)(np.array([np.nan]))).all()


def test_clipping_keeps_nan_zeros_and_the_direction_of_huge_gradients() -> None:
    assert np.isnan(operator("clip_by_value")(np.array([np.nan]), limit=1.0)).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clip = operator("clip_by_global_norm")
        (zeros,) = clip([np.zeros(3)], max_norm=1.0)
        (huge,) = clip([np.array([3e200, 4e200])], max_norm=5.0)
        (within,) = clip([np.array([3.0, 4.0])], max_norm=8.0)
    assert not zeros.any()
    np.testing.assert_allclose(huge, [3, 4], rtol=1e-15)
    np.testing.assert_array_equal(within, [3, 4])
