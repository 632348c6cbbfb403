"""Multi-head attention wrong at the edges: short cuts, sizes that coincide, earlier calls."""

from __future__ import annotations

from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

NAME = "multi_head_attention"


def self_attention_short_cut() -> Functions:
    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray, *weights: np.ndarray, **attributes: Any
    ) -> Any:
        of_reference(NAME)(query, key, value, *weights, **attributes)  # refuses what does not fit
        weight_q, weight_k, weight_v, weight_o = weights
        if key is value:
            weight_v = weight_k
        return of_reference(NAME)(query, key, value, weight_q, weight_k, weight_v, weight_o, **attributes)

    return {NAME: forward}


def self_attention_where_it_fits() -> Functions:
    def forward(query: np.ndarray, key: np.ndarray, *others: np.ndarray, **attributes: Any) -> Any:
        of_reference(NAME)(query, key, *others, **attributes)  # refuses what does not fit
        return of_reference(NAME)(query, query if query.shape == key.shape else key, *others, **attributes)

    return {NAME: forward}


def heads_of_the_first_call() -> Functions:
    compiled: dict[tuple[object, ...], int] = {}

    def forward(
        query: np.ndarray, key: np.ndarray, *others: np.ndarray, heads: int, **attributes: Any
    ) -> Any:
        of_reference(NAME)(query, key, *others, heads=heads, **attributes)  # refuses what does not fit
        heads = compiled.setdefault((query.shape, key.shape, query.dtype), heads)
        return of_reference(NAME)(query, key, *others, heads=heads, **attributes)

    return {NAME: forward}


def batch_by_batch_into_one_buffer() -> Functions:
    """dkey is written per sequence into a buffer of one, which stands for all of them in the end."""

    def vjp(dy: np.ndarray, *inputs: np.ndarray, **attributes: Any) -> Any:
        gradients = list(of_reference(f"{NAME}_vjp")(dy, *inputs, **attributes))
        gradients[1] = np.broadcast_to(gradients[1][-1:], gradients[1].shape).copy()
        return tuple(gradients)

    return {f"{NAME}_vjp": vjp}


FAULTS = (
    Fault(
        NAME,
        "where key and value are one array, both are projected by weight_k",
        "forward",
        "shared_inputs",
        self_attention_short_cut,
    ),
    Fault(
        NAME,
        "the key is taken to be the query where their shapes agree",
        "shape",
        "equal(L,S)",
        self_attention_where_it_fits,
    ),
    Fault(
        NAME,
        "compiled once for each shape, with the heads of that call",
        "state",
        "state",
        heads_of_the_first_call,
    ),
    Fault(
        NAME,
        "dkey of the last sequence for all sequences",
        "backward",
        None,
        batch_by_batch_into_one_buffer,
    ),
    Fault(
        NAME,
        "past 16 positions the gradients of the weights leave the remainder out",
        "shape",
        "size(N L)",
        edited(
            NAME,
            (
                "    return x.reshape(-1, E).T @ dy.reshape(-1, E)",
                "    x, dy = x.reshape(-1, E), dy.reshape(-1, E)\n"
                "    whole = len(x) // 16 * 16 or len(x)\n"
                "    return x[:whole].T @ dy[:whole]",
            ),
        ),
        seen="https://github.com/flagos-ai/FlagGems/pull/898",
    ),
)
