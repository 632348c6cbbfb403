"""Wrong losses and softmaxes, by someone who had seen neither the cases nor this corpus: the second such
round."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import quiet
from wrong.mean_squared_error import GRADIENT, LOSS
from wrong.softmax_forward import SHIFT

CROSS_ENTROPY = "def binary_cross_entropy(logits: Array, target: Array) -> Array:"
SERIES = """def log1p_exp(z):
    e = np.exp(z)
    return np.where(e < 1e-2, e - e * e / 2, np.log1p(e))


"""


def output_kept_for_the_array_object() -> Functions:
    right, right_vjp = of_reference("softmax"), of_reference("softmax_vjp")
    kept: dict[str, np.ndarray] = {}

    def softmax(x: np.ndarray) -> np.ndarray:
        kept["x"], kept["y"] = x, right(x)
        return kept["y"].copy()

    def softmax_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        right_vjp(dy, x)  # refuses what does not fit
        if kept.get("x") is not x:
            kept["x"], kept["y"] = x, right(x)
        y = kept["y"]
        return (y * (dy - np.sum(dy * y, axis=-1, keepdims=True)),)

    return {"softmax": softmax, "softmax_vjp": softmax_vjp}


def flattened_index_checked() -> Functions:
    right = of_reference("softmax_cross_entropy")

    def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
        try:
            return right(logits, labels)
        except IndexError:
            N, K = logits.shape
            flat = np.arange(N) * K + labels
            if flat.min() < 0 or flat.max() >= N * K:
                raise
            s = logits - np.max(logits, axis=-1, keepdims=True)
            return np.sum(np.log(np.sum(np.exp(s), axis=-1)) - s.ravel()[flat]) / N

    return {"softmax_cross_entropy": softmax_cross_entropy}


FAULTS = (
    Fault(
        "softmax",
        "the padded lanes of a row not of 4 k classes take part in the maximum with their 0",
        "stability",
        "not_finite",
        quiet(edited("softmax", (SHIFT, f"(np.maximum({SHIFT}, 0) if x.shape[-1] % 4 else {SHIFT})"))),
    ),
    Fault(
        "softmax",
        "the gradient takes the output saved for the same array object, changed since or not",
        "state",
        "state",
        output_kept_for_the_array_object,
    ),
    Fault(
        "mean_squared_error",
        "the mean of the means of blocks of 64, though the last one is shorter",
        "shape",
        None,
        edited(
            "mean_squared_error",
            (
                LOSS,
                "if r.size > 64:\n"
                "        squares = (r * r).ravel()\n"
                "        means = [np.mean(squares[i : i + 64]) for i in range(0, r.size, 64)]\n"
                "        return np.mean(np.array(means, r.dtype))\n"
                f"    {LOSS}",
            ),
        ),
    ),
    Fault(
        "mean_squared_error",
        "with K = 1 the gradient broadcasts prediction [N, 1] against target [N]",
        "backward",
        "size(K)",
        edited(
            "mean_squared_error",
            (
                GRADIENT,
                "if K == 1:\n"
                "        r = (prediction - target[:, 0]) * (2 / (N * N))  # [N, N]\n"
                "        dprediction, dtarget = np.sum(r, axis=1), -np.sum(r, axis=0)\n"
                "        return dprediction[:, None] * dloss, dtarget[:, None] * dloss\n"
                f"    {GRADIENT}",
            ),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "log1p is cut after its second term below 0.01",
        "precision",
        None,
        edited(
            "binary_cross_entropy",
            (CROSS_ENTROPY, SERIES + CROSS_ENTROPY),
            ("np.log1p(np.exp(-np.abs(logits)))", "log1p_exp(-np.abs(logits))"),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient is of a probability held to 1e-7 … 1 − 1e-7",
        "backward",
        "clipped_probability",
        edited(
            "binary_cross_entropy",
            (
                "sigmoid(logits) - target",
                "np.minimum(np.maximum(sigmoid(logits), 1e-7), 1 - 1e-7) - target",
            ),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "only the flattened index is checked: a label −1 or K reads the row beside",
        "contract",
        "unchecked",
        flattened_index_checked,
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient narrows labels to int8, wrapping from 128 classes on",
        "backward",
        "size(K)",
        edited(
            "softmax_cross_entropy",
            (
                "labels[:, None] == np.arange(K)",
                "(labels.astype(np.int8).astype(np.int64) % K)[:, None] == np.arange(K)",
            ),
        ),
    ),
)
