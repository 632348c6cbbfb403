"""What implementations of `adam` get wrong: the corrections, their step, and which moment is which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ._optimizer import State, Step, by_steps, with_state


def _step(
    correct_m: Callable[[float, int], float],
    correct_v: Callable[[float, int], float],
    square: Callable[[np.ndarray], np.ndarray] = np.square,
    root: Callable[[np.ndarray], np.ndarray] = np.sqrt,
) -> Step:
    """One step, with what divides the moments, what is averaged in v, and what is made of v̂."""

    def step(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
        state["m"] = a["beta1"] * state["m"] + (1 - a["beta1"]) * g
        state["v"] = a["beta2"] * state["v"] + (1 - a["beta2"]) * square(g)
        m, v = state["m"] / correct_m(a["beta1"], t), state["v"] / correct_v(a["beta2"], t)
        return np.asarray(a["learning_rate"] * m / (root(v) + a["epsilon"]))

    return step


def _right(beta: float, t: int) -> float:
    return 1 - beta**t


def _none(beta: float, t: int) -> float:
    return 1.0


def _nesterov(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    """Dozat (2016)."""
    b1, b2 = a["beta1"], a["beta2"]
    state["m"] = b1 * state["m"] + (1 - b1) * g
    state["v"] = b2 * state["v"] + (1 - b2) * g * g
    m = b1 * state["m"] / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)
    return np.asarray(a["learning_rate"] * m / (np.sqrt(state["v"] / (1 - b2**t)) + a["epsilon"]))


def _largest(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    """AMSGrad (Reddi, Kale & Kumar 2018)."""
    b1, b2 = a["beta1"], a["beta2"]
    state["m"] = b1 * state["m"] + (1 - b1) * g
    state["v"] = b2 * state["v"] + (1 - b2) * g * g
    state["d"] = np.maximum(state["d"], state["v"])
    return np.asarray(
        a["learning_rate"] * state["m"] / (1 - b1**t) / (np.sqrt(state["d"] / (1 - b2**t)) + a["epsilon"])
    )


def _inside(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    b1, b2 = a["beta1"], a["beta2"]
    state["m"] = b1 * state["m"] + (1 - b1) * g
    state["v"] = b2 * state["v"] + (1 - b2) * g * g
    return np.asarray(
        a["learning_rate"] * state["m"] / (1 - b1**t) / np.sqrt(state["v"] / (1 - b2**t) + a["epsilon"])
    )


EXPLANATIONS = (
    by_steps("correction_missing(m)", "m is not corrected for its start", _step(_none, _right)),
    by_steps("correction_missing(v)", "v is not corrected for its start", _step(_right, _none)),
    by_steps(
        "off_by_one(t)",
        "steps are counted from 2",
        _step(lambda b, t: 1 - b ** (t + 1), lambda b, t: 1 - b ** (t + 1)),
    ),
    by_steps(
        "off_by_one(t)",
        "steps are counted from 0",
        _step(lambda b, t: 1 - b ** (t - 1), lambda b, t: 1 - b ** (t - 1)),
    ),
    by_steps(
        "constant_correction",
        "the corrections stay those of the first step",
        _step(lambda b, t: 1 - b, lambda b, t: 1 - b),
    ),
    by_steps(
        "no_root", "the step divides by v̂ + ε, without the root", _step(_right, _right, root=lambda v: v)
    ),
    by_steps("not_squared", "v averages |g| in place of g²", _step(_right, _right, square=np.abs)),
    by_steps("epsilon_inside", "ε is added under the root", _inside),
    by_steps("nesterov", "the first moment looks ahead, as in NAdam", _nesterov),
    by_steps("amsgrad", "the largest v so far divides, as in AMSGrad", _largest),
    *with_state(),
)
