"""Wrong gradients of the softmax, and what it gets wrong about sizes, memory and digits."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._layouts import misread, overwritable, squeezed
from wrong._rounding import through

DX = "y * (dy - np.sum(dy * y, axis=-1, keepdims=True))"


def total_not_rescaled() -> Functions:
    """Over tiles of 16 classes, where the total so far keeps the shift of its own time."""

    def softmax(x: np.ndarray) -> np.ndarray:
        y = of_reference("softmax")(x)
        if x.shape[-1] <= 16:
            return y
        shift = np.max(x[..., :16], axis=-1, keepdims=True)
        total = np.sum(np.exp(x[..., :16] - shift), axis=-1, keepdims=True)
        for start in range(16, x.shape[-1], 16):
            tile = x[..., start : start + 16]
            shift = np.maximum(shift, np.max(tile, axis=-1, keepdims=True))
            total = total + np.sum(np.exp(tile - shift), axis=-1, keepdims=True)
        return np.exp(x - shift) / total

    return {"softmax": softmax}


def one_class_as_a_sigmoid() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        return of_reference("sigmoid" if x.shape and x.shape[-1] == 1 else "softmax")(x)

    return {"softmax": softmax}


def empty_batch_fails() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        x - np.max(x)  # a reduction without identity
        return of_reference("softmax")(x)

    return {"softmax": softmax}


def total_in_float16() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        of_reference("softmax")(x)  # refuses what does not fit
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        return e / np.sum(e, axis=-1, keepdims=True, dtype=np.float16).astype(x.dtype)

    return {"softmax": softmax}


def shifted_in_place() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        y = of_reference("softmax")(x)
        x = overwritable(x)
        x -= np.max(x, axis=-1, keepdims=True)
        return y

    return {"softmax": softmax}


def last_result_kept() -> Functions:
    last: list[np.ndarray] = []

    def softmax(x: np.ndarray) -> np.ndarray:
        y = of_reference("softmax")(x)
        last[:] = [np.array(y)]
        return y

    def softmax_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (dx,) = of_reference("softmax_vjp")(dy, x)
        if not last or last[0].shape != x.shape or last[0].dtype != x.dtype:
            return (dx,)
        return (last[0] * (dy - np.sum(dy * last[0], axis=-1, keepdims=True)),)

    return {"softmax": softmax, "softmax_vjp": softmax_vjp}


def nan_has_no_probability() -> Functions:
    def softmax(x: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(of_reference("softmax")(x))

    return {"softmax": softmax}


FAULTS = (
    Fault(
        "softmax",
        "the gradient without the sum term",
        "backward",
        "uncoupled",
        edited("softmax", (DX, "y * dy")),
        seen="https://github.com/pocketpy/cTensor/pull/31",
    ),
    Fault(
        "softmax",
        "the gradient of the Jacobian's diagonal alone, y (1 − y)",
        "backward",
        "diagonal",
        edited("softmax", (DX, "dy * (y * (1 - y))")),
    ),
    Fault(
        "softmax",
        "the gradient's sum runs over all rows",
        "backward",
        None,
        edited("softmax", (DX, "y * (dy - np.sum(dy * y))")),
    ),
    Fault(
        "softmax",
        "the gradient's sum term not multiplied by y",
        "backward",
        None,
        edited("softmax", (DX, "y * dy - np.sum(dy * y, axis=-1, keepdims=True)")),
    ),
    Fault(
        "softmax",
        "past a tile of 16 classes the total is not rescaled",
        "shape",
        "size(K)",
        total_not_rescaled,
    ),
    Fault(
        "softmax",
        "a single class is given to the sigmoid",
        "shape",
        "size(K)",
        one_class_as_a_sigmoid,
    ),
    Fault(
        "softmax",
        "a batch of 1 is squeezed",
        "shape",
        "size(...) or squeezed",
        lambda: {
            "softmax": lambda x: (
                squeezed(of_reference("softmax")(x)) if x.ndim > 1 else of_reference("softmax")(x)
            )
        },
    ),
    Fault(
        "softmax",
        "an empty batch fails",
        "shape",
        None,
        empty_batch_fails,
        seen="https://github.com/pytorch/pytorch/issues/12013",
    ),
    Fault(
        "softmax",
        "the strides of the input are ignored",
        "shape",
        "strides",
        lambda: {"softmax": lambda x: of_reference("softmax")(misread(x))},
    ),
    Fault(
        "softmax",
        "the total added up in float16",
        "precision",
        "coarse(float16)",
        total_in_float16,
        seen="mlx 0.32.4 on the CPU",
    ),
    Fault(
        "softmax",
        "float64 computed through float32",
        "precision",
        "coarse(float32)",
        through("float32", "softmax", "softmax_vjp"),
    ),
    Fault("softmax", "the input is shifted in place", "state", "in_place", shifted_in_place),
    Fault(
        "softmax",
        "the gradient uses the result of the last forward call",
        "state",
        "state",
        last_result_kept,
    ),
    Fault(
        "softmax",
        "NaN becomes 0",
        "contract",
        "nan_lost",
        nan_has_no_probability,
    ),
)
