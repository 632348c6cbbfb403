"""Scaled dot-product attention (Vaswani et al. 2017): y = p @ value, p = softmax(s), s = query @ keyᵀ / √E.

query[N,L,E], key[N,S,E], value[N,S,F] → y[N,L,F]; s is −∞ where query l may not see key j.
With dp = dy @ valueᵀ and ds = p ⊙ (dp − Σ_j p ⊙ dp):
dquery = ds @ key / √E, dkey = dsᵀ @ query / √E, dvalue = pᵀ @ dy.
Since y = p @ value, Σ_j p ⊙ dp = Σ_f dy ⊙ y (Dao et al. 2022, FlashAttention).
"""

import math

import numpy as np

from . import Array
from ._validate import agree, boolean, fit, one_of


def scaled_dot_product_attention(
    query: Array, key: Array, value: Array,
    *, causal: bool = False, mask: Array | None = None, causal_convention: str = "top_left",
) -> Array:  # fmt: skip
    return _forward(query, key, value, causal, mask, causal_convention)[0]


def scaled_dot_product_attention_vjp(
    dy: Array, query: Array, key: Array, value: Array,
    *, causal: bool = False, mask: Array | None = None, causal_convention: str = "top_left",
) -> tuple[Array, Array, Array]:  # fmt: skip
    y, shift, total = _forward(query, key, value, causal, mask, causal_convention)
    agree("scaled_dot_product_attention", y=y, dy=dy)
    # Tolerances follow the reference, so it takes the way of fused kernels, which round more: the scores are
    # computed again and meet the saved shift and total; Σ_f dy ⊙ y does not cancel the rounding of dp with
    # itself, as Σ_j p ⊙ dp would.
    p = np.exp(_scores(query, key, causal, mask, causal_convention) - shift) / total  # [N, L, S]
    dp = dy @ np.swapaxes(value, -1, -2)
    ds = p * (dp - np.sum(dy * y, axis=-1, keepdims=True))
    root = math.sqrt(query.shape[-1])
    return ds @ key / root, np.swapaxes(ds, -1, -2) @ query / root, np.swapaxes(p, -1, -2) @ dy


def _forward(
    query: Array, key: Array, value: Array, causal: bool, mask: Array | None, causal_convention: str
) -> tuple[Array, Array, Array]:
    """y[N,L,F], and what the softmax of each row was shifted and divided by, [N,L,1]."""
    fit("scaled_dot_product_attention", query=(query, "N L E"), key=(key, "N S E"), value=(value, "N S F"))
    s = _scores(query, key, causal, mask, causal_convention)
    shift = np.max(s, axis=-1, keepdims=True)
    e = np.exp(s - shift)  # no overflow, same value
    total = np.sum(e, axis=-1, keepdims=True)
    return e / total @ value, shift, total


def _scores(query: Array, key: Array, causal: bool, mask: Array | None, causal_convention: str) -> Array:
    """s[N,L,S], −∞ where the query may not see the key."""
    s = query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1])
    visible = _visible(s, causal, mask, causal_convention)
    return s if visible is None else np.where(visible, s, -math.inf)


def _visible(s: Array, causal: bool, mask: Array | None, causal_convention: str) -> Array | None:
    """Which keys each query sees: bool[N,L,S], or [L,S] for the whole batch, or None for all of them."""
    one_of("scaled_dot_product_attention", "top_left", "bottom_right", causal_convention=causal_convention)
    _, L, S = s.shape
    visible = None
    if causal:
        offset = S - L if causal_convention == "bottom_right" else 0
        visible = np.arange(S) <= np.arange(L)[:, None] + offset
    if mask is not None:
        fit("scaled_dot_product_attention", s=(s, "N L S"), mask=(mask, "N L S"))
        boolean("scaled_dot_product_attention", mask=mask)
        visible = mask if visible is None else mask & visible
    if visible is not None and not visible.any(axis=-1).all():
        raise ValueError("scaled_dot_product_attention: a query sees no key at all")
    return visible
