"""Wrong gradients of the cross-entropy of a softmax, whose loss is right."""

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import in_one_buffer
from wrong._formats import through

GRADIENT = "np.where(is_label, p - 1, p) / N * dloss"
SOFTMAX = "    p = softmax(logits)"
IS_LABEL = "is_label = labels[:, None] == np.arange(K)"


def probabilities_in_half_precision() -> Functions:
    """The forward run would have saved them for the gradient, in half precision to save memory."""

    def softmax_cross_entropy_vjp(
        dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray
    ) -> tuple[np.ndarray]:
        N, K = logits.shape
        one = np.ones_like(dloss)
        (dlogits,) = of_reference("softmax_cross_entropy_vjp")(one, logits, labels)
        is_label = labels[:, None] == np.arange(K)
        p = of_reference("softmax")(logits).astype(np.float16).astype(dlogits.dtype)
        return (np.where(is_label, p - 1, p) / N * dloss,)

    return {"softmax_cross_entropy_vjp": softmax_cross_entropy_vjp}


def gradient_of_the_last_loss() -> Functions:
    """The probabilities that the loss left behind are taken for as long as the shape fits."""
    saved: dict[str, np.ndarray] = {}

    def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
        loss = of_reference("softmax_cross_entropy")(logits, labels)
        saved["logits"] = logits.copy()
        return loss

    def softmax_cross_entropy_vjp(
        dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray
    ) -> tuple[np.ndarray]:
        last = saved.get("logits", logits)
        if last.shape == logits.shape and last.dtype == logits.dtype:
            logits = last
        return of_reference("softmax_cross_entropy_vjp")(dloss, logits, labels)

    return {
        "softmax_cross_entropy": softmax_cross_entropy,
        "softmax_cross_entropy_vjp": softmax_cross_entropy_vjp,
    }


def after(change: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> Callable[[], Functions]:
    """The right gradient, changed: `change(dlogits, logits, labels)`."""

    def functions() -> Functions:
        def softmax_cross_entropy_vjp(
            dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray
        ) -> tuple[np.ndarray]:
            (dlogits,) = of_reference("softmax_cross_entropy_vjp")(dloss, logits, labels)
            return (change(dlogits, logits, labels),)

        return {"softmax_cross_entropy_vjp": softmax_cross_entropy_vjp}

    return functions


def only_first_rows(dlogits: np.ndarray, logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    dlogits[16:] = 0
    return dlogits


FAULTS = (
    Fault(
        "softmax_cross_entropy",
        "the gradient is that of the sum over the batch",
        "backward",
        "scaled(N)",
        edited("softmax_cross_entropy", (GRADIENT, GRADIENT.replace(" / N", ""))),
        seen="https://github.com/paiml/aprender/pull/2182",
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient is divided by the batch twice",
        "backward",
        "scaled(1/N)",
        edited("softmax_cross_entropy", (GRADIENT, GRADIENT + " / N")),
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient is divided by the classes in place of the batch",
        "backward",
        "scaled(N/K)",
        edited("softmax_cross_entropy", (GRADIENT, GRADIENT.replace("/ N", "/ K"))),
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient leaves out the cotangent",
        "backward",
        "cotangent_ignored",
        edited("softmax_cross_entropy", (GRADIENT, "np.where(is_label, p - 1, p) / N")),
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient is label minus probability",
        "backward",
        "sign",
        edited("softmax_cross_entropy", (GRADIENT, "np.where(is_label, 1 - p, -p) / N * dloss")),
    ),
    Fault(
        "softmax_cross_entropy",
        "the label is not subtracted from the probabilities",
        "backward",
        "missing(label)",
        edited("softmax_cross_entropy", (GRADIENT, "p / N * dloss")),
    ),
    Fault(
        "softmax_cross_entropy",
        "only the label's own logit gets a gradient",
        "backward",
        "label_only",
        edited("softmax_cross_entropy", (GRADIENT, "np.where(is_label, p - 1, 0) / N * dloss")),
        seen="https://github.com/pocketpy/cTensor/pull/31",
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient goes through the softmax a second time",
        "backward",
        "twice(softmax)",
        edited(
            "softmax_cross_entropy",
            (
                f"    return ({GRADIENT},)",
                f"    d = {GRADIENT}\n    return (p * (d - np.sum(d * p, axis=-1, keepdims=True)),)",
            ),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "1 is subtracted in the columns of all labels, in every row",
        "backward",
        None,
        edited(
            "softmax_cross_entropy",
            (IS_LABEL, "is_label = (np.arange(K)[:, None] == labels).any(1) & (labels[:, None] >= 0)"),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "the softmax of the gradient is over the batch",
        "backward",
        "axis(-2)",
        edited("softmax_cross_entropy", (SOFTMAX, "    p = softmax(logits.T).T")),
    ),
    Fault(
        "softmax_cross_entropy",
        "the exponentials of the gradient are not shifted",
        "stability",
        "unshifted",
        edited(
            "softmax_cross_entropy",
            (
                SOFTMAX,
                "    with np.errstate(all='ignore'):\n        e = np.exp(logits)\n"
                "        p = e / np.sum(e, axis=-1, keepdims=True)",
            ),
        ),
        seen="https://github.com/FluxML/NNlib.jl/issues/68",
    ),
    Fault(
        "softmax_cross_entropy",
        "the one-hot matrix of a square batch stands the other way round",
        "shape",
        "equal(N,K)",
        edited(
            "softmax_cross_entropy",
            (IS_LABEL, IS_LABEL + "\n    is_label = is_label.T if N == K else is_label"),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "rows past a tile of 16 get no gradient",
        "shape",
        "size(N)",
        after(only_first_rows),
        seen="https://github.com/flagos-ai/FlagGems/pull/898",
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient of a batch of one is squeezed",
        "shape",
        "size(N)",
        after(lambda dlogits, logits, labels: dlogits[0] if len(dlogits) == 1 else dlogits),
        seen="https://github.com/salesforce/pytorch-qrnn/issues/11",
    ),
    Fault(
        "softmax_cross_entropy",
        "a row whose loss is NaN gets a gradient of 0",
        "stability",
        "nan_lost",
        edited("softmax_cross_entropy", (GRADIENT, f"np.nan_to_num({GRADIENT}, nan=0)")),
    ),
    Fault(
        "softmax_cross_entropy",
        "the probabilities of the gradient were saved in float16",
        "precision",
        "coarse(float16)",
        probabilities_in_half_precision,
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient of float64 is computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "softmax_cross_entropy_vjp"),
    ),
    Fault(
        "softmax_cross_entropy",
        "the gradient takes the probabilities of the last loss",
        "state",
        "state",
        gradient_of_the_last_loss,
    ),
    Fault(
        "softmax_cross_entropy",
        "every gradient is returned in the same buffer",
        "state",
        "aliasing",
        in_one_buffer("softmax_cross_entropy_vjp"),
    ),
)
