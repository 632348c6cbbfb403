"""Embedding and one-hot code in other forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from variant import Functions, Honest

from honest._fit import fits, within

Array = np.ndarray
Scatter = Callable[[Array, Array, int], Array]
"""Σ of the rows dy[M, D] over equal indices[M], as [V, D]."""


def by_one_hot(dy: Array, indices: Array, V: int) -> Array:
    """one_hot(indices)ᵀ @ dy, as on matrix units."""
    return np.eye(V, dtype=dy.dtype)[indices].T @ dy


def by_sorting(dy: Array, indices: Array, V: int) -> Array:
    """Equal indices side by side, and the sum of each segment."""
    out = np.zeros((V, dy.shape[1]), dy.dtype)
    if indices.size:
        order = np.argsort(indices, kind="stable")
        found, starts = np.unique(indices[order], return_index=True)
        out[found] = np.add.reduceat(dy[order], starts, axis=0)
    return out


def by_counting(dy: Array, indices: Array, V: int) -> Array:
    """np.bincount of each column, which adds up in float64."""
    columns = [np.bincount(indices, weights=column, minlength=V) for column in dy.T]
    return np.stack(columns, axis=1).astype(dy.dtype)


def by_word(dy: Array, indices: Array, V: int) -> Array:
    """For each word, the sum over the places where it stands."""
    return np.stack([dy[indices == v].sum(axis=0) for v in range(V)])


_ORDERS = np.random.default_rng(8)


def in_any_order(dy: Array, indices: Array, V: int) -> Array:
    """Row by row, in another order in every call, as the threads of a GPU add."""
    out = np.zeros((V, dy.shape[1]), dy.dtype)
    order = _ORDERS.permutation(len(indices))
    np.add.at(out, indices[order], dy[order])
    return out


def embedding_functions(scatter: Scatter, gather: Callable[[Array, Array], Array]) -> Functions:
    def embedding(table: Array, indices: Array) -> Array:
        fits("VD NT", table, indices)
        within(indices, len(table))
        return gather(table, indices)

    def embedding_vjp(dy: Array, table: Array, indices: Array) -> tuple[Array]:
        V, D, *_ = fits("VD NT NTD", table, indices, dy).values()
        within(indices, V)
        return (scatter(dy.reshape(-1, D), indices.ravel(), V),)

    return {"embedding": embedding, "embedding_vjp": embedding_vjp}


def rows_of(table: Array, indices: Array) -> Array:
    """Row by row."""
    rows = [table[i] for i in indices.ravel()]
    return np.array(rows, table.dtype).reshape(*indices.shape, table.shape[1])


def one_hot_by_eye(indices: Array, *, depth: int) -> Array:
    within(indices, depth)
    return np.eye(depth)[indices]


def one_hot_by_put(indices: Array, *, depth: int) -> Array:
    within(indices, depth)
    y = np.zeros((*indices.shape, depth))
    np.put_along_axis(y, indices[..., None], 1.0, axis=-1)
    return y


def one_hot_by_distance(indices: Array, *, depth: int) -> Array:
    """1 less the distance, where that is positive."""
    within(indices, depth)
    return np.maximum(1.0 - np.abs(np.subtract.outer(indices, np.arange(depth))), 0.0)


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "embedding gradient by one-hot matrices",
        {
            **embedding_functions(by_one_hot, lambda table, i: table.take(i, axis=0)),
            "one_hot": one_hot_by_eye,
        },
    ),
    Honest(
        "embedding gradient by sorting and segment sums",
        {**embedding_functions(by_sorting, rows_of), "one_hot": one_hot_by_put},
    ),
    Honest(
        "embedding gradient by counting, column by column",
        {
            **embedding_functions(by_counting, lambda table, i: np.stack([c[i] for c in table.T], axis=-1)),
            "one_hot": one_hot_by_distance,
        },
        "np.bincount adds up in float64",
    ),
    Honest(
        "embedding gradient in another order in every call",
        embedding_functions(in_any_order, lambda table, i: table[i]),
    ),
    Honest("embedding gradient word by word", embedding_functions(by_word, lambda table, i: table[i])),
)
