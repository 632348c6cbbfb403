"""Attention around which its faults are built: who sees whom, and by which scale."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from fault import Functions, of_reference

NAME = "scaled_dot_product_attention"
Sees = Callable[[int, int, bool, "np.ndarray | None"], np.ndarray]
"""From L, S, causal and mask to what is visible, of a shape that broadcasts to [N, L, S]."""


def triangle(L: int, S: int, offset: int = 0) -> np.ndarray:
    """bool[L,S]: query l sees the keys up to l + offset."""
    return np.arange(S) <= np.arange(L)[:, None] + offset


def visible(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    """What the contract lets be seen."""
    seen = triangle(L, S) if causal else np.ones((L, S), bool)
    return seen if mask is None else seen & mask


def scores(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    """s[N,L,S] = query @ keyᵀ / √E."""
    return query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1])


def softmax(s: np.ndarray, axis: int = -1) -> np.ndarray:
    """The softmax over an axis; zeros where all of it is −∞."""
    shift = np.max(s, axis=axis, keepdims=True)
    e = np.exp(s - np.where(np.isneginf(shift), 0, shift))
    total = np.sum(e, axis=axis, keepdims=True)
    return e / np.where(total == 0, 1, total)


def backward(
    dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray, p: np.ndarray, ds: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(dquery, dkey, dvalue) of the weights p and of the gradient ds of the scores."""
    root = math.sqrt(query.shape[-1])
    return ds @ key / root, np.swapaxes(ds, -1, -2) @ query / root, np.swapaxes(p, -1, -2) @ dy


def attending(sees: Sees, axis: int = -1) -> Callable[[], Functions]:
    """Attention, with its gradients, to what `sees` says; a query that sees nothing gets zeros."""

    def weights(query: np.ndarray, key: np.ndarray, causal: bool, mask: np.ndarray | None) -> np.ndarray:
        seen = sees(query.shape[1], key.shape[1], causal, mask)
        return softmax(np.where(seen, scores(query, key), -math.inf), axis)

    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        of_reference(NAME)(query, key, value, causal=causal, mask=mask)  # refuses what does not fit
        return weights(query, key, causal, mask) @ value

    def vjp(
        dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> tuple[np.ndarray, ...]:  # fmt: skip
        of_reference(f"{NAME}_vjp")(dy, query, key, value, causal=causal, mask=mask)
        p = weights(query, key, causal, mask)
        dp = dy @ np.swapaxes(value, -1, -2)
        ds = p * (dp - np.sum(p * dp, axis=axis, keepdims=True))
        return backward(dy, query, key, value, p, ds)

    return lambda: {NAME: forward, f"{NAME}_vjp": vjp}


def arranged(arrange: Callable[[dict[str, Any]], dict[str, Any]], *parts: str) -> Callable[[], Functions]:
    """The reference with other values for its arguments: `arrange` maps them, by name, to those it is given.

    `parts` are "forward" and "vjp", or one of them; what the arguments lack of the reference's it refuses.
    """

    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> Any:
        given = {"query": query, "key": key, "value": value, **attributes}
        of_reference(NAME)(**given)
        return of_reference(NAME)(**arrange(given))

    def vjp(dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> Any:
        given = {"dy": dy, "query": query, "key": key, "value": value, **attributes}
        of_reference(f"{NAME}_vjp")(**given)
        return of_reference(f"{NAME}_vjp")(**arrange(given))

    both = {"forward": (NAME, forward), "vjp": (f"{NAME}_vjp", vjp)}
    return lambda: dict(both[part] for part in parts or both)
