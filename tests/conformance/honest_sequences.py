"""Recurrences and attention that are right in another way: fused, batch-major, chunked, by einsum."""

from __future__ import annotations

from typing import Any

import numpy as np
from honest import sigmoid, tanh

_CHUNK = 3
Arrays = tuple[np.ndarray, ...]


# ----- lstm: batch-major, x and h side by side, both weights on top of each other --------------------------


def lstm(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray,
    weight_x: np.ndarray, weight_h: np.ndarray, bias: np.ndarray,
    *, lengths: np.ndarray | None = None,
) -> Arrays:  # fmt: skip
    h, c_last, _ = _run(x, h0, c0, weight_x, weight_h, bias, lengths)
    return h, c_last


def lstm_vjp(
    dh: np.ndarray, dc_last: np.ndarray, x: np.ndarray, h0: np.ndarray, c0: np.ndarray,
    weight_x: np.ndarray, weight_h: np.ndarray, bias: np.ndarray,
    *, lengths: np.ndarray | None = None,
) -> Arrays:  # fmt: skip
    """Every gradient summed up as the steps go by."""
    *_, saved = _run(x, h0, c0, weight_x, weight_h, bias, lengths)
    weight, D = np.concatenate([weight_x, weight_h]), x.shape[2]
    dx, dweight, dbias = np.empty_like(x), np.zeros_like(weight), np.zeros_like(bias)
    dh_t, dc_t = np.zeros_like(h0), dc_last
    for t in reversed(range(len(x))):
        live, side_by_side, c_t, (i, f, g, o), tanh_c = saved[t]
        dh_t = dh_t + dh[t]
        dc = np.where(live, dc_t + dh_t * o * (1 - tanh_c) * (1 + tanh_c), 0)
        gates = (
            dc * g * i * (1 - i),
            dc * c_t * f * (1 - f),
            dc * i * (1 - g) * (1 + g),
            dh_t * tanh_c * o * (1 - o),
        )
        da = np.where(live, np.concatenate(gates, axis=1), 0)
        dweight += side_by_side.T @ da
        dbias += da.sum(axis=0)
        dx[t], before = np.split(da @ weight.T, [D], axis=1)
        dh_t, dc_t = np.where(live, before, dh_t), np.where(live, dc * f, dc_t)
    return dx, dh_t, dc_t, dweight[:D], dweight[D:], dbias


def _run(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray,
    weight_x: np.ndarray, weight_h: np.ndarray, bias: np.ndarray, lengths: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray, list[Any]]:  # fmt: skip
    """h, c_last, and what each step leaves to the way back."""
    weight = np.concatenate([weight_x, weight_h])  # [D + H, 4H]
    (T, N, D), H = x.shape, len(weight_h)
    due = (N, H), (N, H), (D + H, 4 * H), (4 * H,), (D, 4 * H)
    if (h0.shape, c0.shape, weight.shape, bias.shape, weight_x.shape) != due:
        raise ValueError("shapes do not fit")
    steps = np.full(N, T) if lengths is None else lengths
    if steps.shape != (N,) or not (steps >= 1).all() or not (steps <= T).all():
        raise ValueError(f"a length for each of {N} sequences, in 1 … {T}, is due")
    batch_major = np.swapaxes(x, 0, 1)
    h, h_t, c_t, saved = np.empty((N, T, H), x.dtype), h0, c0, []
    for t in range(T):
        live = (t < steps)[:, None]
        side_by_side = np.concatenate([np.where(live, batch_major[:, t], 0), h_t], axis=1)
        a_i, a_f, a_g, a_o = np.split(side_by_side @ weight + bias, 4, axis=1)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), tanh(a_g), sigmoid(a_o)
        c_next = f * c_t + i * g
        saved.append((live, side_by_side, c_t, (i, f, g, o), tanh(c_next)))
        h_t, c_t = np.where(live, o * tanh(c_next), h_t), np.where(live, c_next, c_t)
        h[:, t] = h_t
    return np.swapaxes(h, 0, 1).copy(), c_t, saved


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
