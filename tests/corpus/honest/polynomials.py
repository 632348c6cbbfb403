"""Exponentials by a polynomial, and what is made of them: no elementary function of NumPy's is called."""

from __future__ import annotations

import math

import numpy as np
from variant import Honest

from honest._fit import alike

Array = np.ndarray


def reduced(x: Array) -> tuple[Array, Array]:
    """n and r with x = n log 2 + r, |r| ≤ log(2)/2 (Cody & Waite 1980): n times the first part is exact."""
    first = math.floor(math.log(2) * 2**9) / 2**9
    second = float(np.log(np.longdouble(2)) - first)
    within = np.clip(x, -2000, 2000)  # beyond it exp is 0 or ∞ in every dtype
    n = np.rint(within * x.dtype.type(1 / math.log(2)))
    return n, (within - n * x.dtype.type(first)) - n * x.dtype.type(second)


def series(r: Array) -> Array:
    """(e^r − 1) / r by Horner's rule, up to r^8 in float32 and r^14 in float64."""
    terms = 9 if r.dtype == np.float32 else 15
    total = np.full_like(r, 1 / math.factorial(terms))
    for k in reversed(range(1, terms)):
        total = total * r + r.dtype.type(1 / math.factorial(k))
    return total


def exp(x: Array) -> Array:
    n, r = reduced(x)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return np.ldexp(1 + r * series(r), np.nan_to_num(n).astype(np.int32))


def expm1(x: Array) -> Array:
    """e^x − 1: next to 0 the series alone, which does not cancel."""
    near = np.clip(x, -0.25, 0.25)
    return np.where(np.abs(x) <= 0.25, near * series(near), exp(x) - 1)


def sigmoid(x: Array) -> Array:
    e = exp(-np.abs(x))
    return np.where(x < 0, e, np.ones_like(e)) / (1 + e)


def sigmoid_vjp(dy: Array, x: Array) -> tuple[Array]:
    """σ'(x) = e / (1 + e)² with e = e^(−|x|), the same on either side."""
    alike(dy, x)
    e = exp(-np.abs(x))
    return (dy * e / ((1 + e) * (1 + e)),)


def tanh(x: Array) -> Array:
    e = expm1(-2 * np.abs(x))
    return np.copysign(e / (2 + e), x)


def tanh_vjp(dy: Array, x: Array) -> tuple[Array]:
    alike(dy, x)
    e = exp(-np.abs(x))
    return (dy * np.square(2 * e / (1 + e * e)),)


def softmax(x: Array) -> Array:
    e = exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_vjp(dy: Array, x: Array) -> tuple[Array]:
    """dy less that of the likeliest class, which changes nothing, as Σ y = 1, and leaves less to cancel."""
    alike(dy, x)
    y = softmax(x)
    d = dy - np.take_along_axis(dy, y.argmax(axis=-1)[..., None], -1)
    return (y * (d - (y * d).sum(axis=-1, keepdims=True)),)


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "exponentials by a polynomial",
        {
            "sigmoid": sigmoid,
            "sigmoid_vjp": sigmoid_vjp,
            "tanh": tanh,
            "tanh_vjp": tanh_vjp,
            "softmax": softmax,
            "softmax_vjp": softmax_vjp,
        },
        "Cody & Waite 1980, and Taylor's series by Horner's rule",
    ),
)
