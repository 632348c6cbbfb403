"""Ways to multiply matrices: a[..., n, k] and b[..., k, m] → [..., n, m]."""

from __future__ import annotations

import numpy as np

from honest._totals import wide


def outer_products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Σ_k of a's column k times b's row k, the last ones first."""
    total = np.zeros_like(a, shape=np.broadcast_shapes(a.shape[:-1], (*b.shape[:-2], 1)) + b.shape[-1:])
    for k in reversed(range(a.shape[-1])):
        total += a[..., :, k, None] * b[..., None, k, :]
    return total


def transposed_memory(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(bᵀ aᵀ)ᵀ, on copies that lie column by column, as Fortran has them."""
    a, b = (np.swapaxes(np.swapaxes(x, -1, -2).copy(), -1, -2) for x in (a, b))
    return np.swapaxes(np.swapaxes(b, -1, -2) @ np.swapaxes(a, -1, -2), -1, -2)


def single_dots(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Each entry by a dot product of its own."""
    shape = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = (np.broadcast_to(x, (*shape, *x.shape[-2:])) for x in (a, b))
    out = np.empty((*shape, a.shape[-2], b.shape[-1]), a.dtype)
    for *batch, row, column in np.ndindex(out.shape):
        at = tuple(batch)
        out[(*at, row, column)] = np.dot(a[(*at, row)], b[(*at, slice(None), column)])
    return out


def tiles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Tiles of 4 along k, each product by BLAS, added up from the middle outwards."""
    parts = [
        a[..., k : k + 4] @ b[..., k : k + 4, :] for k in range(0, a.shape[-1], 4)
    ]  # an empty k has no tile
    if not parts:
        return a @ b
    middle = len(parts) // 2
    total = parts[middle]
    for part in (*parts[middle + 1 :], *parts[:middle][::-1]):
        total = total + part
    return total


def contracted(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """einsum's own loops, with the summed axis in front of both."""
    return np.einsum("k...n,k...m->...nm", np.moveaxis(a, -1, 0), np.moveaxis(b, -2, 0))


def fused(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """acc ← a_k b_k + acc with one rounding: the product is exact, or nearly so, in the wider format."""
    total = (wide(a[..., :0]) @ wide(b[..., :0, :])).astype(a.dtype)
    for k in range(a.shape[-1]):
        product = wide(a[..., :, k, None]) * wide(b[..., None, k, :])
        total = (product + wide(total)).astype(a.dtype)
    return total


def with_errors(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Products and sums with what they lose (Dot2 of Ogita, Rump & Oishi 2005): as if in twice the digits."""
    total = np.zeros_like(outer_products(a[..., :0], b[..., :0, :]))
    lost = np.zeros_like(total)
    for k in range(a.shape[-1]):
        product, error = _two_product(a[..., :, k, None], b[..., None, k, :])
        now = total + product
        back = now - total
        lost = lost + (((total - (now - back)) + (product - back)) + error)
        total = now
    return np.where(np.isfinite(lost), total + lost, total)


def _two_product(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """a b = product + error (Dekker 1971, splitting as Veltkamp 1968)."""
    product = a * b
    (a1, a2), (b1, b2) = _split(a), _split(b)
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def _split(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x as a sum of two numbers with half of its digits each."""
    c = x * (2.0**12 + 1 if x.dtype == np.float32 else 2.0**27 + 1)
    high = c - (c - x)
    return high, x - high


def all_wider(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Accumulated in float64 for float32, in longdouble for float64, rounded once."""
    return (wide(a) @ wide(b)).astype(a.dtype)
