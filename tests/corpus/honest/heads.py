"""Multi-head attention by head, by einsum over heads, and with its weights absorbed."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from variant import Functions, Honest

from honest._fit import alike, fits, visible
from honest.attentions import flash
from honest.wider import widened

Array = np.ndarray


def held(
    query: Array, key: Array, value: Array, weights: tuple[Array, ...], heads: int, causal: bool
) -> tuple[Array, int]:
    """Which keys each query sees, and the width of a head."""
    E = fits("NLE NSE NSE EE EE EE EE", query, key, value, *weights)["E"]
    if heads < 1 or E % heads:
        raise ValueError(f"{heads} heads for a width of {E}")
    return visible(query, key, causal), E // heads


# ----- head by head: fused attention on columns of the weights, the output as a sum over heads --------------

_attend, _attend_vjp = flash(8, 8).values()


def by_head(
    query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False,
) -> Array:  # fmt: skip
    held(query, key, value, (weight_q, weight_k, weight_v, weight_o), heads, causal)
    y = np.zeros_like(query)
    for own in np.split(np.arange(query.shape[-1]), heads):
        q, k, v = query @ weight_q[:, own], key @ weight_k[:, own], value @ weight_v[:, own]
        y += _attend(q, k, v, causal=causal) @ weight_o[own]
    return y


def by_head_vjp(
    dy: Array, query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False,
) -> tuple[Array, ...]:  # fmt: skip
    """Every gradient summed over heads, those of the weights written into their columns."""
    held(query, key, value, (weight_q, weight_k, weight_v, weight_o), heads, causal)
    alike(dy, query)
    given = (query, weight_q), (key, weight_k), (value, weight_v)
    dinputs, dweights = ([np.zeros_like(pair[i]) for pair in given] for i in (0, 1))
    dweight_o = np.empty_like(weight_o)
    for own in np.split(np.arange(query.shape[-1]), heads):
        parts = [x @ w[:, own] for x, w in given]
        dweight_o[own] = np.einsum("nla,nlb->ab", _attend(*parts, causal=causal), dy)
        dparts = _attend_vjp(dy @ weight_o[own].T, *parts, causal=causal)
        for dx, dw, d, (x, w) in zip(dinputs, dweights, dparts, given, strict=True):
            dx += d @ w[:, own].T
            dw[:, own] = np.einsum("nla,nlb->ab", x, d)
    return *dinputs, *dweights, dweight_o


# ----- by einsum over [N, L, heads, width], nothing reshaped into the batch ---------------------------------


def softmax(s: Array) -> Array:
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def projected(x: Array, weight: Array, heads: int) -> Array:
    """[N, L, heads, width]."""
    return np.einsum("nle,eaw->nlaw", x, weight.reshape(len(weight), heads, -1))


def by_einsum(
    query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False,
) -> Array:  # fmt: skip
    seen, width = held(query, key, value, (weight_q, weight_k, weight_v, weight_o), heads, causal)
    q, k, v = (
        projected(query, weight_q, heads),
        projected(key, weight_k, heads),
        projected(value, weight_v, heads),
    )
    p = softmax(np.where(seen[:, None], np.einsum("nlaw,nsaw->nals", q, k) / math.sqrt(width), -np.inf))
    return np.einsum("nals,nsaw,awe->nle", p, v, weight_o.reshape(heads, width, -1), optimize="greedy")


def by_einsum_vjp(
    dy: Array, query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False,
) -> tuple[Array, ...]:  # fmt: skip
    seen, width = held(query, key, value, (weight_q, weight_k, weight_v, weight_o), heads, causal)
    q, k, v = (
        projected(query, weight_q, heads),
        projected(key, weight_k, heads),
        projected(value, weight_v, heads),
    )
    p = softmax(np.where(seen[:, None], np.einsum("nlaw,nsaw->nals", q, k) / math.sqrt(width), -np.inf))
    do = np.einsum("nle,awe->nlaw", dy, weight_o.reshape(heads, width, -1))
    dp = np.einsum("nlaw,nsaw->nals", do, v)
    ds = p * (dp - np.einsum("nals,nals->nal", p, dp)[..., None]) / math.sqrt(width)
    back = (
        (query, weight_q, np.einsum("nals,nsaw->nlaw", ds, k)),
        (key, weight_k, np.einsum("nals,nlaw->nsaw", ds, q)),
        (value, weight_v, np.einsum("nals,nlaw->nsaw", p, do)),
    )
    dinputs = [np.einsum("nlaw,eaw->nle", d, w.reshape(len(w), heads, width)) for _, w, d in back]
    dweights = [np.einsum("nle,nlaw->eaw", x, d).reshape(w.shape) for x, w, d in back]
    o = np.einsum("nals,nsaw->nlaw", p, v)
    return *dinputs, *dweights, np.einsum("nlaw,nle->awe", o, dy).reshape(weight_o.shape)


# ----- weight_q weight_kᵀ and weight_v weight_o of each head taken together, as multi-head latent attention d


def absorbed(
    query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False,
) -> Array:  # fmt: skip
    seen, width = held(query, key, value, (weight_q, weight_k, weight_v, weight_o), heads, causal)
    y = np.zeros_like(query)
    for own in np.split(np.arange(query.shape[-1]), heads):
        s = query @ (weight_q[:, own] @ weight_k[:, own].T) @ key.swapaxes(1, 2) / math.sqrt(width)
        y += softmax(np.where(seen, s, -np.inf)) @ (value @ (weight_v[:, own] @ weight_o[own]))
    return y


def functions(forward: Callable[..., Array], vjp: Callable[..., tuple[Array, ...]]) -> Functions:
    return {"multi_head_attention": forward, "multi_head_attention_vjp": vjp}


VARIANTS: tuple[Honest, ...] = (
    Honest("multi-head attention head by head, fused", functions(by_head, by_head_vjp)),
    Honest("multi-head attention by einsum over heads", functions(by_einsum, by_einsum_vjp)),
    Honest(
        "multi-head attention with its weights absorbed, in the next wider format",
        {"multi_head_attention": widened(absorbed)},
        "query (weight_q weight_kᵀ) keyᵀ, as DeepSeek-AI 2024; for inference, without gradient. In the dtype"
        " itself digits are lost that query weight_q keeps, where both projections cancel: 5 tolerances in a"
        " case of seed 8, 100 times the error of the formula as it stands, and so `precision` is the verdict",
    ),
)
