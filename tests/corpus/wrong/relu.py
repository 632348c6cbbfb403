"""Wrong rectifiers."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._layouts import from_the_start, misread, overwritable
from wrong._rounding import through

GRADIENT = "np.where(x > 0, dy, 0)"


def output_over_input() -> Functions:
    def relu_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (dx,) = of_reference("relu_vjp")(dy, x)
        with np.errstate(invalid="ignore"):
            return (np.where(x == 0, dy * (of_reference("relu")(x) / x), dx),)

    return {"relu_vjp": relu_vjp}


def in_place() -> Functions:
    def relu(x: np.ndarray) -> np.ndarray:
        x = overwritable(x)
        return np.maximum(x, 0, out=x).copy()

    return {"relu": relu}


def input_handed_back() -> Functions:
    def relu(x: np.ndarray) -> np.ndarray:
        return x if x.size and (x >= 0).all() else of_reference("relu")(x)

    return {"relu": relu}


def first_signs_kept() -> Functions:
    signs: dict[tuple[int, ...], np.ndarray] = {}

    def relu_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        of_reference("relu_vjp")(dy, x)  # refuses what does not fit
        positive = signs.setdefault(x.shape, np.array(x > 0))
        return (np.where(positive, dy, 0),)

    return {"relu_vjp": relu_vjp}


def remainder_passed_on() -> Functions:
    def relu(x: np.ndarray) -> np.ndarray:
        y, flat = np.array(of_reference("relu")(x)), x.reshape(-1)
        whole = flat.size - flat.size % 16
        if flat.size > 16:
            y.reshape(-1)[whole:] = flat[whole:]
        return y

    return {"relu": relu}


def cotangent_handed_back() -> Functions:
    def relu_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (dx,) = of_reference("relu_vjp")(dy, x)
        return (dy if x.size and (x > 0).all() else dx,)

    return {"relu_vjp": relu_vjp}


def offset_ignored() -> Functions:
    def relu(x: np.ndarray) -> np.ndarray:
        return of_reference("relu")(from_the_start(x))

    return {"relu": relu}


FAULTS = (
    Fault(
        "relu",
        "leaky, with the slope 0.01 and its gradient",
        "forward",
        "activation(leaky_relu)",
        edited(
            "relu",
            ("np.maximum(x, 0)", "np.maximum(x, 0.01 * x)"),
            (GRADIENT, "np.where(x > 0, dy, 0.01 * dy)"),
        ),
    ),
    Fault(
        "relu",
        "cut off at 6, with its gradient",
        "forward",
        "activation(relu6)",
        edited(
            "relu",
            ("np.maximum(x, 0)", "np.minimum(np.maximum(x, 0), 6)"),
            (GRADIENT, "np.where((x > 0) & (x < 6), dy, 0)"),
        ),
    ),
    Fault(
        "relu",
        "the absolute value, with its gradient",
        "forward",
        "activation(abs)",
        edited(
            "relu",
            ("np.maximum(x, 0)", "np.abs(x)"),
            (GRADIENT, "np.where(x > 0, dy, np.where(x < 0, -dy, 0))"),
        ),
    ),
    Fault(
        "relu",
        "the gradient lets only positive cotangents pass",
        "backward",
        "guided",
        edited("relu", (GRADIENT, "np.where((x > 0) & (dy > 0), dy, 0)")),
    ),
    Fault(
        "relu",
        "the gradient looks at the sign of the cotangent instead of the input",
        "backward",
        "guided",
        edited("relu", (GRADIENT, "np.where(dy > 0, dy, 0)")),
    ),
    Fault(
        "relu",
        "the gradient is handed through unchanged",
        "backward",
        "activation(identity)",
        edited("relu", (GRADIENT, "np.where(x > 0, dy, dy)")),
    ),
    Fault(
        "relu",
        "the gradient is that for a cotangent of ones",
        "backward",
        "cotangent_ignored",
        edited("relu", (GRADIENT, "np.where(x > 0, dy * 0 + 1, 0)")),
    ),
    Fault(
        "relu",
        "dy · (y / x), NaN at the kink",
        "stability",
        "not_finite",
        output_over_input,
        seen="HIPS autograd, where",
    ),
    Fault(
        "relu",
        "NaN becomes 0",
        "contract",
        "convention(relu.nan=zero)",
        edited("relu", ('nan_convention: str = "propagate"', 'nan_convention: str = "zero"')),
        seen="paddle, tinygrad",
    ),
    Fault(
        "relu",
        "computed in the input's memory",
        "state",
        "in_place",
        in_place,
    ),
    Fault(
        "relu",
        "where nothing is negative the input itself comes back",
        "state",
        "aliasing",
        input_handed_back,
    ),
    Fault(
        "relu",
        "the gradient keeps the signs of the first input of that shape",
        "state",
        "state",
        first_signs_kept,
    ),
    Fault(
        "relu",
        "a kernel in blocks of 16 passes the remainder on unchanged",
        "shape",
        "size(...)",
        remainder_passed_on,
    ),
    Fault(
        "relu",
        "the strides of the cotangent are ignored",
        "shape",
        "strides",
        lambda: {"relu_vjp": lambda dy, x: of_reference("relu_vjp")(misread(dy), x)},
        seen="https://github.com/ROCm/TransformerEngine/pull/623",
    ),
    Fault(
        "relu",
        "computed in float16",
        "precision",
        "coarse(float16)",
        through("float16", "relu", "relu_vjp"),
    ),
    Fault(
        "relu",
        "where all is positive the cotangent itself comes back",
        "state",
        "aliasing",
        cotangent_handed_back,
    ),
    Fault(
        "relu",
        "of a view the memory is read from its start, not from the view's",
        "shape",
        "strides",
        offset_ignored,
    ),
)
