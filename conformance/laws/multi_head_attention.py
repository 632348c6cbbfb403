"""Laws of multi-head attention."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._batch import rows
from ._law import At, Law, Sides

_NAME = "multi_head_attention"


def _order(calls: Calls, at: At) -> Iterator[Sides]:
    query, key, value, *weights = at.inputs
    if not at.attributes["causal"]:
        permuted = calls.forward(_NAME, query, key[:, ::-1], value[:, ::-1], *weights, **at.attributes)
        yield permuted, calls.forward(_NAME, *at.inputs, **at.attributes)


def _heads(calls: Calls, at: At) -> Iterator[Sides]:
    *given, weight_q, weight_k, weight_v, weight_o = at.inputs
    heads = at.attributes["heads"]
    if heads > 1:
        columns = np.arange(len(weight_o)).reshape(heads, -1)[::-1].reshape(-1)
        permuted = weight_q[:, columns], weight_k[:, columns], weight_v[:, columns], weight_o[columns]
        y = calls.forward(_NAME, *at.inputs, **at.attributes)
        yield calls.forward(_NAME, *given, *permuted, **at.attributes), y


def _prefix(calls: Calls, at: At) -> Iterator[Sides]:
    query, key, value, *weights = at.inputs
    # As many queries as keys: there every convention is the same.
    m = min(query.shape[1], key.shape[1])
    if at.attributes["causal"] and m > 1:
        whole, first = (
            calls.forward(_NAME, query[:, :s], key[:, :s], value[:, :s], *weights, **at.attributes)
            for s in (m, m // 2)
        )
        yield first, whole[:, : m // 2]


def _tangent(calls: Calls, at: At) -> Iterator[Sides]:
    _, dkey, *_ = calls.vjp(_NAME, at.cotangents, *at.inputs, **at.attributes)
    yield np.sum(dkey, axis=1), 0.0


LAWS = (
    *rows(3),
    Law("order", "keys have no order: permuting them with their values changes nothing", _order),
    Law(
        "heads",
        "heads have no order: permuting their columns and the rows of weight_o changes nothing",
        _heads,
    ),
    Law("prefix", "where it is causal, what comes later changes nothing", _prefix),
    Law("tangent", "Σ_j dkey[j] = 0, since a shift of every key changes nothing", _tangent, backward=True),
)
