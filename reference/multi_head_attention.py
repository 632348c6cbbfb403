"""Multi-head attention (Vaswani et al. 2017): y = o @ weight_o, o = the heads side by side.

query[N,L,E], key[N,S,E], value[N,S,E], weight_q, weight_k, weight_v, weight_o [E,E] → y[N,L,E].
Head a owns columns a·E/heads … (a+1)·E/heads of q = query @ weight_q, k and v alike.
"""

import numpy as np

from . import Array
from ._validate import agree, fit
from .scaled_dot_product_attention import scaled_dot_product_attention as attend
from .scaled_dot_product_attention import scaled_dot_product_attention_vjp as attend_vjp


def multi_head_attention(
    query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False, causal_convention: str = "top_left",
) -> Array:  # fmt: skip
    weights = weight_q, weight_k, weight_v, weight_o
    o, *_ = _forward(query, key, value, *weights, heads, causal, causal_convention)
    return o @ weight_o


def multi_head_attention_vjp(
    dy: Array, query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False, causal_convention: str = "top_left",
) -> tuple[Array, ...]:  # fmt: skip
    weights = weight_q, weight_k, weight_v, weight_o
    o, q, k, v = _forward(query, key, value, *weights, heads, causal, causal_convention)
    agree("multi_head_attention", query=query, dy=dy)
    do = _split(dy @ weight_o.T, heads)
    dheads = attend_vjp(do, q, k, v, causal=causal, causal_convention=causal_convention)
    dq, dk, dv = (_join(d, heads) for d in dheads)
    return (
        dq @ weight_q.T, dk @ weight_k.T, dv @ weight_v.T,
        _dweight(query, dq), _dweight(key, dk), _dweight(value, dv), _dweight(o, dy),
    )  # fmt: skip


def _forward(
    query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    heads: int, causal: bool, causal_convention: str,
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """o[N,L,E], and q, k and v by head: [N heads, L or S, E/heads]."""
    fit("multi_head_attention", query=(query, "N L E"), key=(key, "N S E"), value=(value, "N S E"),
        weight_q=(weight_q, "E E"), weight_k=(weight_k, "E E"),
        weight_v=(weight_v, "E E"), weight_o=(weight_o, "E E"))  # fmt: skip
    q, k, v = _split(query @ weight_q, heads), _split(key @ weight_k, heads), _split(value @ weight_v, heads)
    return _join(attend(q, k, v, causal=causal, causal_convention=causal_convention), heads), q, k, v


def _split(x: Array, heads: int) -> Array:
    """[N, L, E] → [N heads, L, E/heads]: to attention, each head is one more sequence of the batch."""
    N, L, E = x.shape
    if heads < 1 or E % heads:
        raise ValueError(f"multi_head_attention: {heads} heads do not divide a width of {E}")
    return np.swapaxes(x.reshape(N, L, heads, E // heads), 1, 2).reshape(N * heads, L, E // heads)


def _join(x: Array, heads: int) -> Array:
    """[N heads, L, E/heads] → [N, L, E]."""
    M, L, width = x.shape
    return np.swapaxes(x.reshape(M // heads, heads, L, width), 1, 2).reshape(M // heads, L, heads * width)


def _dweight(x: Array, dy: Array) -> Array:
    """The gradient [E, E] of the weight in x @ weight, over the whole batch."""
    E = x.shape[-1]
    return x.reshape(-1, E).T @ dy.reshape(-1, E)
