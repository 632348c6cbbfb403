"""Recurrences and attention that are right in another way: fused, batch-major, chunked, by einsum."""

from __future__ import annotations

from typing import Any

import numpy as np
from honest import sigmoid, tanh

_CHUNK = 3
Arrays = tuple[np.ndarray, ...]


# ----- lstm: x and h side by side, both weights on top of each other, one sequence after the other ----------


def lstm(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray,
    weight_x: np.ndarray, weight_h: np.ndarray, bias: np.ndarray,
    *, lengths: np.ndarray | None = None,
) -> Arrays:  # fmt: skip
    steps = _lengths(lengths, x)
    weight = _stacked(weight_x, weight_h, bias, h0, c0, x)
    h = np.empty((*x.shape[:2], h0.shape[1]), x.dtype)
    c_last = np.empty_like(c0)
    for n, length in enumerate(steps):
        h_t, c_t = h0[n], c0[n]
        for t in range(length):
            i, f, g, o = _gates(x[t, n], h_t, weight, bias)
            c_t = f * c_t + i * g
            h_t = h[t, n] = o * tanh(c_t)
        h[length:, n], c_last[n] = h_t, c_t
    return h, c_last


def lstm_vjp(
    dh: np.ndarray, dc_last: np.ndarray, x: np.ndarray, h0: np.ndarray, c0: np.ndarray,
    weight_x: np.ndarray, weight_h: np.ndarray, bias: np.ndarray,
    *, lengths: np.ndarray | None = None,
) -> Arrays:  # fmt: skip
    weight, D = _stacked(weight_x, weight_h, bias, h0, c0, x), x.shape[2]
    dx, dh0, dc0 = np.zeros_like(x), np.empty_like(h0), np.empty_like(c0)
    dweight, dbias = np.zeros_like(weight), np.zeros_like(bias)
    for n, length in enumerate(_lengths(lengths, x)):
        saved, h_t, c_t = [], h0[n], c0[n]
        for t in range(length):
            gates = _gates(x[t, n], h_t, weight, bias)
            c_next = gates[1] * c_t + gates[0] * gates[2]
            saved.append((gates, h_t, c_t, c_next))
            h_t, c_t = gates[3] * tanh(c_next), c_next
        dh_t, dc_t = dh[length:, n].sum(axis=0), dc_last[n]
        for t in reversed(range(length)):
            (i, f, g, o), h_t, c_t, c_next = saved[t]
            dh_t = dh_t + dh[t, n]
            dc_t = dc_t + dh_t * o / np.cosh(np.clip(c_next, -40, 40)) ** 2
            da = np.concatenate(
                [
                    dc_t * g * i * (1 - i),
                    dc_t * c_t * f * (1 - f),
                    dc_t * i * (1 - g * g),
                    dh_t * tanh(c_next) * o * (1 - o),
                ]
            )
            dweight += np.outer(np.concatenate([x[t, n], h_t]), da)
            dbias += da
            back = weight @ da
            dx[t, n], dh_t, dc_t = back[:D], back[D:], dc_t * f
        dh0[n], dc0[n] = dh_t, dc_t
    return dx, dh0, dc0, dweight[:D], dweight[D:], dbias


def _stacked(
    weight_x: np.ndarray,
    weight_h: np.ndarray,
    bias: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
    x: np.ndarray,
) -> np.ndarray:
    weight = np.concatenate([weight_x, weight_h])  # [D + H, 4H]
    H = weight_h.shape[0]
    due = (x.shape[1], H), (x.shape[1], H), (x.shape[2] + H, 4 * H), (4 * H,)
    if (h0.shape, c0.shape, weight.shape, bias.shape) != due or len(weight_x) != x.shape[2]:
        raise ValueError("shapes do not fit")
    return weight


