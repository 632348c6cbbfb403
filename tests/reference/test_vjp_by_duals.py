"""Every hand-written gradient against the derivative of its own forward code, taken by dual numbers."""

from typing import Any

import numpy as np
import pytest
from cases import DIFFERENTIABLE, RNG, Case, is_real, leaves
from duals import dual, variables
from gradspec.reference import operator, vjp

UNDIFFERENTIABLE = {"binary_cross_entropy": 1}  # the input after which no gradient is given
cases = pytest.mark.parametrize("case", DIFFERENTIABLE, ids=lambda case: case.id)


def cotangents(case: Case, scale: float = 1.0) -> list[np.ndarray]:
    outputs = leaves(operator(case.operator)(*case.inputs, **case.attributes))
    return [scale * RNG.standard_normal(np.shape(y)) for y in outputs]


def differentiated(case: Case) -> list[np.ndarray]:
    inputs = case.inputs[: UNDIFFERENTIABLE.get(case.operator)]
    return [array for array in leaves(inputs) if is_real(array)]


@cases
def test_a_gradient_is_the_transposed_derivative(case: Case) -> None:
    dy = cotangents(case)
    y = operator(case.operator)(*variables(case.inputs), **case.attributes)
    slopes: Any = 0.0
    for dy_k, y_k in zip(dy, leaves(y), strict=True):
        for weight, entry in zip(np.ravel(dy_k), np.ravel(y_k), strict=True):
            slopes = slopes + weight * dual(entry).slope
    gradients = leaves(vjp(case.operator)(*dy, *case.inputs, **case.attributes))
    arrays = differentiated(case)
    assert [np.shape(g) for g in gradients] == [a.shape for a in arrays]
    found = np.concatenate([np.ravel(g) for g in gradients])
    np.testing.assert_allclose(found, slopes[: len(found)], rtol=1e-12, atol=1e-12)


@cases
def test_the_forward_code_gives_duals_the_same_values(case: Case) -> None:
    lifted = operator(case.operator)(*variables(case.inputs), **case.attributes)
    plain = operator(case.operator)(*case.inputs, **case.attributes)
    for found, wanted in zip(leaves(lifted), leaves(plain), strict=True):
        values = [dual(entry).value for entry in np.ravel(found)]
        np.testing.assert_allclose(values, np.ravel(wanted), rtol=1e-13, atol=1e-13)


@cases
def test_zero_cotangents_give_exactly_zero_gradients(case: Case) -> None:
    for gradient in leaves(vjp(case.operator)(*cotangents(case, 0.0), *case.inputs, **case.attributes)):
        assert not np.any(gradient)


@cases
def test_a_gradient_is_a_tuple_nested_as_the_inputs_are(case: Case) -> None:
    gradients = vjp(case.operator)(*cotangents(case), *case.inputs, **case.attributes)
    assert isinstance(gradients, tuple)
    inputs = [x for x in case.inputs[: UNDIFFERENTIABLE.get(case.operator)] if is_real(leaves(x)[0])]
    assert [isinstance(g, list) for g in gradients] == [isinstance(x, list) for x in inputs]


@pytest.mark.parametrize("name", ["rnn", "lstm"])
def test_padding_leaks_neither_nan_nor_gradient(name: str) -> None:
    case = next(c for c in DIFFERENTIABLE if c.operator == name and "lengths" in c.attributes)
    x, *others = case.inputs
    padding = np.arange(len(x))[:, None] >= case.attributes["lengths"]
    dirty = np.where(padding[:, :, None], np.array([np.nan, np.inf]), x)
    dy = cotangents(case)
    clean_gradients = vjp(name)(*dy, x, *others, **case.attributes)
    gradients = vjp(name)(*dy, dirty, *others, **case.attributes)
    assert not np.any(gradients[0][padding])
    for found, wanted in zip(gradients, clean_gradients, strict=True):
        np.testing.assert_array_equal(found, wanted)
    h = leaves(operator(name)(dirty, *others, **case.attributes))[0]
    for n, length in enumerate(case.attributes["lengths"]):
        assert (h[length - 1 :, n] == h[length - 1, n]).all()
