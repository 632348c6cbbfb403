"""Scaled dot-product attention, fused, chunked, row by row, and in other forms."""

from __future__ import annotations

import math

import numpy as np
from variant import Functions, Honest

from honest._fit import alike, fits, visible

Array = np.ndarray


# ----- in tiles of queries and keys, with a running maximum (Dao et al. 2022) -------------------------------


def flash(rows: int, columns: int) -> Functions:
    """Tiles of so many queries and keys; the way back takes y and the log of each row's sum alone."""

    def tiles(L: int, S: int) -> list[tuple[slice, slice]]:
        return [
            (slice(i, i + rows), slice(j, j + columns))
            for i in range(0, L, rows)
            for j in range(0, S, columns)
        ]

    def run(query: Array, key: Array, value: Array, seen: Array) -> tuple[Array, Array]:
        """y[N, L, F] and log Σ exp s, [N, L, 1]."""
        N, L, E, S, F = fits("NLE NSE NSF", query, key, value).values()
        query = query * query.dtype.type(1 / math.sqrt(E))
        top = np.full_like(query, -np.inf, shape=(N, L, 1))
        total, y = np.zeros_like(top), np.zeros_like(query, shape=(N, L, F))
        for i, j in tiles(L, S):
            s = np.where(seen[:, i, j], query[:, i] @ key[:, j].swapaxes(1, 2), -np.inf)
            higher = np.maximum(top[:, i], s.max(axis=-1, keepdims=True))
            shift = np.where(np.isneginf(higher), 0, higher)  # nothing seen yet: −∞ − (−∞) would be NaN
            e, kept = np.exp(s - shift), np.exp(top[:, i] - shift)
            total[:, i] = total[:, i] * kept + e.sum(axis=-1, keepdims=True)
            y[:, i] = y[:, i] * kept + e @ value[:, j]
            top[:, i] = higher
        return y / total, top + np.log(total)

    def forward(
        query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
    ) -> Array:
        return run(query, key, value, visible(query, key, causal, mask))[0]

    def vjp(
        dy: Array, query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
    ) -> tuple[Array, Array, Array]:
        seen = visible(query, key, causal, mask)
        y, log_sum = run(query, key, value, seen)
        alike(dy, y)
        scale = query.dtype.type(1 / math.sqrt(query.shape[-1]))
        d = (dy * y).sum(axis=-1, keepdims=True)
        dquery, dkey, dvalue = np.zeros_like(query), np.zeros_like(key), np.zeros_like(value)
        for i, j in tiles(query.shape[1], key.shape[1]):
            s = (query[:, i] * scale) @ key[:, j].swapaxes(1, 2)
            p = np.where(seen[:, i, j], np.exp(np.minimum(s - log_sum[:, i], 0)), 0)
            ds = p * (dy[:, i] @ value[:, j].swapaxes(1, 2) - d[:, i]) * scale
            dquery[:, i] += ds @ key[:, j]
            dkey[:, j] += ds.swapaxes(1, 2) @ query[:, i]
            dvalue[:, j] += p.swapaxes(1, 2) @ dy[:, i]
        return dquery, dkey, dvalue

    return {"scaled_dot_product_attention": forward, "scaled_dot_product_attention_vjp": vjp}


# ----- by einsum, each side scaled by E^(−1/4), weights by log-softmax --------------------------------------


def log_weights(query: Array, key: Array, value: Array, causal: bool, mask: Array | None) -> Array:
    """log p[N, L, S]."""
    fits("NLE NSE NSF", query, key, value)
    scale = query.dtype.type(query.shape[-1] ** -0.25)
    s = np.einsum("nse,nle->nls", key * scale, query * scale, optimize=True)
    s = np.where(visible(query, key, causal, mask), s, -np.inf)
    s = s - s.max(axis=-1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=-1, keepdims=True))


def by_logarithms(
    query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
) -> Array:
    return np.einsum("nls,nsf->nlf", np.exp(log_weights(query, key, value, causal, mask)), value)


def by_logarithms_vjp(
    dy: Array, query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
) -> tuple[Array, Array, Array]:
    """With the Jacobian of the softmax, diag(p) − p pᵀ, written out: ds = J (dy valueᵀ)."""
    p = np.exp(log_weights(query, key, value, causal, mask))
    jacobian = p[..., None] * (np.eye(p.shape[-1], dtype=p.dtype) - p[..., None, :])
    ds = np.einsum("nlst,nlf,ntf->nls", jacobian, dy, value, optimize=True)
    scale = query.dtype.type(query.shape[-1] ** -0.25)
    dquery = np.einsum("nls,nse->nle", ds * scale, key * scale)
    dkey = np.einsum("nls,nle->nse", ds * scale, query * scale)
    return dquery, dkey, np.einsum("nlf,nls->nsf", dy, p)


# ----- query by query, over the keys that it sees, in base 2 ------------------------------------------------


def row(q: Array, key: Array) -> Array:
    """p[S] of one query over these keys."""
    s = key @ q * q.dtype.type(math.log2(math.e) / math.sqrt(len(q)))
    e = np.exp2(s - s.max())
    return e / e.sum()


def by_rows(
    query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
) -> Array:
    N, L, _, _, F = fits("NLE NSE NSF", query, key, value).values()
    y = np.empty((N, L, F), value.dtype)
    for (n, i), seen in _rows(visible(query, key, causal, mask)):
        y[n, i] = row(query[n, i], key[n, seen]) @ value[n, seen]
    return y


def by_rows_vjp(
    dy: Array, query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
) -> tuple[Array, Array, Array]:
    N, L, _, _, F = fits("NLE NSE NSF", query, key, value).values()
    alike(dy, np.empty((N, L, F)))
    dquery, dkey, dvalue = np.zeros_like(query), np.zeros_like(key), np.zeros_like(value)
    for (n, i), seen in _rows(visible(query, key, causal, mask)):
        p = row(query[n, i], key[n, seen])
        dp = value[n, seen] @ dy[n, i]
        ds = p * (dp - p @ dp) / query.dtype.type(math.sqrt(query.shape[-1]))
        dquery[n, i] = ds @ key[n, seen]
        dkey[n, seen] += np.outer(ds, query[n, i])
        dvalue[n, seen] += np.outer(p, dy[n, i])
    return dquery, dkey, dvalue


def _rows(seen: Array) -> list[tuple[tuple[int, int], Array]]:
    return [((n, i), np.flatnonzero(seen[n, i])) for n, i in np.ndindex(seen.shape[:2])]


VARIANTS: tuple[Honest, ...] = (
    Honest("attention in tiles of two queries and three keys, online", flash(2, 3), "Dao et al. 2022"),
    Honest("attention over four keys at a time, online", flash(10**6, 4), "Milakov & Gimelshein 2018"),
    Honest(
        "attention by einsum and logarithms, either side scaled",
        {
            "scaled_dot_product_attention": by_logarithms,
            "scaled_dot_product_attention_vjp": by_logarithms_vjp,
        },
        "query and key each times E^(−1/4)",
    ),
    Honest(
        "attention query by query over the keys it sees, in base 2",
        {"scaled_dot_product_attention": by_rows, "scaled_dot_product_attention_vjp": by_rows_vjp},
    ),
)
