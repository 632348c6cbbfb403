"""Wrong losses and softmaxes, by someone who had seen neither the suite's cases nor the other faults."""

from __future__ import annotations

from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference


def largest(x: np.ndarray) -> np.ndarray:
    return np.max(x, axis=-1, keepdims=True)


def last_tile_not_rescaled() -> Functions:
    right = of_reference("softmax")

    def softmax(x: np.ndarray) -> np.ndarray:
        if x.ndim == 0 or x.shape[-1] <= 32:
            return right(x)
        m = largest(x[..., :32])
        m = np.where(m == -np.inf, np.finfo(x.dtype).min, m)
        s = np.sum(np.exp(x[..., :32] - m), axis=-1, keepdims=True)
        for start in range(32, x.shape[-1], 32):
            tile = x[..., start : start + 32]
            new = np.maximum(m, largest(tile))
            if tile.shape[-1] == 32:
                s = s * np.exp(m - new)
            s = s + np.sum(np.exp(tile - new), axis=-1, keepdims=True)
            m = new
        return np.exp(x - m) / s

    return {"softmax": softmax}


def first_tile_of_minus_infinity() -> Functions:
    right = of_reference("softmax")

    def softmax(x: np.ndarray) -> np.ndarray:
        if x.ndim == 0 or x.shape[-1] <= 16:
            return right(x)
        m = np.full((*x.shape[:-1], 1), -np.inf, x.dtype)
        s = np.zeros((*x.shape[:-1], 1), x.dtype)
        for start in range(0, x.shape[-1], 16):
            tile = x[..., start : start + 16]
            new = np.maximum(m, largest(tile))
            s = s * np.exp(m - new) + np.sum(np.exp(tile - new), axis=-1, keepdims=True)
            m = new
        return np.exp(x - m) / s

    return {"softmax": softmax}


def flattened_as_the_input_lies() -> Functions:
    right = of_reference("softmax")

    def softmax_vjp(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray]:
        K = x.shape[-1]
        y, g = right(x.reshape(-1, K, order="A")), dy.reshape(-1, K)
        return ((y * (g - np.sum(g * y, axis=-1, keepdims=True))).reshape(x.shape),)

    return {"softmax_vjp": softmax_vjp}


def by_three_dot_products() -> Functions:
    right = of_reference("mean_squared_error")

    def mean_squared_error(prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        if prediction.size <= 64 or prediction.shape != target.shape:
            return right(prediction, target)
        p, t = prediction.ravel(), target.ravel()
        return (p @ p - 2 * (p @ t) + t @ t) / p.size

    return {"mean_squared_error": mean_squared_error}


def factor_kept_by_the_batch() -> Functions:
    factor: dict[int, float] = {}

    def mean_squared_error_vjp(
        dloss: np.ndarray, prediction: np.ndarray, target: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        N, K = prediction.shape
        dprediction = (prediction - target) * factor.setdefault(N, 2 / (N * K)) * dloss
        return dprediction, -dprediction

    return {"mean_squared_error_vjp": mean_squared_error_vjp}


def taken_for_hard_targets() -> Functions:
    right, sigmoid = of_reference("binary_cross_entropy"), of_reference("sigmoid")
    right_vjp = of_reference("binary_cross_entropy_vjp")

    def hard(target: np.ndarray) -> bool:
        return target.min() == 0 and target.max() == 1

    def binary_cross_entropy(logits: np.ndarray, target: np.ndarray) -> np.ndarray:
        if not hard(target):
            return right(logits, target)
        a = np.where(target >= 0.5, -logits, logits)
        return np.sum(np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))) / logits.size

    def binary_cross_entropy_vjp(
        dloss: np.ndarray, logits: np.ndarray, target: np.ndarray
    ) -> tuple[np.ndarray]:
        if not hard(target):
            return right_vjp(dloss, logits, target)
        return ((sigmoid(logits) - (target >= 0.5)) / logits.size * dloss,)

    return {
        "binary_cross_entropy": binary_cross_entropy,
        "binary_cross_entropy_vjp": binary_cross_entropy_vjp,
    }


