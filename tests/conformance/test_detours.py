"""What a usual detour to a gradient loses is allowed, and not much more."""

import numpy as np
import pytest
from gradspec.conformance import oracle
from gradspec.conformance.precision import precision
from gradspec.spec import declaration

LOGITS = np.linspace(-40.0, 40.0, 801)
TARGET = np.linspace(0.1, 0.9, 801)


def off(dtype: str, gradient: np.ndarray) -> float:
    """The largest error of a gradient of the loss, in units of its tolerance."""
    format_ = precision(dtype)
    given = [LOGITS.astype(dtype), TARGET.astype(dtype)]
    operator = declaration("binary_cross_entropy")
    (due,) = oracle.vjp(operator, [np.ones((), dtype)], given, {}, format_, {}).arrays
    expected = due.expected(format_)
    return float(np.max(np.abs(gradient - expected.value) / expected.tolerance))


def sigmoid_by_logaddexp(z: np.ndarray) -> np.ndarray:
    return np.exp(z - np.logaddexp(z, np.zeros_like(z)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_sigmoid_by_the_derivative_of_logaddexp_is_right_at_every_logit(dtype: str) -> None:
    z, t = LOGITS.astype(dtype), TARGET.astype(dtype)
    by_logaddexp = (sigmoid_by_logaddexp(z) * (1 - t) - sigmoid_by_logaddexp(-z) * t) / len(z)
    assert off(dtype, by_logaddexp.astype(np.float64)) < 0.5


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_gradient_that_is_off_by_a_thousand_roundings_is_not(dtype: str) -> None:
    right = (1 / (1 + np.exp(-LOGITS)) - TARGET) / len(LOGITS)
    assert off(dtype, right * (1 + 1000 * precision(dtype).unit)) > 1


def test_beyond_the_logits_where_it_loses_anything_the_detour_is_allowed_nothing() -> None:
    operator, format_ = declaration("binary_cross_entropy"), precision("float64")
    given = [np.array([36.0, 38.0]), np.array([0.5, 0.5])]
    (due,) = oracle.vjp(operator, [np.ones(())], given, {}, format_, {}).arrays
    near, beyond = due.expected(format_).tolerance
    assert beyond < near / 5
