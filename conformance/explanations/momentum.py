"""What implementations of `momentum` get wrong: Nesterov's and the damped form, and the order of the two
lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._optimizer import State, by_steps, with_state


def _nesterov(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = a["momentum"] * state["v"] + g
    return np.asarray(a["learning_rate"] * (g + a["momentum"] * state["v"]))


def _damped(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = a["momentum"] * state["v"] + (1 - a["momentum"]) * g
    return np.asarray(a["learning_rate"] * state["v"])


def _damped_later(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    """PyTorch's dampening, from the second step on."""
    state["v"] = g if t == 1 else a["momentum"] * state["v"] + (1 - a["momentum"]) * g
    return np.asarray(a["learning_rate"] * state["v"])


def _late(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    before = state["v"]
    state["v"] = a["momentum"] * state["v"] + g
    return np.asarray(a["learning_rate"] * before)


EXPLANATIONS = (
    by_steps("nesterov", "the step is Nesterov's: g + μ v in place of v", _nesterov),
    by_steps("damped", "the velocity is damped: v ← μ v + (1 − μ) g", _damped),
    by_steps("damped", "the velocity is damped from the second step on: v ← μ v + (1 − μ) g", _damped_later),
    by_steps("old_state", "the step takes the velocity before it is updated", _late),
    *with_state(),
)
