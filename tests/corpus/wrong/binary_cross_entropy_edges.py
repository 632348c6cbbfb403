"""Wrong binary cross-entropies of logits: at the edges of what floats, sizes and memory admit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import in_one_buffer, own, without_strides
from wrong._formats import through
from wrong.binary_cross_entropy import GRADIENT, LOSS

QUIET = "with np.errstate(all='ignore'):\n        "


def after(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[], Functions]:
    """The right gradient, changed."""

    def functions() -> Functions:
        def binary_cross_entropy_vjp(
            dloss: np.ndarray, logits: np.ndarray, target: np.ndarray
        ) -> tuple[np.ndarray]:
            (dlogits,) = of_reference("binary_cross_entropy_vjp")(dloss, logits, target)
            return (change(dlogits),)

        return {"binary_cross_entropy_vjp": binary_cross_entropy_vjp}

    return functions


def rest_of_eight(dlogits: np.ndarray) -> np.ndarray:
    if len(dlogits) > 8:
        dlogits[len(dlogits) // 8 * 8 :] = 0
    return dlogits


def gradient_in_the_logits() -> Functions:
    def binary_cross_entropy_vjp(
        dloss: np.ndarray, logits: np.ndarray, target: np.ndarray
    ) -> tuple[np.ndarray]:
        (dlogits,) = of_reference("binary_cross_entropy_vjp")(dloss, logits, target)
        out = own(logits)
        out[...] = dlogits
        return (out.copy(),)

    return {"binary_cross_entropy_vjp": binary_cross_entropy_vjp}


FAULTS = (
    Fault(
        "binary_cross_entropy",
        "exp of the logit, whatever its size",
        "stability",
        "log_of_p or not_finite or unshifted",
        edited(
            "binary_cross_entropy",
            (LOSS, QUIET + "return np.sum(np.log1p(np.exp(logits)) - logits * target) / N"),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "the log of the sigmoid",
        "stability",
        "log_of_p or not_finite",
        edited(
            "binary_cross_entropy",
            (
                LOSS,
                QUIET + "return -np.sum(target * np.log(sigmoid(logits)) "
                "+ (1 - target) * np.log(sigmoid(-logits))) / N",
            ),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "the log of the sigmoid ends at −100",
        "stability",
        None,
        edited(
            "binary_cross_entropy",
            (
                LOSS,
                "log_p = np.maximum(-np.logaddexp(0, -logits), -100)\n"
                "    log_q = np.maximum(-np.logaddexp(0, logits), -100)\n"
                "    return -np.sum(target * log_p + (1 - target) * log_q) / N",
            ),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "the probability is kept 1e-7 away from 0 and 1",
        "stability",
        "clipped_probability",
        edited(
            "binary_cross_entropy",
            (
                LOSS,
                "low, high = float(np.log(1e-7)), float(np.log1p(-1e-7))\n"
                "    log_p = np.clip(-np.logaddexp(0, -logits), low, high)\n"
                "    log_q = np.clip(-np.logaddexp(0, logits), low, high)\n"
                "    return -np.sum(target * log_p + (1 - target) * log_q) / N",
            ),
        ),
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient's sigmoid is half of 1 + tanh",
        "stability",
        None,
        edited("binary_cross_entropy", (GRADIENT, "((1 + np.tanh(logits / 2)) / 2 - target) / N * dloss")),
        seen="chainer 7.8.1",
    ),
    Fault(
        "binary_cross_entropy",
        "the rest after blocks of 8 gets no gradient",
        "shape",
        "size(N)",
        after(rest_of_eight),
        seen="https://github.com/flagos-ai/FlagGems/pull/898",
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient of a batch of one is squeezed",
        "shape",
        "size(N)",
        after(lambda dlogits: dlogits.squeeze()),
        seen="https://github.com/salesforce/pytorch-qrnn/issues/11",
    ),
    Fault(
        "binary_cross_entropy",
        "the target is read without its strides",
        "shape",
        "strides",
        without_strides("binary_cross_entropy", 1),
    ),
    Fault(
        "binary_cross_entropy",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "binary_cross_entropy", "binary_cross_entropy_vjp"),
        seen="keras 3.15.1",
    ),
    Fault(
        "binary_cross_entropy",
        "the gradient is written over the logits",
        "state",
        "in_place",
        gradient_in_the_logits,
    ),
    Fault(
        "binary_cross_entropy",
        "every gradient is returned in the same buffer",
        "state",
        "aliasing",
        in_one_buffer("binary_cross_entropy_vjp"),
    ),
)
