"""Wrong dropouts of a given mask."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference

DROP = "np.where(keep, x, 0) / (1 - rate)"
GRADIENT = "return (dropout(dy, keep, rate=rate),)"


def changed(
    change: Callable[[np.ndarray, np.ndarray, float], np.ndarray], *names: str
) -> Callable[[], Functions]:
    """Another function of (x, keep, rate), taken forward and for the gradient unless `names` say which."""

    def functions() -> Functions:
        def dropout(x: np.ndarray, keep: np.ndarray, *, rate: float) -> np.ndarray:
            return change(x, keep, rate)

        def dropout_vjp(dy: np.ndarray, x: np.ndarray, keep: np.ndarray, *, rate: float) -> tuple[np.ndarray]:
            return (change(dy, keep, rate),)

        made = {"dropout": dropout, "dropout_vjp": dropout_vjp}
        return {name: made[name] for name in names or made}

    return functions


def right(x: np.ndarray, keep: np.ndarray, rate: float) -> np.ndarray:
    return of_reference("dropout")(x, keep, rate=rate)


def mask_not_looked_at_without_a_rate(x: np.ndarray, keep: np.ndarray, rate: float) -> np.ndarray:
    return right(x, keep | (rate == 0), rate)


FAULTS = (
    Fault(
        "dropout",
        "what is kept is not scaled",
        "forward",
        "scaled(1-rate)",
        edited("dropout", (DROP, DROP.removesuffix(" / (1 - rate)"))),
    ),
    Fault(
        "dropout",
        "what is kept is divided by the rate",
        "forward",
        "scaled((1-rate)/rate)",
        edited(
            "dropout",
            ("return " + DROP, "with np.errstate(all='ignore'):\n        return np.where(keep, x, 0) / rate"),
        ),
    ),
    Fault(
        "dropout",
        "the mask says what is dropped",
        "forward",
        "mask_inverted",
        changed(lambda x, keep, rate: right(x, ~keep, rate)),
    ),
    Fault(
        "dropout",
        "the mask of the first row is taken for every row",
        "forward",
        None,
        changed(
            lambda x, keep, rate: right(
                x, np.broadcast_to(keep[:1], keep.shape) if keep.ndim > 1 else keep, rate
            )
        ),
    ),
    Fault(
        "dropout",
        "at rate 0 the mask is not looked at",
        "forward",
        None,
        changed(mask_not_looked_at_without_a_rate),
    ),
    Fault(
        "dropout",
        "what is dropped becomes −∞, as in a mask of scores",
        "forward",
        None,
        changed(
            lambda x, keep, rate: np.where(keep, right(x, keep, rate), np.full_like(x, -np.inf)), "dropout"
        ),
    ),
    Fault(
        "dropout",
        "the gradient is not scaled",
        "backward",
        "scaled(1-rate)",
        edited("dropout", (GRADIENT, "return (dropout(dy, keep, rate=0),)")),
    ),
    Fault(
        "dropout",
        "the gradient is scaled twice",
        "backward",
        "scaled(1/(1-rate))",
        edited("dropout", (GRADIENT, "return (dropout(dy, keep, rate=rate) / (1 - rate),)")),
    ),
    Fault(
        "dropout",
        "the gradient does not look at the mask",
        "backward",
        "ignored(keep)",
        edited("dropout", (GRADIENT, "return (dropout(dy, keep | True, rate=rate),)")),
        seen="https://github.com/pytorch/pytorch/issues/190056",
    ),
    Fault(
        "dropout",
        "the gradient has the other entries",
        "backward",
        "mask_inverted",
        changed(lambda dy, keep, rate: right(dy, ~keep, rate), "dropout_vjp"),
    ),
    Fault(
        "dropout",
        "the gradient leaves out the cotangent",
        "backward",
        "cotangent_ignored",
        changed(lambda dy, keep, rate: right(np.ones_like(dy), keep, rate), "dropout_vjp"),
    ),
)
