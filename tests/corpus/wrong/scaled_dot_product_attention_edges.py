"""Attention wrong at the edges: sizes that coincide, tiles on the diagonal, layouts, earlier calls."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from fault import Fault, Functions, of_reference
from wrong._attention import NAME, arranged, attending, scores, softmax, triangle, visible
from wrong._layouts import inner_stride_one


def key_transposed_where_square(given: dict[str, Any]) -> dict[str, Any]:
    _, S, E = given["key"].shape
    return {**given, "key": np.swapaxes(given["key"], 1, 2)} if S == E else given


def value_transposed_where_square(given: dict[str, Any]) -> dict[str, Any]:
    _, S, F = given["value"].shape
    return {**given, "value": np.swapaxes(given["value"], 1, 2)} if S == F else given


def diagonal_tile_unmasked(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    """Past 16 queries, in tiles of 16 by 16: those on the diagonal after the first are not masked."""
    seen = visible(L, S, causal, mask)
    if not causal:
        return seen
    tile_l, tile_s = np.arange(L)[:, None] // 16, np.arange(S) // 16
    return (triangle(L, S) | ((tile_l == tile_s) & (tile_l > 0))) & visible(L, S, False, mask)


def added_to_hidden_scores() -> Functions:
    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        of_reference(NAME)(query, key, value, causal=causal, mask=mask)  # refuses what does not fit
        seen = visible(query.shape[1], key.shape[1], causal, mask)
        s = scores(query, key)
        return softmax(np.where(seen, s, s - 10000)) @ value

    return {NAME: forward}


def causal_of_the_first_call() -> Functions:
    compiled: dict[tuple[object, ...], bool] = {}

    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> np.ndarray:
        of_reference(NAME)(query, key, value, **attributes)  # refuses what does not fit
        first = compiled.setdefault((query.shape, key.shape, query.dtype), attributes.get("causal", False))
        return of_reference(NAME)(query, key, value, **{**attributes, "causal": first})

    return {NAME: forward}


def single_value_broadcast() -> Functions:
    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> np.ndarray:
        y = of_reference(NAME)(query, key, value, **attributes)
        return np.broadcast_to(value, y.shape) if key.shape[1] == 1 and not np.isnan(y).any() else y

    return {NAME: forward}


def same_key_and_value() -> Functions:
    """A short cut for key and value in one array, which forgets that both have gradients."""

    def vjp(dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> Any:
        dquery, dkey, dvalue = of_reference(f"{NAME}_vjp")(dy, query, key, value, **attributes)
        return (dquery, dkey + dvalue, dkey + dvalue) if key is value else (dquery, dkey, dvalue)

    return {f"{NAME}_vjp": vjp}


def equal_counts_share_a_mask() -> Functions:
    """Of masks that show the same number of keys the packed form keeps the first."""

    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        right = of_reference(NAME)(query, key, value, causal=causal, mask=mask)
        if mask is None or len({int(seen) for seen in mask.sum(axis=(1, 2))}) > 1:
            return right
        seen = visible(query.shape[1], key.shape[1], causal, mask[:1])
        return softmax(np.where(seen, scores(query, key), -math.inf)) @ value

    return {NAME: forward}


FAULTS = (
    Fault(
        NAME,
        "the key is not transposed where S = E",
        "shape",
        "equal(E,S) or transposed(key)",
        arranged(key_transposed_where_square, "forward"),
        seen="https://github.com/huggingface/diffusers/pull/14341",
    ),
    Fault(
        NAME,
        "the value is transposed where S = F",
        "shape",
        "equal(S,F) or transposed(value)",
        arranged(value_transposed_where_square, "forward"),
    ),
    Fault(
        NAME,
        "past 16 positions the tiles on the diagonal are not masked",
        "shape",
        "size(L)",
        attending(diagonal_tile_unmasked),
        seen="https://github.com/flagos-ai/FlagGems/pull/898",
    ),
    Fault(
        NAME,
        "hidden scores are lowered by 10000, not to −∞",
        "stability",
        None,
        added_to_hidden_scores,
    ),
    Fault(
        NAME,
        "compiled once for each shape, with the causal of that call",
        "state",
        "state",
        causal_of_the_first_call,
    ),
    Fault(
        NAME, "the value of a single key comes back, broadcast", "state", "aliasing", single_value_broadcast
    ),
    Fault(
        NAME,
        "where key and value are one array, each gets the gradient of both",
        "backward",
        "shared_inputs",
        same_key_and_value,
    ),
    Fault(
        NAME,
        "masks with the same number of keys are taken for the same mask",
        "shape",
        None,
        equal_counts_share_a_mask,
    ),
    Fault(
        NAME,
        "the value's rows are taken for contiguous",
        "shape",
        "strides",
        arranged(lambda given: {**given, "value": inner_stride_one(given["value"])}, "forward"),
        seen="https://github.com/Dao-AILab/flash-attention/issues/355",
    ),
)
