"""Wrong cross-entropies of a softmax: at the edges of what floats, sizes, memory and labels admit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import own, without_strides
from wrong._changed import quiet
from wrong._formats import through
from wrong.softmax_cross_entropy_forward import LOSS

MAX = "logits - np.max(logits, axis=-1, keepdims=True)"
SHIFTS = "    # Both terms after the shift"


def labels_put_in_range(
    change: Callable[[np.ndarray, int], np.ndarray], *names: str
) -> Callable[[], Functions]:
    """Labels out of range are changed, where they would have to be refused."""

    def functions() -> Functions:
        loss, gradient = of_reference("softmax_cross_entropy"), of_reference("softmax_cross_entropy_vjp")

        def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
            return loss(logits, change(labels, logits.shape[-1]))

        def softmax_cross_entropy_vjp(
            dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray
        ) -> tuple[np.ndarray]:
            return gradient(dloss, logits, change(labels, logits.shape[-1]))

        made = {
            "softmax_cross_entropy": softmax_cross_entropy,
            "softmax_cross_entropy_vjp": softmax_cross_entropy_vjp,
        }
        return {name: made[name] for name in names or made}

    return functions


def rows_ignored(ignored: int) -> Callable[[], Functions]:
    """Rows with a certain label out of range count for nothing, neither in the sum nor in the mean."""

    def functions() -> Functions:
        loss, gradient = of_reference("softmax_cross_entropy"), of_reference("softmax_cross_entropy_vjp")

        def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
            kept = labels != ignored
            return loss(logits[kept], labels[kept]) if kept.any() else np.sum(logits * 0)

        def softmax_cross_entropy_vjp(
            dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray
        ) -> tuple[np.ndarray]:
            kept = labels != ignored
            dlogits = np.zeros_like(logits)
            if kept.any():
                dlogits[kept] = gradient(dloss, logits[kept], labels[kept])[0]
            return (dlogits,)

        return {
            "softmax_cross_entropy": softmax_cross_entropy,
            "softmax_cross_entropy_vjp": softmax_cross_entropy_vjp,
        }

    return functions


def maximum_taken_off_in_place() -> Functions:
    def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
        logits = own(logits)
        logits -= np.max(logits, axis=-1, keepdims=True)
        return of_reference("softmax_cross_entropy")(logits, labels)

    return {"softmax_cross_entropy": softmax_cross_entropy}


FAULTS = (
    Fault(
        "softmax_cross_entropy",
        "no maximum is taken off",
        "stability",
        "not_finite or unshifted",
        quiet(edited("softmax_cross_entropy", (MAX, "logits"))),
        seen="https://github.com/pytorch/pytorch/issues/795",
    ),
    Fault(
        "softmax_cross_entropy",
        "the maximum of the whole batch is taken off",
        "stability",
        "shift(all)",
        quiet(edited("softmax_cross_entropy", (MAX, "logits - np.max(logits)"))),
    ),
    Fault(
        "softmax_cross_entropy",
        "the running maximum starts at 0",
        "stability",
        "not_finite",
        quiet(edited("softmax_cross_entropy", (MAX, MAX.replace("np.max(", "np.maximum(0, np.max(") + ")"))),
    ),
    Fault(
        "softmax_cross_entropy",
        "the maximum is added again before the label's logit is subtracted",
        "stability",
        None,
        edited(
            "softmax_cross_entropy",
            (
                LOSS,
                "log_sum = log_sum + np.max(logits, axis=-1)\n    "
                "return np.sum(log_sum - logits[np.arange(N), labels]) / N",
            ),
        ),
        seen="optax 0.2.8",
    ),
    Fault(
        "softmax_cross_entropy",
        "the log of the probability and the machine epsilon",
        "stability",
        None,
        edited(
            "softmax_cross_entropy",
            (
                LOSS,
                "p = np.exp(s[np.arange(N), labels] - log_sum)\n"
                "    return -np.sum(np.log(p + np.finfo(p.dtype).eps)) / N",
            ),
        ),
        seen="numpy-ml 0.1.2",
    ),
    Fault(
        "softmax_cross_entropy",
        "shifted logits end at −64",
        "stability",
        None,
        edited("softmax_cross_entropy", (MAX, f"np.maximum({MAX}, -64)")),
        seen="paddle 3.3.1",
    ),
    Fault(
        "softmax_cross_entropy",
        "the log-probabilities weighted by the one-hot matrix, so that −∞ off the label gives NaN",
        "stability",
        None,
        quiet(
            edited(
                "softmax_cross_entropy",
                (
                    LOSS,
                    "one_hot = np.where(labels[:, None] == np.arange(K), np.ones_like(s), 0)\n"
                    "    return np.sum(one_hot * (log_sum[:, None] - s)) / N",
                ),
            )
        ),
        seen="keras 3.15.1",
    ),
    Fault(
        "softmax_cross_entropy",
        "NaN logits are left out of the sum",
        "stability",
        "nan_lost",
        edited(
            "softmax_cross_entropy",
            (MAX, "logits - np.fmax.reduce(logits, axis=-1, keepdims=True)"),
            ("np.sum(np.exp(s), axis=-1)", "np.nansum(np.exp(s), axis=-1)"),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "one warp of 32 lanes sums the exponentials, and the classes past it are lost",
        "shape",
        "size(K)",
        edited("softmax_cross_entropy", ("np.sum(np.exp(s), axis=-1)", "np.sum(np.exp(s[:, :32]), axis=-1)")),
    ),
    Fault(
        "softmax_cross_entropy",
        "one class is taken for the logit of a yes-or-no question",
        "shape",
        "size(K)",
        edited(
            "softmax_cross_entropy",
            (SHIFTS, "    if K == 1:\n        return np.sum(np.logaddexp(0, -logits)) / N\n" + SHIFTS),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "the logits are read without their strides",
        "shape",
        "strides",
        without_strides("softmax_cross_entropy", 0),
    ),
    Fault(
        "softmax_cross_entropy",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "softmax_cross_entropy", "softmax_cross_entropy_vjp"),
        seen="keras 3.15.1",
    ),
    Fault(
        "softmax_cross_entropy",
        "the maximum is taken off the caller's logits",
        "state",
        "in_place",
        maximum_taken_off_in_place,
    ),
    Fault(
        "softmax_cross_entropy",
        "labels below 0 count from the end",
        "contract",
        "convention(index.out_of_range=wrap_negative)",
        labels_put_in_range(lambda labels, K: np.where((labels < 0) & (labels >= -K), labels + K, labels)),
        seen="jax 0.10.2",
    ),
    Fault(
        "softmax_cross_entropy",
        "labels out of range are clamped",
        "contract",
        "convention(index.out_of_range=clamp)",
        labels_put_in_range(lambda labels, K: np.clip(labels, 0, K - 1)),
        seen="mxnet 1.9.1",
    ),
    Fault(
        "softmax_cross_entropy",
        "rows with the label −100 are ignored",
        "contract",
        "unchecked",
        rows_ignored(-100),
        seen="torch 2.13.0",
    ),
    Fault(
        "softmax_cross_entropy",
        "rows with the label −1 are ignored",
        "contract",
        "unchecked",
        rows_ignored(-1),
        seen="chainer 7.8.1",
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient wraps labels out of range around, which the loss refuses",
        "contract",
        "unchecked or convention(index.out_of_range=wrap_negative)",
        labels_put_in_range(
            lambda labels, K: np.where((labels < 0) & (labels >= -K), labels + K, labels),
            "softmax_cross_entropy_vjp",
        ),
    ),
)
