"""Scaled dot-product and multi-head attention over any way to multiply matrices and to add up."""

from __future__ import annotations

import math

import numpy as np
from variant import Functions

from honest._fit import alike, fits, visible
from honest._totals import Dot, Total

Array = np.ndarray


def transposed(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


def attention(dot: Dot, total: Total) -> Functions:
    """scaled_dot_product_attention and its gradient; no fused way back: Σ_j p dp, not Σ_f dy y."""

    def weights(query: Array, key: Array, value: Array, causal: bool, mask: Array | None) -> Array:
        """p[N, L, S]."""
        fits("NLE NSE NSF", query, key, value)
        s = dot(query, transposed(key)) * (1 / math.sqrt(query.shape[-1]))
        s = np.where(visible(query, key, causal, mask), s, -np.inf)
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return e / total(e, -1)[..., None]

    def attend(
        query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
    ) -> Array:
        return dot(weights(query, key, value, causal, mask), value)

    def attend_vjp(
        dy: Array, query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
    ) -> tuple[Array, Array, Array]:
        p = weights(query, key, value, causal, mask)
        dp = dot(dy, transposed(value))
        ds = p * (dp - total(p * dp, -1)[..., None]) * (1 / math.sqrt(query.shape[-1]))
        return dot(ds, key), dot(transposed(ds), query), dot(transposed(p), dy)

    return {"scaled_dot_product_attention": attend, "scaled_dot_product_attention_vjp": attend_vjp}


def heads(dot: Dot, total: Total) -> Functions:
    """multi_head_attention and its gradient: each head is one more sequence of the batch."""
    attend, attend_vjp = attention(dot, total).values()

    def split(x: Array, heads: int) -> Array:
        """[N, L, E] → [N heads, L, E/heads]."""
        N, L, E = x.shape
        if heads < 1 or E % heads:
            raise ValueError(f"{heads} heads for a width of {E}")
        return x.reshape(N, L, heads, -1).swapaxes(1, 2).reshape(N * heads, L, -1)

    def join(x: Array, heads: int) -> Array:
        M, L, _ = x.shape
        return x.reshape(M // heads, heads, L, -1).swapaxes(1, 2).reshape(M // heads, L, -1)

    def multi_head_attention(
        query: Array, key: Array, value: Array,
        weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
        *, heads: int, causal: bool = False,
    ) -> Array:  # fmt: skip
        fits("NLE NSE NSE EE EE EE EE", query, key, value, weight_q, weight_k, weight_v, weight_o)
        given = (query, weight_q), (key, weight_k), (value, weight_v)
        y = attend(*(split(dot(x, w), heads) for x, w in given), causal=causal)
        return dot(join(y, heads), weight_o)

    def multi_head_attention_vjp(
        dy: Array, query: Array, key: Array, value: Array,
        weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
        *, heads: int, causal: bool = False,
    ) -> tuple[Array, ...]:  # fmt: skip
        fits("NLE NSE NSE EE EE EE EE", query, key, value, weight_q, weight_k, weight_v, weight_o)
        alike(dy, query)
        given = (query, weight_q), (key, weight_k), (value, weight_v)
        q, k, v = (split(dot(x, w), heads) for x, w in given)
        o = join(attend(q, k, v, causal=causal), heads)
        dheads = attend_vjp(split(dot(dy, weight_o.T), heads), q, k, v, causal=causal)
        back = [join(d, heads) for d in dheads]
        dinputs = [dot(d, w.T) for d, (_, w) in zip(back, given, strict=True)]
        pairs = [*zip((query, key, value), back, strict=True), (o, dy)]
        return *dinputs, *(total(dot(transposed(x), d), 0) for x, d in pairs)

    return {
        "multi_head_attention": multi_head_attention,
        "multi_head_attention_vjp": multi_head_attention_vjp,
    }
