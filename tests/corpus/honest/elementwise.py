"""Activations, dropout and clipping entry by entry, in other forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from variant import Honest

from honest import _activations as by_output
from honest._fit import alike

Array = np.ndarray
Slope = Callable[[Array], Array]


def backwards(slope: Slope) -> Callable[[Array, Array], tuple[Array]]:
    """The vjp of a function with this derivative."""

    def vjp(dy: Array, x: Array) -> tuple[Array]:
        alike(dy, x)
        return (dy * slope(x),)

    return vjp


# ----- by tanh and expm1 ------------------------------------------------------------------------------------


def tanh_slope(x: Array) -> Array:
    """sech² x = 4 e^(−2|x|) / (1 + e^(−2|x|))², which keeps its digits in the tails."""
    e = np.exp(-2 * np.abs(x))
    return 4 * e / np.square(1 + e)


# ----- sigmoid by softplus, tanh by a continued fraction and by sigmoid -------------------------------------


def sigmoid_by_softplus(x: Array) -> Array:
    """σ(x) = exp(−log(1 + e^(−x)))."""
    return np.exp(-np.logaddexp(np.zeros_like(x), -x))


def tanh_by_sigmoid(x: Array) -> Array:
    """2σ(2x) − 1 where that does not cancel; next to 0 Lambert's x / (1 + x²/(3 + x²/(5 + …))), of 1768."""
    near = np.clip(x, -0.75, 0.75)
    square, below = np.square(near), np.full_like(x, 17)
    for odd in (15, 13, 11, 9, 7, 5, 3, 1):
        below = odd + square / below
    beyond = 2 * sigmoid_by_softplus(2 * np.abs(x)) - 1
    return np.where(np.abs(x) < 0.75, near / below, np.copysign(beyond, x))


def relu_clipped(x: Array) -> Array:
    return np.clip(x, 0, None)


# ----- by what the textbook says ----------------------------------------------------------------------------


def sigmoid_by_division(x: Array) -> Array:
    """1 / (1 + e^(−x)): far to the left e^(−x) is ∞, and σ(x) rightly 0."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def tanh_by_hyperbola(x: Array) -> Array:
    """sinh x / cosh x, up to where tanh x is 1 to the last bit."""
    within = np.clip(x, -20, 20)
    return np.sinh(within) / np.cosh(within)


def tanh_slope_by_hyperbola(x: Array) -> Array:
    """1 / cosh² x; beyond the range of cosh that is 0."""
    with np.errstate(over="ignore"):
        return np.square(1 / np.cosh(x))


def relu_of_two(x: Array) -> Array:
    """The larger of x and 0, from a stack of both; x − min(x, 0) would be ∞ − ∞ at −∞."""
    return np.stack([x, np.zeros_like(x)]).max(axis=0)


# ----- dropout ----------------------------------------------------------------------------------------------


def dropout_by_factor(x: Array, keep: Array, *, rate: float) -> Array:
    """Times 1 / (1 − rate), computed only where it is kept."""
    _hold(x, keep, rate)
    return np.multiply(x, x.dtype.type(1 / (1 - rate)), where=keep, out=np.zeros_like(x))


def dropout_by_index(x: Array, keep: Array, *, rate: float) -> Array:
    """What is kept, gathered, divided and put back."""
    _hold(x, keep, rate)
    y = np.zeros(x.shape, x.dtype)
    y[keep] = x[keep] / (1 - rate)
    return y


def dropout_by_mask(x: Array, keep: Array, *, rate: float) -> Array:
    """Times a mask of 0 and 1 / (1 − rate), after the zeros are in: 0 · NaN is no zero."""
    _hold(x, keep, rate)
    return np.where(keep, x, 0) * (keep * x.dtype.type(1 / (1 - rate)))


def _hold(x: Array, keep: Array, rate: float) -> None:
    alike(x, keep)
    if keep.dtype != bool or not 0 <= rate < 1:
        raise ValueError(f"a mask of {keep.dtype}, a rate of {rate}")


def linear(dropout: Callable[..., Array]) -> Callable[..., tuple[Array]]:
    """Dropout is its own gradient."""

    def vjp(dy: Array, x: Array, keep: Array, *, rate: float) -> tuple[Array]:
        alike(dy, x)
        return (dropout(dy, keep, rate=rate),)

    return vjp


# ----- clipping ---------------------------------------------------------------------------------------------


def clip_magnitude(gradient: Array, *, limit: float) -> Array:
    """The magnitude, cut off, with the sign of the gradient."""
    return np.copysign(np.minimum(np.abs(gradient), limit), gradient)


def clip_median(gradient: Array, *, limit: float) -> Array:
    """The middle one of −limit, the gradient and limit."""
    bound = np.full_like(gradient, limit)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.median(np.stack([-bound, gradient, bound]), axis=0), gradient.dtype)


def clip_chosen(gradient: Array, *, limit: float) -> Array:
    return np.where(gradient > limit, limit, np.where(gradient < -limit, -limit, gradient))


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "sigmoid by tanh, tanh by expm1, derivatives from the input",
        {
            "sigmoid": by_output.sigmoid,
            "sigmoid_vjp": backwards(lambda x: by_output.sigmoid(x) * by_output.sigmoid(-x)),
            "tanh": by_output.tanh,
            "tanh_vjp": backwards(tanh_slope),
            "relu": by_output.relu,
            "relu_vjp": backwards(lambda x: np.heaviside(x, x.dtype.type(0.5))),
            "dropout": dropout_by_factor,
            "dropout_vjp": linear(dropout_by_factor),
            "clip_by_value": clip_magnitude,
        },
        "the derivative of relu at 0 is 1/2",
    ),
    Honest(
        "sigmoid by softplus, tanh by a continued fraction and by sigmoid",
        {
            "sigmoid": sigmoid_by_softplus,
            "sigmoid_vjp": backwards(lambda x: sigmoid_by_softplus(x) * sigmoid_by_softplus(-x)),
            "tanh": tanh_by_sigmoid,
            "tanh_vjp": backwards(lambda x: (1 - tanh_by_sigmoid(x)) * (1 + tanh_by_sigmoid(x))),
            "relu": relu_clipped,
            "relu_vjp": backwards(lambda x: (x >= 0).astype(x.dtype)),
            "dropout": dropout_by_index,
            "dropout_vjp": linear(dropout_by_index),
            "clip_by_value": clip_median,
        },
        "the derivative of relu at 0 is 1",
    ),
    Honest(
        "sigmoid by one division, tanh by sinh and cosh",
        {
            "sigmoid": sigmoid_by_division,
            "sigmoid_vjp": backwards(lambda x: by_output.ACTIVATIONS["sigmoid"][1](sigmoid_by_division(x))),
            "tanh": tanh_by_hyperbola,
            "tanh_vjp": backwards(tanh_slope_by_hyperbola),
            "relu": relu_of_two,
            "relu_vjp": backwards(lambda x: by_output.ACTIVATIONS["relu"][1](relu_of_two(x))),
            "dropout": dropout_by_mask,
            "dropout_vjp": linear(dropout_by_mask),
            "clip_by_value": clip_chosen,
        },
    ),
)
