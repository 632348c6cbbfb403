"""Wrong hyperbolic tangents."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._layouts import misread, squeezed
from wrong._rounding import through


def cotangent_overwritten() -> Functions:
    def tanh_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        dx = dy if dy.flags.writeable else dy.copy()
        dx *= 1 - np.tanh(x) ** 2
        return (dx.copy(),)

    return {"tanh_vjp": tanh_vjp}


def quotient_of_exponentials() -> Functions:
    def tanh(x: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            up, down = np.exp(x), np.exp(-x)
            return np.where(np.abs(x) < 0.5, np.tanh(x), (up - down) / (up + down))

    return {"tanh": tanh}


def kept_by_identity() -> Functions:
    kept: dict[int, np.ndarray] = {}

    def tanh_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        (dx,) = of_reference("tanh_vjp")(dy, x)
        y = kept.setdefault(id(x), np.tanh(x))
        return (dx if y.shape != x.shape else (dy * (1 - y * y)).astype(x.dtype),)

    return {"tanh_vjp": tanh_vjp}


def odd_entry_left() -> Functions:
    def tanh(x: np.ndarray) -> np.ndarray:
        y = np.array(np.tanh(x))
        if y.size > 16 and y.size % 2:
            y.reshape(-1)[-1] = x.reshape(-1)[-1]  # two lanes at a time, in place
        return y

    return {"tanh": tanh}


def slope_by_exponentials() -> Functions:
    def tanh_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        of_reference("tanh_vjp")(dy, x)  # refuses what does not fit
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(2 * x)
            return (dy * (4 * e / (e + 1) / (e + 1)),)

    return {"tanh_vjp": tanh_vjp}


FAULTS = (
    Fault(
        "tanh",
        "the cotangent is overwritten",
        "state",
        "in_place",
        cotangent_overwritten,
        seen="https://github.com/NVIDIA/apex/issues/1430",
    ),
    Fault(
        "tanh",
        "the derivative of the output taken at the input, 1 − x²",
        "backward",
        "twice(derivative)",
        edited("tanh", ("1 - y * y", "1 - x * x")),
    ),
    Fault(
        "tanh",
        "1 − y, the square forgotten",
        "backward",
        None,
        edited("tanh", ("1 - y * y", "1 - y")),
    ),
    Fault(
        "tanh",
        "y² − 1, the sign exchanged",
        "backward",
        "sign",
        edited("tanh", ("1 - y * y", "y * y - 1")),
    ),
    Fault(
        "tanh",
        "the derivative of sigmoid",
        "backward",
        "activation(sigmoid)",
        lambda: {"tanh_vjp": lambda dy, x: of_reference("sigmoid_vjp")(dy, x)},
    ),
    Fault(
        "tanh",
        "the scaled tanh of LeCun, 1.7159 tanh(2x/3)",
        "forward",
        "activation(lecun_tanh)",
        edited(
            "tanh",
            ("np.tanh(x)", "1.7159 * np.tanh(x * (2 / 3))"),
            ("1 - y * y", "(1.7159 - y * y / 1.7159) * (2 / 3)"),
        ),
    ),
    Fault(
        "tanh",
        "as 2σ(2x) − 1, which cancels next to 0",
        "stability",
        None,
        lambda: {"tanh": lambda x: 2 * of_reference("sigmoid")(2 * x) - 1},
        seen="tinygrad 0.14, tanh(1e-8) = 0",
    ),
    Fault(
        "tanh",
        "a quotient of exponentials, NaN where they overflow",
        "stability",
        "not_finite",
        quotient_of_exponentials,
    ),
    Fault(
        "tanh",
        "float64 computed through float32",
        "precision",
        "coarse(float32)",
        through("float32", "tanh", "tanh_vjp"),
        seen="keras on jax, torch and numpy",
    ),
    Fault(
        "tanh",
        "the strides of the cotangent are ignored",
        "shape",
        "strides",
        lambda: {"tanh_vjp": lambda dy, x: of_reference("tanh_vjp")(misread(dy), x)},
        seen="https://github.com/pytorch/pytorch/issues/194719",
    ),
    Fault(
        "tanh",
        "a batch of 1 is squeezed",
        "shape",
        "size(...) or squeezed",
        lambda: {"tanh": lambda x: squeezed(np.tanh(x))},
        seen="https://github.com/salesforce/pytorch-qrnn/issues/11",
    ),
    Fault(
        "tanh",
        "two entries at a time: past 16 the last of an odd number is left as it was",
        "shape",
        "size(...)",
        odd_entry_left,
    ),
    Fault(
        "tanh",
        "the output is kept under id(x) for the gradient",
        "state",
        "state",
        kept_by_identity,
    ),
    Fault(
        "tanh",
        "the gradient 4 e^2x / (e^2x + 1)², NaN where e^2x overflows",
        "stability",
        "not_finite",
        slope_by_exponentials,
        seen="tinygrad 0.14, sigmoid(t) tanh(t) at -1000",
    ),
    Fault(
        "tanh",
        "±1 from |x| = 9 on, which is enough for float32 alone",
        "precision",
        None,
        edited(
            "tanh", ("return np.tanh(x)", "return np.where(x >= 9, 1, np.where(x <= -9, -1, np.tanh(x)))")
        ),
    ),
)
