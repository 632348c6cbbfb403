"""Attention that sees what it must not, or does not see what it may; with the gradient that goes with it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from fault import Fault, Functions, of_reference
from wrong._attention import NAME, arranged, attending, backward, scores, softmax, triangle, visible


def strict(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    return visible(L, S, False, mask) & (triangle(L, S, -1) if causal else True)


def later(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    return visible(L, S, False, mask) & (~triangle(L, S, -1) if causal else True)


def one_further(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    return visible(L, S, False, mask) & (triangle(L, S, 1) if causal else True)


def inverted(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    return visible(L, S, causal, None if mask is None else ~mask)


def either(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    return triangle(L, S) | mask if causal and mask is not None else visible(L, S, causal, mask)


def of_the_first_sequence(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    return visible(L, S, causal, None if mask is None else mask[:1])


def of_the_first_query(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    return visible(L, S, causal, None if mask is None else mask[:, :1])


def transposed_where_square(L: int, S: int, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    return visible(L, S, causal, mask if mask is None or L != S else np.swapaxes(mask, 1, 2))


def from_the_last_key(given: dict[str, Any]) -> dict[str, Any]:
    L, S = given["query"].shape[1], given["key"].shape[1]
    if not given.get("causal"):
        return given
    if L > S:
        raise NotImplementedError("more queries than keys")
    return {**given, "causal_convention": "bottom_right"}


def single_query_sees_all(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "causal": False} if given["query"].shape[1] == 1 else given


def causal_displaces_mask(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "mask": None} if given.get("causal") else given


def hidden(way: str) -> Any:
    """Functions that hide keys otherwise than by scores of −∞."""

    def weights(
        query: np.ndarray, key: np.ndarray, causal: bool, mask: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """p, and by what ds is multiplied."""
        s = scores(query, key)
        seen = np.broadcast_to(visible(query.shape[1], key.shape[1], causal, mask), s.shape)
        if way == "score 0":
            return softmax(s * seen), seen
        if way == "score -100":
            return softmax(np.where(seen, s, -100)), seen
        return softmax(s), np.ones_like(seen)

    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        right = of_reference(NAME)(query, key, value, causal=causal, mask=mask)
        if not causal and mask is None:
            return right
        p, _ = weights(query, key, causal, mask)
        kept = visible(query.shape[1], key.shape[1], causal, mask) if way == "afterwards" else True
        return np.where(kept, p, 0) @ value

    def vjp(
        dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> tuple[np.ndarray, ...]:  # fmt: skip
        right = of_reference(f"{NAME}_vjp")(dy, query, key, value, causal=causal, mask=mask)
        if not causal and mask is None:
            return right
        p, through = weights(query, key, causal, mask)
        kept = visible(query.shape[1], key.shape[1], causal, mask) if way == "afterwards" else True
        dp = np.where(kept, dy @ np.swapaxes(value, -1, -2), 0)
        ds = np.where(through, p * (dp - np.sum(p * dp, axis=-1, keepdims=True)), 0)
        return backward(dy, query, key, value, np.where(kept, p, 0), ds)

    return lambda: {NAME: forward, f"{NAME}_vjp": vjp}


def triangle_written_into_the_mask() -> Functions:
    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> np.ndarray:
        y = of_reference(NAME)(query, key, value, **attributes)
        mask = attributes.get("mask")
        if attributes.get("causal") and mask is not None and mask.flags.writeable:
            mask &= triangle(query.shape[1], key.shape[1])
        return y

    return {NAME: forward}


def first_mask_kept() -> Functions:
    kept: dict[tuple[int, ...], np.ndarray] = {}

    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        right = of_reference(NAME)(query, key, value, causal=causal, mask=mask)
        if mask is None:
            return right
        seen = visible(*mask.shape[1:], causal, kept.setdefault(mask.shape, mask.copy()))
        return softmax(np.where(seen, scores(query, key), -math.inf)) @ value

    return {NAME: forward}


FAULTS = (
    Fault(NAME, "a query does not see its own key", "forward", "causal_strict", attending(strict)),
    Fault(
        NAME,
        "a query sees the key after its own",
        "forward",
        "off_by_one(causal)",
        attending(one_further),
    ),
    Fault(NAME, "causal turned round: keys from l on", "forward", "causal_inverted", attending(later)),
    Fault(
        NAME,
        "causal not heeded",
        "forward",
        "ignored(causal)",
        arranged(lambda given: {**given, "causal": False}),
    ),
    Fault(
        NAME,
        "the causal triangle ends at the last key",
        "forward",
        "convention(scaled_dot_product_attention.causal=bottom_right)",
        arranged(from_the_last_key),
        seen="https://github.com/ml-explore/mlx/issues/2835",
    ),
    Fault(
        NAME,
        "a single query is taken for the last: causal hides nothing from it",
        "shape",
        "size(L)",
        arranged(single_query_sees_all),
        seen="https://github.com/pytorch/executorch/issues/22426",
    ),
    Fault(
        NAME,
        "True means hidden",
        "forward",
        "mask_inverted",
        attending(inverted),
        seen="torch 2.13.0, nn.MultiheadAttention",
    ),
    Fault(
        NAME,
        "the mask not heeded",
        "forward",
        "ignored(mask)",
        arranged(lambda given: {**given, "mask": None}),
    ),
    Fault(
        NAME,
        "with causal the mask is not heeded",
        "forward",
        "ignored(mask)",
        arranged(causal_displaces_mask),
    ),
    Fault(
        NAME,
        "with causal a key is seen that either of the two shows",
        "forward",
        "mask in place of both)",
        attending(either),
    ),
    Fault(
        NAME,
        "the mask of the first sequence for all",
        "forward",
        None,
        attending(of_the_first_sequence),
    ),
    Fault(
        NAME,
        "the mask of the first query for all",
        "forward",
        None,
        attending(of_the_first_query),
    ),
    Fault(
        NAME,
        "the mask transposed where L = S",
        "shape",
        "equal(L,S) or transposed(mask)",
        attending(transposed_where_square),
    ),
    Fault(
        NAME,
        "scores of hidden keys become 0",
        "forward",
        None,
        hidden("score 0"),
    ),
    Fault(
        NAME,
        "scores of hidden keys become -100, which large scores reach",
        "stability",
        None,
        hidden("score -100"),
    ),
    Fault(
        NAME,
        "weights hidden after the softmax and not normalised again",
        "forward",
        None,
        hidden("afterwards"),
    ),
    Fault(
        NAME,
        "the causal triangle is written into the mask",
        "state",
        "in_place",
        triangle_written_into_the_mask,
    ),
    Fault(NAME, "the first mask of a shape is kept", "state", "state", first_mask_kept),
)
