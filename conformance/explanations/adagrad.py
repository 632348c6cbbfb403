"""What implementations of `adagrad` get wrong: which accumulator divides, and its root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._optimizer import State, by_steps, with_state


def _old(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    before = state["v"]
    state["v"] = state["v"] + g * g
    return np.asarray(a["learning_rate"] * g / (np.sqrt(before) + a["epsilon"]))


def _no_root(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = state["v"] + g * g
    return np.asarray(a["learning_rate"] * g / (state["v"] + a["epsilon"]))


def _absolute(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = state["v"] + np.abs(g)
    return np.asarray(a["learning_rate"] * g / (np.sqrt(state["v"]) + a["epsilon"]))


EXPLANATIONS = (
    by_steps("old_state", "the step divides by the accumulator before it is updated", _old),
    by_steps("no_root", "the step divides by s + ε, without the root", _no_root),
    by_steps("not_squared", "|g| is accumulated in place of g²", _absolute),
    *with_state(),
)
