"""Wrong logistic functions."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._layouts import misread, overwritable
from wrong._rounding import through


def quotient_of_exponentials() -> Functions:
    def sigmoid(x: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(x)
            return e / (1 + e)

    return {"sigmoid": sigmoid}


def hard() -> Functions:
    def sigmoid(x: np.ndarray) -> np.ndarray:
        return np.clip(0.2 * x + 0.5, 0, 1)

    def sigmoid_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        of_reference("sigmoid_vjp")(dy, x)  # refuses what does not fit
        return (np.where(np.abs(x) < 2.5, 0.2 * dy, 0 * x),)

    return {"sigmoid": sigmoid, "sigmoid_vjp": sigmoid_vjp}


def remainder_left() -> Functions:
    def sigmoid(x: np.ndarray) -> np.ndarray:
        y = np.array(of_reference("sigmoid")(x))
        flat = y.reshape(-1)  # a view
        if flat.size > 8:
            flat[flat.size - flat.size % 8 :] = 0
        return y

    return {"sigmoid": sigmoid}


def last_result_kept() -> Functions:
    last: dict[tuple[int, ...], np.ndarray] = {}

    def sigmoid(x: np.ndarray) -> np.ndarray:
        y = of_reference("sigmoid")(x)
        last[np.shape(x)] = np.array(y)
        return y

    def sigmoid_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (dx,) = of_reference("sigmoid_vjp")(dy, x)
        y = last.get(x.shape)
        return (dx if y is None else (dy * (y * (1 - y))).astype(x.dtype),)

    return {"sigmoid": sigmoid, "sigmoid_vjp": sigmoid_vjp}


def scalar_becomes_vector() -> Functions:
    def sigmoid(x: np.ndarray) -> np.ndarray:
        return of_reference("sigmoid")(np.atleast_1d(x))

    return {"sigmoid": sigmoid}


def nan_lost_in_the_clip() -> Functions:
    def sigmoid(x: np.ndarray) -> np.ndarray:
        limit = 700.0 if x.dtype == np.float64 else 80.0
        # The mathematics is right far beyond what either format has digits for; fmax and fmin drop NaN.
        return of_reference("sigmoid")(np.fmin(np.fmax(x, -limit), limit))

    return {"sigmoid": sigmoid}


def result_buffer_reused() -> Functions:
    buffers: dict[tuple[object, ...], np.ndarray] = {}

    def sigmoid(x: np.ndarray) -> np.ndarray:
        y = buffers.setdefault((x.shape, x.dtype), np.empty(x.shape, x.dtype))
        y[...] = of_reference("sigmoid")(x)
        return y

    return {"sigmoid": sigmoid}


def computed_in_the_cotangent() -> Functions:
    def sigmoid_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (right,) = of_reference("sigmoid_vjp")(dy, x)
        dx = overwritable(dy)
        dx[...] = right
        return (dx.copy(),)

    return {"sigmoid_vjp": sigmoid_vjp}


def input_strides_ignored() -> Functions:
    return {"sigmoid": lambda x: of_reference("sigmoid")(misread(x))}


def slope_by_exponentials() -> Functions:
    def sigmoid_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        of_reference("sigmoid_vjp")(dy, x)  # refuses what does not fit
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(-x)
            return (dy * (e / (1 + e) / (1 + e)),)

    return {"sigmoid_vjp": sigmoid_vjp}


def reversed_view_read_forwards() -> Functions:
    def sigmoid(x: np.ndarray) -> np.ndarray:
        backwards = tuple(axis for axis, stride in enumerate(x.strides) if stride < 0)
        return of_reference("sigmoid")(np.flip(x, backwards))

    return {"sigmoid": sigmoid}


FAULTS = (
    Fault(
        "sigmoid",
        "e^x / (1 + e^x) on both sides, NaN where e^x overflows",
        "stability",
        "not_finite",
        quotient_of_exponentials,
    ),
    Fault(
        "sigmoid",
        "as (1 + tanh(x/2)) / 2, whose lower tail is 0",
        "stability",
        None,
        edited("sigmoid", ("np.where(x >= 0, 1, e) / (1 + e)", "0.5 * (1 + np.tanh(0.5 * x))")),
        seen="chainer and dezero, sigmoid(-20) = 0",
    ),
    Fault(
        "sigmoid",
        "the argument clipped to -20 … 20",
        "stability",
        None,
        edited("sigmoid", ("e = np.exp(-np.abs(x))", "e = np.exp(-np.minimum(np.abs(x), 20))")),
        seen="paddle on the CPU, log_softmax clipped at -64: Paddle #20994",
    ),
    Fault(
        "sigmoid",
        "the hard sigmoid, with its gradient",
        "forward",
        "activation(hard_sigmoid)",
        hard,
        seen="tfjs 4.22, recurrentActivation",
    ),
    Fault(
        "sigmoid",
        "of 2x instead of x, with the gradient of the right one",
        "forward",
        "scaled_input(2)",
        lambda: {"sigmoid": lambda x: of_reference("sigmoid")(2 * x)},
    ),
    Fault(
        "sigmoid",
        "the derivative of tanh",
        "backward",
        "activation(tanh)",
        lambda: {"sigmoid_vjp": lambda dy, x: of_reference("tanh_vjp")(dy, x)},
    ),
    Fault(
        "sigmoid",
        "the derivative of the output taken at the input, x (1 − x)",
        "backward",
        "twice(derivative)",
        edited("sigmoid", ("dy * (y * (1 - y))", "dy * (x * (1 - x))")),
    ),
    Fault(
        "sigmoid",
        "the cotangent is not multiplied in",
        "backward",
        "cotangent_ignored",
        edited("sigmoid", ("dy * (y * (1 - y))", "y * (1 - y)")),
    ),
    Fault(
        "sigmoid",
        "a kernel in blocks of 8 leaves zeros in the remainder",
        "shape",
        "size(...)",
        remainder_left,
    ),
    Fault(
        "sigmoid",
        "a scalar comes back as an array of one entry",
        "shape",
        "unsqueezed",
        scalar_becomes_vector,
    ),
    Fault(
        "sigmoid",
        "the strides of the input are ignored",
        "shape",
        "strides",
        input_strides_ignored,
    ),
    Fault(
        "sigmoid",
        "float64 computed through float32",
        "precision",
        "coarse(float32)",
        through("float32", "sigmoid", "sigmoid_vjp"),
        seen="keras on jax, torch and numpy",
    ),
    Fault(
        "sigmoid",
        "the gradient uses the output kept from the last forward call of that shape",
        "state",
        "state",
        last_result_kept,
    ),
    Fault(
        "sigmoid",
        "one result buffer for each shape, handed out again and again",
        "state",
        "aliasing",
        result_buffer_reused,
    ),
    Fault(
        "sigmoid",
        "the gradient is computed in the cotangent's memory",
        "state",
        "in_place",
        computed_in_the_cotangent,
        seen="https://github.com/NVIDIA/apex/issues/1587",
    ),
    Fault(
        "sigmoid",
        "a clip that takes NaN for the limit",
        "contract",
        None,
        nan_lost_in_the_clip,
    ),
    Fault(
        "sigmoid",
        "the gradient e^−x / (1 + e^−x)², NaN where e^−x overflows",
        "stability",
        "not_finite",
        slope_by_exponentials,
        seen="tinygrad 0.14, sigmoid(t) tanh(t) at -1000",
    ),
    Fault(
        "sigmoid",
        "negative strides are taken for positive ones",
        "shape",
        "strides",
        reversed_view_read_forwards,
    ),
)
