"""Laws of scaled dot-product attention."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..program import Calls
from ._batch import rows
from ._law import At, Law, Sides

_NAME = "scaled_dot_product_attention"


def _average(calls: Calls, at: At) -> Iterator[Sides]:
    query, key, value = at.inputs
    yield calls.forward(_NAME, query, key, np.ones_like(value), **at.attributes), 1.0


def _order(calls: Calls, at: At) -> Iterator[Sides]:
    query, key, value = at.inputs
    mask = at.attributes["mask"]
    if not at.attributes["causal"]:
        permuted = {**at.attributes, "mask": None if mask is None else mask[:, :, ::-1]}
        y = calls.forward(_NAME, *at.inputs, **at.attributes)
        yield calls.forward(_NAME, query, key[:, ::-1], value[:, ::-1], **permuted), y


def _prefix(calls: Calls, at: At) -> Iterator[Sides]:
    if at.attributes["causal"] and at.attributes["mask"] is None:
        # As many queries as keys: there every convention is the same.
        m = min(x.shape[1] for x in at.inputs)
        query, key, value = (x[:, :m] for x in at.inputs)
        y = calls.forward(_NAME, query, key, value, causal=True)
        for row in range(m):
            alone = calls.forward(_NAME, query[:, [row]], key[:, : row + 1], value[:, : row + 1])
            yield alone[:, 0], y[:, row]


def _hidden(calls: Calls, at: At) -> Iterator[Sides]:
    mask = at.attributes["mask"]
    if mask is not None and not at.attributes["causal"]:
        y = calls.forward(_NAME, *at.inputs, **at.attributes)
        for n, visible in enumerate(mask):
            query, key, value = (x[[n]] for x in at.inputs)
            row = n % len(visible)  # another one each time
            seen = np.flatnonzero(visible[row])
            yield calls.forward(_NAME, query[:, [row]], key[:, seen], value[:, seen])[0, 0], y[n, row]


def _tangent(calls: Calls, at: At) -> Iterator[Sides]:
    _, dkey, dvalue = calls.vjp(_NAME, at.cotangents, *at.inputs, **at.attributes)
    yield np.sum(dkey, axis=1), 0.0
    yield np.sum(dvalue, axis=1), np.sum(at.cotangents[0], axis=1)


LAWS = (
    *rows(3),
    Law("average", "the weights of a row add up to 1: y = 1 where every value is 1", _average),
    Law("order", "keys have no order: permuting them with their values changes nothing", _order),
    Law("prefix", "the causal row l is attention over the keys up to l", _prefix),
    Law("hidden", "a masked key is as good as none", _hidden),
    Law("tangent", "Σ_j dkey[j] = 0 and Σ_j dvalue[j] = Σ_l dy[l]", _tangent, backward=True),
)
