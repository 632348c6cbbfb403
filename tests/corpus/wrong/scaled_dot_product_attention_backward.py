"""Wrong gradients of attention."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._attention import NAME, arranged, scores, softmax, visible
from wrong._layouts import misread, overwritable

DS = "ds = p * (dp - np.sum(dy * y, axis=-1, keepdims=True))"
P = "p = np.exp(_scores(query, key, causal, mask, causal_convention) - shift) / total"
DVALUE = "np.swapaxes(p, -1, -2) @ dy"
DKEY = "np.swapaxes(ds, -1, -2) @ query / root"

Change = Callable[..., Any]
"""From the right gradients and all arguments to wrong ones."""


def afterwards(change: Change) -> Callable[[], Functions]:
    def vjp(dy: np.ndarray, *inputs: np.ndarray, **attributes: Any) -> Any:
        return change(*of_reference(f"{NAME}_vjp")(dy, *inputs, **attributes), dy, *inputs)

    return lambda: {f"{NAME}_vjp": vjp}


def exchanged(dquery: np.ndarray, dkey: np.ndarray, dvalue: np.ndarray, *arguments: np.ndarray) -> Any:
    return dkey, dquery, dvalue


def value_where_it_fits(
    dquery: np.ndarray, dkey: np.ndarray, dvalue: np.ndarray, *arguments: np.ndarray
) -> Any:
    return (dquery, dvalue, dkey) if dkey.shape == dvalue.shape else (dquery, dkey, dvalue)


def key_detached(dquery: np.ndarray, dkey: np.ndarray, dvalue: np.ndarray, *arguments: np.ndarray) -> Any:
    return dquery, np.zeros_like(dkey), dvalue


def last_block_of_queries(
    dquery: np.ndarray,
    dkey: np.ndarray,
    dvalue: np.ndarray,
    dy: np.ndarray,
    query: np.ndarray,
    *others: np.ndarray,
) -> Any:
    dquery = dquery.copy()
    L = query.shape[1]
    if L > 16:
        dquery[:, L - L % 16 :] = 0
    return dquery, dkey, dvalue


def dvalue_not_masked(
    dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray,
    *, causal: bool = False, mask: np.ndarray | None = None,
) -> Any:  # fmt: skip
    """The softmax for dvalue is computed again, of scores that nothing was hidden from."""
    right = of_reference(f"{NAME}_vjp")(dy, query, key, value, causal=causal, mask=mask)
    p = softmax(scores(query, key))
    return (*right[:2], np.swapaxes(p, -1, -2) @ dy)


def dvalue_by_p_where_square() -> Functions:
    def vjp(
        dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> Any:  # fmt: skip
        dquery, dkey, dvalue = of_reference(f"{NAME}_vjp")(dy, query, key, value, causal=causal, mask=mask)
        L, S = query.shape[1], key.shape[1]
        if L == S:
            p = softmax(np.where(visible(L, S, causal, mask), scores(query, key), -math.inf))
            dvalue = p @ dy
        return dquery, dkey, dvalue

    return {f"{NAME}_vjp": vjp}


def saved_by_the_last_forward() -> Functions:
    """The output that the sum term needs is that of the last forward call of the same shapes."""
    last: dict[tuple[object, ...], np.ndarray] = {}

    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> np.ndarray:
        y = of_reference(NAME)(query, key, value, **attributes)
        last[query.shape, value.shape, y.dtype] = y.copy()
        return y

    def vjp(
        dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> Any:  # fmt: skip
        right = of_reference(f"{NAME}_vjp")(dy, query, key, value, causal=causal, mask=mask)
        y = last.get((query.shape, value.shape, dy.dtype))
        if y is None:
            return right
        seen = visible(query.shape[1], key.shape[1], causal, mask)
        p = softmax(np.where(seen, scores(query, key), -math.inf))
        ds = p * (dy @ np.swapaxes(value, -1, -2) - np.sum(dy * y, axis=-1, keepdims=True))
        root = math.sqrt(query.shape[-1])
        return ds @ key / root, np.swapaxes(ds, -1, -2) @ query / root, right[2]

    return {NAME: forward, f"{NAME}_vjp": vjp}


def scaled_in_the_query() -> Functions:
    def vjp(dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> Any:
        result = of_reference(f"{NAME}_vjp")(dy, query, key, value, **attributes)
        query = overwritable(query)
        query /= query.dtype.type(math.sqrt(query.shape[-1]))
        return result

    return {f"{NAME}_vjp": vjp}


FAULTS = (
    Fault(
        NAME,
        "ds without the sum term",
        "backward",
        "uncoupled",
        edited(NAME, (DS, "ds = p * dp")),
        seen="https://github.com/pocketpy/cTensor/pull/31",
    ),
    Fault(
        NAME,
        "the sum term over the queries",
        "backward",
        None,
        edited(NAME, (DS, "ds = p * (dp - np.sum(p * dp, axis=-2, keepdims=True))")),
    ),
    Fault(
        NAME,
        "dquery not divided by √E",
        "backward",
        "scaled(√E)",
        edited(NAME, ("ds @ key / root", "ds @ key")),
    ),
    Fault(
        NAME,
        "dkey divided by E, twice by its root",
        "backward",
        "scaled(1/√E)",
        edited(NAME, (DKEY, f"{DKEY} / root")),
    ),
    Fault(
        NAME,
        "dquery and dkey in each other's place",
        "backward",
        "exchanged(dquery,dkey) or shape",
        afterwards(exchanged),
        seen="https://github.com/ooples/AiDotNet.Tensors/issues/49",
    ),
    Fault(
        NAME,
        "dkey and dvalue in each other's place where E = F",
        "shape",
        "equal(E,F) or exchanged(dkey,dvalue)",
        afterwards(value_where_it_fits),
    ),
    Fault(NAME, "no gradient for the key", "backward", "zero", afterwards(key_detached)),
    Fault(
        NAME,
        "dvalue by weights that do not sum to 1",
        "backward",
        None,
        edited(NAME, (DVALUE, "np.swapaxes(p * total, -1, -2) @ dy")),
    ),
    Fault(
        NAME,
        "dvalue by weights that were not masked",
        "backward",
        None,
        lambda: {f"{NAME}_vjp": dvalue_not_masked},
    ),
    Fault(
        NAME,
        "the gradients not masked by causal",
        "backward",
        "ignored(causal)",
        arranged(lambda given: {**given, "causal": False}, "vjp"),
    ),
    Fault(
        NAME,
        "the gradients not masked by the mask",
        "backward",
        "ignored(mask)",
        arranged(lambda given: {**given, "mask": None}, "vjp"),
    ),
    Fault(
        NAME,
        "ds multiplied by p twice",
        "backward",
        None,
        edited(NAME, (DS, DS.replace("p * (", "p * p * ("))),
    ),
    Fault(
        NAME,
        "where L = S the weights are not transposed for dvalue",
        "shape",
        "equal(L,S)",
        dvalue_by_p_where_square,
        seen="https://github.com/huggingface/diffusers/pull/14341",
    ),
    Fault(
        NAME,
        "past 16 queries dquery stays 0 in the remainder",
        "shape",
        "size(L)",
        afterwards(last_block_of_queries),
        seen="https://github.com/flagos-ai/FlagGems/pull/898",
    ),
    Fault(
        NAME,
        "the strides of the cotangent are ignored",
        "shape",
        "strides",
        arranged(lambda given: {**given, "dy": misread(given["dy"])}, "vjp"),
        seen="https://github.com/Dao-AILab/flash-attention/issues/355",
    ),
    Fault(
        NAME,
        "weights computed again without the shift",
        "stability",
        "not_finite or unshifted",
        edited(NAME, (P, P.replace(" - shift) / total", ") / (total * np.exp(shift))"))),
    ),
    Fault(
        NAME,
        "the sum term uses the output of the last forward call of these shapes",
        "state",
        "state",
        saved_by_the_last_forward,
    ),
    Fault(NAME, "the query is scaled in place for the gradient", "state", "in_place", scaled_in_the_query),
)