def _gates(x_t: np.ndarray, h_t: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> Arrays:
    a_i, a_f, a_g, a_o = np.split(np.concatenate([x_t, h_t]) @ weight + bias, 4)
    return sigmoid(a_i), sigmoid(a_f), tanh(a_g), sigmoid(a_o)


def _lengths(lengths: np.ndarray | None, x: np.ndarray) -> np.ndarray:
    T, N = x.shape[:2]
    if lengths is None:
        return np.full(N, T)
    if lengths.shape != (N,) or not (lengths >= 1).all() or not (lengths <= T).all():
        raise ValueError(f"a length for each of {N} sequences, in 1 … {T}, is due")
    return lengths


# ----- attention: a few keys at a time, with a running maximum (Milakov & Gimelshein 2018) ------------------


def scaled_dot_product_attention(
    query: np.ndarray, key: np.ndarray, value: np.ndarray,
    *, causal: bool = False, mask: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    return _attended(query, key, value, causal, mask)[0]


def scaled_dot_product_attention_vjp(
    dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any
) -> Arrays:
    """From y and the log of the sum alone, with D = Σ_f dy ⊙ y (Dao et al. 2022)."""
    scale = query.dtype.type(1 / np.sqrt(query.shape[-1]))
    mask = attributes.get("mask")
    y, log_sum = _attended(query, key, value, attributes.get("causal", False), mask)
    visible = _visible(query, key, attributes.get("causal", False), mask)
    p = np.where(visible, np.exp(np.einsum("nle,nse->nls", query * scale, key) - log_sum), 0)
    d = np.einsum("nlf,nlf->nl", dy, y)[..., None]
    ds = p * (np.einsum("nlf,nsf->nls", dy, value) - d)
    return ds @ key * scale, np.einsum("nls,nle->nse", ds, query) * scale, np.einsum("nls,nlf->nsf", p, dy)


def _attended(
    query: np.ndarray, key: np.ndarray, value: np.ndarray, causal: bool, mask: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """y, and the log of the sum of exp of the scores of each row."""
    scale = query.dtype.type(1 / np.sqrt(query.shape[-1]))
    if len({len(query), len(key), len(value)}) > 1 or key.shape[1] != value.shape[1]:
        raise ValueError("shapes do not fit")
    visible = _visible(query, key, causal, mask)
    top = np.full((*query.shape[:2], 1), -np.inf, query.dtype)
    total, y = np.zeros_like(top), np.zeros((*query.shape[:2], value.shape[2]), query.dtype)
    for start in range(0, key.shape[1], _CHUNK):
        part = slice(start, start + _CHUNK)
        s = np.where(visible[..., part], np.einsum("nle,nse->nls", query * scale, key[:, part]), -np.inf)
        higher = np.maximum(top, s.max(axis=-1, keepdims=True))
        known = np.where(np.isneginf(higher), 0, higher)  # nothing seen yet: −∞ − (−∞) would be NaN
        e, kept = np.exp(s - known), np.exp(top - known)
        total, y, top = total * kept + e.sum(axis=-1, keepdims=True), y * kept + e @ value[:, part], higher
    return y / total, top + np.log(total)


def _visible(query: np.ndarray, key: np.ndarray, causal: bool, mask: np.ndarray | None) -> np.ndarray:
    seen = np.ones((len(query), query.shape[1], key.shape[1]), bool)
    if mask is not None and mask.shape != seen.shape:
        raise ValueError("the mask does not fit")
    return (np.tril(seen) if causal else seen) & (True if mask is None else mask)


# ----- multi-head attention: head by head, as sums of outer products --------------------------------------


def multi_head_attention(
    query: np.ndarray, key: np.ndarray, value: np.ndarray,
    weight_q: np.ndarray, weight_k: np.ndarray, weight_v: np.ndarray, weight_o: np.ndarray,
    *, heads: int, causal: bool = False,
) -> np.ndarray:  # fmt: skip
    E = query.shape[-1]
    if heads < 1 or E % heads or {w.shape for w in (weight_q, weight_k, weight_v, weight_o)} != {(E, E)}:
        raise ValueError("shapes do not fit")
    y = np.zeros((*query.shape[:2], E), query.dtype)
    for columns in np.split(np.arange(E), heads):
        q, k, v = query @ weight_q[:, columns], key @ weight_k[:, columns], value @ weight_v[:, columns]
        y += scaled_dot_product_attention(q, k, v, causal=causal) @ weight_o[columns]
    return y
