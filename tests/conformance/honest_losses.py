"""Losses that are right in another way: other forms, other orders of summation."""

from __future__ import annotations

import numpy as np
from honest import hold_within, log_softmax, sigmoid


def mean_squared_error(prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
    r = (prediction - target).ravel()[::-1]
    return np.asarray(np.mean(r**2))


def mean_squared_error_vjp(
    dloss: np.ndarray, prediction: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, ...]:
    dprediction = (prediction - target) * (dloss / prediction.dtype.type(prediction.size / 2))
    return dprediction, -dprediction


def _softplus(z: np.ndarray) -> np.ndarray:
    return np.logaddexp(z, z.dtype.type(0))


def binary_cross_entropy(logits: np.ndarray, target: np.ndarray) -> np.ndarray:
    return np.asarray(np.mean(_softplus(-logits) * target + _softplus(logits) * (1 - target)))


def binary_cross_entropy_vjp(dloss: np.ndarray, logits: np.ndarray, target: np.ndarray) -> tuple[np.ndarray]:
    apart = sigmoid(logits) * (1 - target) - sigmoid(-logits) * target
    return (dloss * apart / logits.dtype.type(len(logits)),)


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    hold_within(labels, logits.shape[1])
    return np.asarray(-np.take_along_axis(log_softmax(logits), labels[:, None], 1).mean())


def softmax_cross_entropy_vjp(dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray]:
    one_hot = np.eye(logits.shape[1], dtype=logits.dtype)[labels]
    return ((np.exp(log_softmax(logits)) - one_hot) * (dloss / logits.dtype.type(len(labels))),)
