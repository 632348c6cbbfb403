"""Wrong cross-entropies of a softmax: the loss, with the gradient that goes with it where there is one."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference

LOSS = "return np.sum(log_sum - s[np.arange(N), labels]) / N"
GRADIENT = "np.where(is_label, p - 1, p) / N * dloss"


def label_columns_of_all_rows() -> Functions:
    """log_p[:, labels] is [N, N]: each row is asked for the labels of all rows."""

    def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
        loss = of_reference("softmax_cross_entropy")
        rows = [loss(logits, np.full_like(labels, label)) for label in labels]
        return np.sum(np.stack(rows)) / len(labels)

    def softmax_cross_entropy_vjp(
        dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray
    ) -> tuple[np.ndarray]:
        gradient = of_reference("softmax_cross_entropy_vjp")
        rows = [gradient(dloss, logits, np.full_like(labels, label))[0] for label in labels]
        return (np.sum(np.stack(rows), axis=0) / len(labels),)

    return {
        "softmax_cross_entropy": softmax_cross_entropy,
        "softmax_cross_entropy_vjp": softmax_cross_entropy_vjp,
    }


FAULTS = (
    Fault(
        "softmax_cross_entropy",
        "the loss is the sum over the batch",
        "forward",
        "scaled(N)",
        edited(
            "softmax_cross_entropy",
            (LOSS, LOSS.removesuffix(" / N")),
            (GRADIENT, GRADIENT.replace(" / N", "")),
        ),
        seen="numpy-ml 0.1.2",
    ),
    Fault(
        "softmax_cross_entropy",
        "the mean is over the entries of the one-hot matrix",
        "forward",
        "scaled(1/K)",
        edited("softmax_cross_entropy", (LOSS, LOSS + " / K"), (GRADIENT, GRADIENT + " / K")),
    ),
    Fault(
        "softmax_cross_entropy",
        "the labels are smoothed by 0.1",
        "forward",
        None,
        edited(
            "softmax_cross_entropy",
            (
                LOSS,
                "return np.sum(log_sum - (0.9 * s[np.arange(N), labels] + 0.1 * np.sum(s, axis=-1) / K)) / N",
            ),
            (GRADIENT, "(p - 0.1 / K - np.where(is_label, p * 0 + 0.9, 0)) / N * dloss"),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "every row is asked for the labels of all rows",
        "forward",
        None,
        label_columns_of_all_rows,
    ),
)
