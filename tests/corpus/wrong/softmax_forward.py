"""Wrong softmaxes: other functions, and large logits."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference

SHIFT = "np.max(x, axis=-1, keepdims=True)"
TOTAL = "np.sum(e, axis=-1, keepdims=True)"


def unshifted() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        of_reference("softmax")(x)  # refuses what does not fit
        with np.errstate(all="ignore"):
            e = np.exp(x)
            return e / np.sum(e, axis=-1, keepdims=True)

    return {"softmax": softmax}


def shifted_by_the_maximum_of_all() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        if not x.size:
            return of_reference("softmax")(x)
        with np.errstate(all="ignore"):
            e = np.exp(x - np.max(x))
            return e / np.sum(e, axis=-1, keepdims=True)

    return {"softmax": softmax}


def over_the_axis_before() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        right = of_reference("softmax")
        return right(x) if x.ndim < 2 or not x.size else np.swapaxes(right(np.swapaxes(x, -1, -2)), -1, -2)

    def softmax_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (dx,) = of_reference("softmax_vjp")(dy, x)
        if x.ndim < 2 or not x.size:
            return (dx,)
        (dx,) = of_reference("softmax_vjp")(np.swapaxes(dy, -1, -2), np.swapaxes(x, -1, -2))
        return (np.swapaxes(dx, -1, -2),)

    return {"softmax": softmax, "softmax_vjp": softmax_vjp}


def over_all_entries() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        return (
            of_reference("softmax")(x.reshape(-1)).reshape(x.shape) if x.size else of_reference("softmax")(x)
        )

    def softmax_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (dx,) = of_reference("softmax_vjp")(dy, x)
        return (
            of_reference("softmax_vjp")(dy.reshape(-1), x.reshape(-1))[0].reshape(x.shape) if x.size else dx,
        )

    return {"softmax": softmax, "softmax_vjp": softmax_vjp}


def fast_exponential() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        y = of_reference("softmax")(x)
        if x.dtype != np.float32:
            return y
        shifted = x - np.max(x, axis=-1, keepdims=True)
        with np.errstate(invalid="ignore"):
            e = np.exp(np.round(shifted * 2**16) / 2**16)
        return e / np.sum(e, axis=-1, keepdims=True)

    return {"softmax": softmax}


def axis_by_the_number_of_axes() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        y = of_reference("softmax")(x)
        if x.ndim < 3 or not x.size:
            return y
        axis = 0 if x.ndim == 3 else 1
        return np.moveaxis(of_reference("softmax")(np.moveaxis(x, axis, -1)), -1, axis)

    return {"softmax": softmax}


def vector_as_a_batch() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        return of_reference("softmax")(x[None] if x.ndim == 1 else x)

    return {"softmax": softmax}


def shifted_there_and_back() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        y = of_reference("softmax")(x)
        if x.flags.writeable and np.isfinite(x).all():
            shift = np.max(x, axis=-1, keepdims=True) if x.size else 0
            x -= shift
            x += shift
        return y

    return {"softmax": softmax}


FAULTS = (
    Fault(
        "softmax",
        "the exponentials of the logits themselves",
        "stability",
        "unshifted",
        unshifted,
        seen="https://github.com/FluxML/NNlib.jl/issues/68",
    ),
    Fault(
        "softmax",
        "shifted by the maximum of all rows, so that a low row becomes 0/0",
        "stability",
        "shift(all)",
        shifted_by_the_maximum_of_all,
    ),
    Fault(
        "softmax",
        "as exp(x − log Σ exp x), with few digits at large logits",
        "stability",
        None,
        edited(
            "softmax",
            ("    e = np.exp(x - ", f"    shift = {SHIFT}\n    e = np.exp(x - "),
            (f"e / {TOTAL}", f"np.exp(x - (shift + np.log({TOTAL})))"),
        ),
    ),
    Fault(
        "softmax",
        "logits clipped at 64 below the largest",
        "stability",
        None,
        edited("softmax", (f"np.exp(x - {SHIFT})", f"np.exp(np.maximum(x - {SHIFT}, -64))")),
        seen="paddle on the CPU: Paddle #20994",
    ),
    Fault(
        "softmax",
        "an epsilon of 1e-6 in the denominator",
        "forward",
        "epsilon",
        edited("softmax", (f"e / {TOTAL}", f"e / ({TOTAL} + 1e-6)")),
    ),
    Fault(
        "softmax",
        "over the last axis but one, with its gradient",
        "forward",
        "axis(-2)",
        over_the_axis_before,
    ),
    Fault(
        "softmax",
        "over all entries, with its gradient",
        "forward",
        "axis(all)",
        over_all_entries,
    ),
    Fault(
        "softmax",
        "2^x for e^x",
        "forward",
        "base(2)",
        edited("softmax", ("e = np.exp(", "e = np.exp2(")),
    ),
    Fault(
        "softmax",
        "over axis 0 of three and axis 1 of four axes, the gradient right",
        "shape",
        "axis(0)",
        axis_by_the_number_of_axes,
    ),
    Fault(
        "softmax",
        "a vector comes back as a batch of 1",
        "shape",
        "unsqueezed",
        vector_as_a_batch,
    ),
    Fault(
        "softmax",
        "in float32 exponentials from a table at steps of 2^−16",
        "precision",
        None,
        fast_exponential,
    ),
    Fault(
        "softmax",
        "the shift taken off the input and put back, with its rounding",
        "state",
        "in_place",
        shifted_there_and_back,
    ),
)