def mean_of_means() -> Functions:
    right = of_reference("binary_cross_entropy")

    def binary_cross_entropy(logits: np.ndarray, target: np.ndarray) -> np.ndarray:
        if len(logits) <= 16 or logits.shape != target.shape:
            return right(logits, target)
        means = [right(logits[i : i + 16], target[i : i + 16]) for i in range(0, len(logits), 16)]
        return np.mean(np.array(means, logits.dtype))

    return {"binary_cross_entropy": binary_cross_entropy}


def place(a: np.ndarray) -> tuple[Any, ...]:
    """Where an array lies, and how."""
    return a.__array_interface__["data"][0], a.shape, a.strides, a.dtype


def softmax_kept_by_memory() -> Functions:
    right, softmax = of_reference("softmax_cross_entropy"), of_reference("softmax")
    right_vjp = of_reference("softmax_cross_entropy_vjp")
    kept: dict[tuple[Any, ...], np.ndarray] = {}

    def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
        loss = right(logits, labels)
        kept.clear()
        kept[place(logits)] = softmax(logits)
        return loss

    def softmax_cross_entropy_vjp(
        dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray
    ) -> tuple[np.ndarray]:
        if place(logits) not in kept:
            return right_vjp(dloss, logits, labels)
        right(logits, labels)  # refuses what does not fit
        p, (N, K) = kept[place(logits)], logits.shape
        return (np.where(labels[:, None] == np.arange(K), p - 1, p) / N * dloss,)

    return {
        "softmax_cross_entropy": softmax_cross_entropy,
        "softmax_cross_entropy_vjp": softmax_cross_entropy_vjp,
    }


GRADIENT_CHECK = (
    'dloss=(dloss, ""))\n    N, K = logits.shape\n    within("softmax_cross_entropy", 0, K - 1, labels=labels'
)


FAULTS = (
    Fault(
        "softmax",
        "online by 32 classes, the last partial tile forgets to rescale the sum",
        "shape",
        "size(K)",
        last_tile_not_rescaled,
    ),
    Fault(
        "softmax",
        "online by 16 classes, a first tile of -inf alone makes NaN",
        "stability",
        "not_finite",
        first_tile_of_minus_infinity,
    ),
    Fault(
        "softmax",
        "the gradient flattens the leading axes in Fortran's order where x has it",
        "shape",
        "strides",
        flattened_as_the_input_lies,
    ),
    Fault(
        "mean_squared_error",
        "past 64 entries by three dot products",
        "stability",
        "cancellation",
        by_three_dot_products,
    ),
    Fault(
        "mean_squared_error",
        "the gradient's factor is kept by N alone",
        "state",
        "state",
        factor_kept_by_the_batch,
    ),
    Fault(
        "mean_squared_error",
        "a target of NaN counts as missing",
        "contract",
        "nan_lost",
        edited(
            "mean_squared_error",
            ("r = prediction - target", "r = np.where(np.isnan(target), 0, prediction - target)"),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "targets from 0 to 1 are taken for hard ones",
        "forward",
        "rounded(target)",
        taken_for_hard_targets,
    ),
    Fault(
        "binary_cross_entropy",
        "the mean of the means of sixteen",
        "shape",
        "size(N)",
        mean_of_means,
    ),
    Fault(
        "softmax_cross_entropy",
        "the label's logit is looked up in memory's order",
        "shape",
        "strides",
        edited(
            "softmax_cross_entropy",
            ("s[np.arange(N), labels]", 's.ravel(order="K")[np.arange(N) * K + labels]'),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient takes the softmax kept for that memory",
        "state",
        "state",
        softmax_kept_by_memory,
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient checks labels eight at a time, and not the rest",
        "contract",
        "unchecked",
        edited(
            "softmax_cross_entropy",
            (f"{GRADIENT_CHECK})", f"{GRADIENT_CHECK}[: max(8, N // 8 * 8)])"),
        ),
    ),
)
