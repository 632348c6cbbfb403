"""What implementations of `rmsprop` get wrong: which mean divides, and what it is a mean of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._optimizer import State, by_steps, with_state


def _mean(g: np.ndarray, state: State, a: Mapping[str, Any]) -> np.ndarray:
    return np.asarray(a["decay"] * state["v"] + (1 - a["decay"]) * g * g)


def _old(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    before, state["v"] = state["v"], _mean(g, state, a)
    return np.asarray(a["learning_rate"] * g / (np.sqrt(before) + a["epsilon"]))


def _no_root(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(g, state, a)
    return np.asarray(a["learning_rate"] * g / (state["v"] + a["epsilon"]))


def _summed(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = a["decay"] * state["v"] + g * g
    return np.asarray(a["learning_rate"] * g / (np.sqrt(state["v"]) + a["epsilon"]))


def _centered(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(g, state, a)
    state["m"] = a["decay"] * state["m"] + (1 - a["decay"]) * g
    return np.asarray(a["learning_rate"] * g / (np.sqrt(state["v"] - state["m"] ** 2) + a["epsilon"]))


def _corrected(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(g, state, a)
    return np.asarray(a["learning_rate"] * g / (np.sqrt(state["v"] / (1 - a["decay"] ** t)) + a["epsilon"]))


def _absolute(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = a["decay"] * state["v"] + (1 - a["decay"]) * np.abs(g)
    return np.asarray(a["learning_rate"] * g / (np.sqrt(state["v"]) + a["epsilon"]))


def _first(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = g * g if t == 1 else _mean(g, state, a)
    return np.asarray(a["learning_rate"] * g / (np.sqrt(state["v"]) + a["epsilon"]))


def _undecayed(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = state["v"] + g * g
    return np.asarray(a["learning_rate"] * g / (np.sqrt(state["v"]) + a["epsilon"]))


def _larger(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(g, state, a)
    return np.asarray(a["learning_rate"] * g / np.maximum(np.sqrt(state["v"]), a["epsilon"]))


def _joint(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(np.sqrt(np.mean(g * g)) * np.ones_like(g), state, a)
    return np.asarray(a["learning_rate"] * g / (np.sqrt(state["v"]) + a["epsilon"]))


EXPLANATIONS = (
    by_steps("not_squared", "s is a mean of |g| in place of g²", _absolute),
    by_steps("starts_at_first", "s starts at the first g² in place of 0", _first),
    by_steps("undecayed", "squares are summed without decay, as in AdaGrad", _undecayed),
    by_steps("larger_of_epsilon", "the larger of √s and ε divides, not their sum", _larger),
    by_steps("joint", "one mean is kept for all entries, not one for each", _joint),
    by_steps("old_state", "the step divides by the mean before it is updated", _old),
    by_steps("no_root", "the step divides by s + ε, without the root", _no_root),
    by_steps("undamped", "s ← ρ s + g²: the factor 1 − ρ is missing", _summed),
    by_steps("centered", "the square of the mean gradient is subtracted, as centred RMSProp does", _centered),
    by_steps("bias_correction", "the mean is corrected for its start, as Adam's is", _corrected),
    *with_state(),
)
