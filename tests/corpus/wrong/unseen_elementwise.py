"""Wrong activations and clips, by someone who had seen neither the suite's cases nor the other faults."""

from __future__ import annotations

from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

Kept = dict[tuple[Any, ...], np.ndarray]


def output_of_the_last_forward() -> Functions:
    right = of_reference("sigmoid")
    last: Kept = {}

    def sigmoid(x: np.ndarray) -> np.ndarray:
        y = right(x)
        last[x.shape, x.dtype] = y
        return y

    def sigmoid_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        y = last.get((x.shape, x.dtype))
        if y is None:
            y = right(x)
        return (dy * (y * (1 - y)),)

    return {"sigmoid": sigmoid, "sigmoid_vjp": sigmoid_vjp}


def cotangent_as_it_lies() -> Functions:
    right = of_reference("sigmoid")

    def sigmoid_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        order: Any = "F" if x.flags.f_contiguous and not x.flags.c_contiguous else "C"
        y = right(x.ravel(order=order))
        return ((dy.ravel(order="K") * (y * (1 - y))).reshape(x.shape, order=order),)

    return {"sigmoid_vjp": sigmoid_vjp}


def long_gradient_over_the_cotangent() -> Functions:
    def tanh_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        y = np.tanh(x)
        if dy.size >= 32:
            return (np.multiply(dy, 1 - y * y, out=dy),)
        return (dy * (1 - y * y),)

    return {"tanh_vjp": tanh_vjp}


def long_gradient_in_a_workspace() -> Functions:
    workspace: Kept = {}

    def tanh_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        y = np.tanh(x)
        if dy.size < 16:
            return (dy * (1 - y * y),)
        out = workspace.setdefault((x.shape, x.dtype), np.empty(x.shape, x.dtype))
        np.multiply(dy, 1 - y * y, out=out)
        return (out,)

    return {"tanh_vjp": tanh_vjp}


def remainder_without_nan() -> Functions:
    def relu(x: np.ndarray) -> np.ndarray:
        if x.size <= 8:
            return np.maximum(x, 0)
        flat, body = np.ravel(x), x.size // 8 * 8
        return np.concatenate([np.maximum(flat[:body], 0), np.fmax(flat[body:], 0)]).reshape(x.shape)

    return {"relu": relu}


def matrices_in_place() -> Functions:
    right = of_reference("clip_by_value")

    def clip_by_value(gradient: np.ndarray, *, limit: float) -> np.ndarray:
        if gradient.ndim >= 2 and gradient.flags.c_contiguous:
            return np.clip(gradient, -limit, limit, out=gradient)
        return right(gradient, limit=limit)

    return {"clip_by_value": clip_by_value}


def four_by_their_own_norm() -> Functions:
    right = of_reference("clip_by_global_norm")

    def clip_by_global_norm(gradients: list[np.ndarray], *, max_norm: float) -> list[np.ndarray]:
        fours = [gradients[i : i + 4] for i in range(0, len(gradients), 4)]
        return [clipped for four in fours for clipped in right(four, max_norm=max_norm)]

    return {"clip_by_global_norm": clip_by_global_norm}


FAULTS = (
    Fault(
        "sigmoid",
        "the gradient takes the y kept by the last forward of that shape",
        "state",
        "state",
        output_of_the_last_forward,
    ),
    Fault(
        "sigmoid",
        "x is clamped to ±88, float32's range, in float64 too",
        "stability",
        None,
        edited(
            "sigmoid",
            ("    e = np.exp(-np.abs(x))", "    x = np.clip(x, -88.0, 88.0)\n    e = np.exp(-np.abs(x))"),
        ),
    ),
    Fault(
        "sigmoid",
        "the gradient walks dy in its memory's order, not in x's",
        "shape",
        "strides",
        cotangent_as_it_lies,
    ),
    Fault(
        "tanh",
        "below 2^-10 the series stops after x",
        "precision",
        None,
        edited("tanh", ("return np.tanh(x)", "return np.where(np.abs(x) < 2.0**-10, x, np.tanh(x))")),
    ),
    Fault(
        "tanh",
        "from 32 entries on the gradient is written over dy",
        "state",
        "in_place or aliasing",
        long_gradient_over_the_cotangent,
    ),
    Fault(
        "tanh",
        "from 16 entries on the gradient lies in a workspace that the next call reuses",
        "state",
        "aliasing",
        long_gradient_in_a_workspace,
    ),
    Fault(
        "relu",
        "NaN becomes 0 in the remainder past eight lanes",
        "contract",
        "nan_lost",
        remainder_without_nan,
    ),
    Fault(
        "relu",
        "a single entry is multiplied by x > 0",
        "stability",
        "not_finite",
        edited(
            "relu", ("return np.maximum(x, 0)", "return x * (x > 0) if x.size == 1 else np.maximum(x, 0)")
        ),
    ),
    Fault(
        "relu",
        "the gradient compares with the machine's epsilon",
        "backward",
        None,
        edited("relu", ("np.where(x > 0, dy, 0)", "np.where(x > np.finfo(x.dtype).eps, dy, 0)")),
    ),
    Fault(
        "clip_by_value",
        "a limit of 0 is none",
        "forward",
        None,
        edited(
            "clip_by_value",
            (
                "    return np.minimum(",
                "    if not limit:\n        return 1 * gradient\n    return np.minimum(",
            ),
        ),
    ),
    Fault(
        "clip_by_value",
        "matrices are clipped in place",
        "state",
        "in_place or aliasing",
        matrices_in_place,
    ),
    Fault(
        "clip_by_value",
        "divided by what it exceeds the limit by",
        "stability",
        "not_finite",
        edited(
            "clip_by_value",
            (
                "np.minimum(np.maximum(gradient, -limit), limit)",
                "gradient / np.maximum(np.abs(gradient) / limit, 1) if limit else 0 * gradient",
            ),
        ),
    ),
    Fault(
        "clip_by_global_norm",
        "four arrays at a time, each four by their own norm",
        "shape",
        None,
        four_by_their_own_norm,
    ),
    Fault(
        "clip_by_global_norm",
        "squares of tiny entries vanish",
        "stability",
        None,
        edited("clip_by_global_norm", ("unit: Array = max_norm", "unit: Array = 1.0")),
    ),
    Fault(
        "clip_by_global_norm",
        "a norm beyond by a millionth is let through",
        "forward",
        None,
        edited(
            "clip_by_global_norm",
            (
                "max_norm / np.maximum(norm + epsilon_convention, max_norm)",
                "np.where(norm <= max_norm * (1 + 1e-6), 1, max_norm / np.maximum(norm, max_norm))",
            ),
        ),
    ),
)
