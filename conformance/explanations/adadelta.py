"""What implementations of `adadelta` get wrong: which accumulators meet, and where ε stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._optimizer import State, by_steps, with_state


def _mean(of: np.ndarray, old: np.ndarray, a: Mapping[str, Any]) -> np.ndarray:
    return np.asarray(a["decay"] * old + (1 - a["decay"]) * of * of)


def _taken(g: np.ndarray, d: np.ndarray, s: np.ndarray, a: Mapping[str, Any]) -> np.ndarray:
    return np.asarray(np.sqrt(d + a["epsilon"]) / np.sqrt(s + a["epsilon"]) * g)


def _old(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    u = _taken(g, state["d"], state["v"], a)
    state["v"], state["d"] = _mean(g, state["v"], a), _mean(u, state["d"], a)
    return np.asarray(a["learning_rate"] * u)


def _with_rate(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(g, state["v"], a)
    u = a["learning_rate"] * _taken(g, state["d"], state["v"], a)
    state["d"] = _mean(u, state["d"], a)
    return np.asarray(u)


def _of_gradients(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(g, state["v"], a)
    u = _taken(g, state["d"], state["v"], a)
    state["d"] = _mean(g, state["d"], a)
    return np.asarray(a["learning_rate"] * u)


def _outside(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(g, state["v"], a)
    u = (np.sqrt(state["d"]) + a["epsilon"]) / (np.sqrt(state["v"]) + a["epsilon"]) * g
    state["d"] = _mean(u, state["d"], a)
    return np.asarray(a["learning_rate"] * u)


def _no_memory(g: np.ndarray, state: State, t: int, a: Mapping[str, Any]) -> np.ndarray:
    state["v"] = _mean(g, state["v"], a)
    return np.asarray(a["learning_rate"] * _taken(g, state["d"], state["v"], a))


EXPLANATIONS = (
    by_steps("old_state", "the step divides by the accumulator before it is updated", _old),
    by_steps("rate_in_memory", "d gathers lr u in place of u", _with_rate),
    by_steps("memory_of_gradients", "d gathers g² in place of u²", _of_gradients),
    by_steps("memory_missing", "d is never updated", _no_memory),
    by_steps("epsilon_outside", "ε is added to the roots, not under them", _outside),
    *with_state(),
)
