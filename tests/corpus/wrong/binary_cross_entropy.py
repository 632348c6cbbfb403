"""Wrong binary cross-entropies of logits."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference

LOSS = "return np.sum(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits)))) / N"
GRADIENT = "(sigmoid(logits) - target) / N * dloss"


def exchanged() -> Functions:
    def binary_cross_entropy(logits: np.ndarray, target: np.ndarray) -> np.ndarray:
        return of_reference("binary_cross_entropy")(target, logits)

    def binary_cross_entropy_vjp(
        dloss: np.ndarray, logits: np.ndarray, target: np.ndarray
    ) -> tuple[np.ndarray]:
        return of_reference("binary_cross_entropy_vjp")(dloss, target, logits)

    return {
        "binary_cross_entropy": binary_cross_entropy,
        "binary_cross_entropy_vjp": binary_cross_entropy_vjp,
    }


FAULTS = (
    Fault(
        "binary_cross_entropy",
        "the loss is the sum over the batch",
        "forward",
        "scaled(N)",
        edited(
            "binary_cross_entropy",
            (LOSS, LOSS.removesuffix(" / N")),
            (GRADIENT, GRADIENT.replace(" / N", "")),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "the sigmoid is applied to the logits twice",
        "forward",
        "applied_twice",
        edited(
            "binary_cross_entropy",
            (LOSS, "logits = sigmoid(logits)\n    " + LOSS),
            (
                GRADIENT,
                "(sigmoid(sigmoid(logits)) - target) / N * dloss * sigmoid(logits) * (1 - sigmoid(logits))",
            ),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "the term of 1 − target is missing",
        "forward",
        "missing(1-target)",
        edited(
            "binary_cross_entropy",
            (
                LOSS,
                "return np.sum(target * (np.maximum(-logits, 0) + np.log1p(np.exp(-np.abs(logits))))) / N",
            ),
            (GRADIENT, "-target * sigmoid(-logits) / N * dloss"),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "the target is rounded to 0 or 1",
        "forward",
        "rounded(target)",
        edited(
            "binary_cross_entropy",
            (LOSS, LOSS.replace("target", "np.where(target > 0.5, 1, target * 0)")),
            (GRADIENT, GRADIENT.replace("target", "np.where(target > 0.5, 1, target * 0)")),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "target first, logits second, as in Keras",
        "forward",
        "exchanged(logits,target)",
        exchanged,
        seen="keras 3.15.1",
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient is divided by the batch twice",
        "backward",
        "scaled(1/N)",
        edited("binary_cross_entropy", (GRADIENT, GRADIENT + " / N")),
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient is target minus prediction",
        "backward",
        "sign",
        edited("binary_cross_entropy", (GRADIENT, "(target - sigmoid(logits)) / N * dloss")),
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient leaves out the cotangent",
        "backward",
        "cotangent_ignored",
        edited("binary_cross_entropy", (GRADIENT, "(sigmoid(logits) - target) / N")),
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient is multiplied by the derivative of the sigmoid",
        "backward",
        "twice(sigmoid)",
        edited("binary_cross_entropy", (GRADIENT, GRADIENT + " * sigmoid(logits) * (1 - sigmoid(logits))")),
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient is that at the logit, without the sigmoid",
        "backward",
        "activation(identity)",
        edited("binary_cross_entropy", (GRADIENT, "(logits - target) / N * dloss")),
    ),
)
