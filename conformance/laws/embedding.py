"""Laws of the embedding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _product(calls: Calls, at: At) -> Iterator[Sides]:
    table, indices = at.inputs
    yield calls.forward("embedding", table, indices), _one_hot(calls, at) @ table


def _rename(calls: Calls, at: At) -> Iterator[Sides]:
    table, indices = at.inputs
    renamed = calls.forward("embedding", table[::-1], table.shape[0] - 1 - indices)
    yield renamed, calls.forward("embedding", table, indices)


def _scatter(calls: Calls, at: At) -> Iterator[Sides]:
    (table, _), (dy,) = at.inputs, at.cotangents
    V, D = table.shape
    (dtable,) = calls.vjp("embedding", [dy], *at.inputs)
    yield dtable, _one_hot(calls, at).reshape(-1, V).T @ dy.reshape(-1, D)


def _one_hot(calls: Calls, at: At) -> Any:
    """The indices as one_hot[N,T,V]."""
    table, indices = at.inputs
    return calls.constant((indices[..., None] == np.arange(table.shape[0])).astype(float))


LAWS = (
    Law("product", "y = one_hot(indices) @ table", _product),
    Law("rename", "words have no order: permuting table and indices changes nothing", _rename),
    Law("scatter", "dtable = one_hot(indices)ᵀ @ dy: a repeated index adds up", _scatter, backward=True),
)
