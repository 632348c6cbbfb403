"""Wrong dropouts that draw their own mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fault import Fault, Functions, of_reference

Apply = Callable[[np.ndarray, float], np.ndarray]
"""y of (x, rate)."""


def draw(shape: tuple[int, ...], probability: float) -> Any:
    """True with that probability, each by itself."""
    return np.random.default_rng().random(shape) < probability


def right(x: np.ndarray, rate: float) -> np.ndarray:
    return of_reference("random_dropout")(x, rate=rate)


def kept(x: np.ndarray, keep: Any, rate: float) -> np.ndarray:
    return np.where(keep, x, 0) / (1 - rate)


def changed(forward: Apply = right, backward: Apply | None = None) -> Callable[[], Functions]:
    """Other functions of (x, rate) and (dy, rate); one alone is taken for both."""

    def functions() -> Functions:
        def random_dropout(x: np.ndarray, *, rate: float) -> np.ndarray:
            return forward(x, rate)

        def random_dropout_vjp(dy: np.ndarray, x: np.ndarray, *, rate: float) -> tuple[np.ndarray]:
            return ((backward or forward)(dy, rate),)

        return {"random_dropout": random_dropout, "random_dropout_vjp": random_dropout_vjp}

    return functions


def one_draw_for_each_row(x: np.ndarray, rate: float) -> np.ndarray:
    if x.ndim < 2:
        return right(x, rate)
    return kept(x, draw((len(x),), 1 - rate).reshape(-1, *[1] * (x.ndim - 1)), rate)


def one_mask_for_all_rows(x: np.ndarray, rate: float) -> np.ndarray:
    return kept(x, draw(x.shape[1:] if x.ndim > 1 else x.shape, 1 - rate), rate)


def one_draw_for_all(x: np.ndarray, rate: float) -> np.ndarray:
    return kept(x, draw((), 1 - rate), rate)


def same_number_every_time(x: np.ndarray, rate: float) -> np.ndarray:
    dropped = np.arange(x.size) < round(rate * x.size)
    return kept(x, ~np.random.default_rng().permutation(dropped).reshape(x.shape), rate)


def gaussian_factor(x: np.ndarray, rate: float) -> np.ndarray:
    noise = np.random.default_rng().normal(1, (rate / (1 - rate)) ** 0.5, x.shape)
    return (x * noise).astype(x.dtype)


FAULTS = (
    Fault(
        "random_dropout",
        "what is kept is not scaled",
        "forward",
        "scaled(1-rate)",
        changed(lambda x, rate: np.where(draw(x.shape, 1 - rate), x, 0)),
    ),
    Fault(
        "random_dropout",
        "the rate is the fraction kept",
        "forward",
        "complement(rate)",
        changed(lambda x, rate: np.where(draw(x.shape, rate), x, 0) / (rate or 1)),
    ),
    Fault(
        "random_dropout",
        "the mask keeps with probability rate, the scale is right",
        "forward",
        "mask_inverted",
        changed(lambda x, rate: kept(x, draw(x.shape, rate), rate)),
    ),
    Fault(
        "random_dropout",
        "nothing is dropped, as in evaluation",
        "forward",
        "ignored(rate)",
        changed(lambda x, rate: x.copy()),
    ),
    Fault(
        "random_dropout",
        "half is dropped at every rate",
        "forward",
        None,
        changed(lambda x, rate: kept(x, draw(x.shape, 0.5) if rate else True, rate)),
    ),
    Fault(
        "random_dropout",
        "rows are dropped whole, as in stochastic depth",
        "forward",
        None,
        changed(one_draw_for_each_row),
    ),
    Fault(
        "random_dropout",
        "one mask for all rows",
        "forward",
        None,
        changed(one_mask_for_all_rows),
    ),
    Fault(
        "random_dropout",
        "one draw for the whole array",
        "forward",
        None,
        changed(one_draw_for_all),
    ),
    Fault(
        "random_dropout",
        "the same number is dropped at every call",
        "forward",
        None,
        changed(same_number_every_time),
    ),
    Fault(
        "random_dropout",
        "a Gaussian factor in place of a mask",
        "forward",
        None,
        changed(gaussian_factor),
    ),
    Fault(
        "random_dropout",
        "what is kept is scaled twice",
        "forward",
        "scaled(1/(1-rate))",
        changed(lambda x, rate: right(x, rate) / (1 - rate)),
    ),
    Fault(
        "random_dropout",
        "the gradient is not scaled",
        "backward",
        "scaled(1-rate)",
        changed(right, lambda dy, rate: np.where(draw(dy.shape, 1 - rate), dy, 0)),
    ),
    Fault(
        "random_dropout",
        "the gradient has no mask",
        "backward",
        None,
        changed(right, lambda dy, rate: dy / (1 - rate)),
        seen="https://github.com/pytorch/pytorch/issues/190056",
    ),
    Fault(
        "random_dropout",
        "the gradient leaves out the cotangent",
        "backward",
        "cotangent_ignored",
        changed(right, lambda dy, rate: right(np.ones_like(dy), rate)),
    ),
)
