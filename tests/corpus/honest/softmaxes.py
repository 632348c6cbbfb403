"""Softmax and its cross-entropy in other forms."""

from __future__ import annotations

import math

import numpy as np
from variant import Honest

from honest._fit import alike, fits, within

Array = np.ndarray


# ----- by log-softmax ---------------------------------------------------------------------------------------


def log_softmax(x: Array) -> Array:
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_by_log(x: Array) -> Array:
    return np.exp(log_softmax(x))


def softmax_vjp_by_jacobian(dy: Array, x: Array) -> tuple[Array]:
    """dx = J dy with J = diag(y) − y yᵀ, written out."""
    alike(dy, x)
    y = softmax_by_log(x)
    jacobian = y[..., None] * (np.eye(x.shape[-1], dtype=x.dtype) - y[..., None, :])
    return (np.einsum("...ij,...j->...i", jacobian, dy),)


def cross_entropy_by_log(logits: Array, labels: Array) -> Array:
    _hold(logits, labels)
    return -np.take_along_axis(log_softmax(logits), labels[:, None], 1).mean()


def cross_entropy_by_log_vjp(dloss: Array, logits: Array, labels: Array) -> tuple[Array]:
    """Through log-softmax: dz = dy − softmax(z) Σ dy, where dy is −dloss/N at the label."""
    _hold(logits, labels)
    dy = np.zeros_like(logits)
    np.put_along_axis(dy, labels[:, None], -dloss / len(labels), 1)
    return (dy - np.exp(log_softmax(logits)) * dy.sum(axis=1, keepdims=True),)


# ----- by logaddexp, two numbers at a time ------------------------------------------------------------------


def softmax_by_logaddexp(x: Array) -> Array:
    shifted = x - x.max(axis=-1, keepdims=True)
    return np.exp(shifted - np.logaddexp.reduce(shifted, axis=-1, keepdims=True))


def softmax_vjp_by_differences(dy: Array, x: Array) -> tuple[Array]:
    """dx_k = y_k Σ_j y_j (dy_k − dy_j)."""
    alike(dy, x)
    y = softmax_by_logaddexp(x)
    apart = dy[..., :, None] - dy[..., None, :]
    return (y * np.einsum("...kj,...j->...k", apart, y),)


def cross_entropy_by_logaddexp(logits: Array, labels: Array) -> Array:
    """A row's loss is log Σ_k exp(z_k − z_label)."""
    _hold(logits, labels)
    apart = logits - np.take_along_axis(logits, labels[:, None], 1)
    return np.logaddexp.reduce(apart, axis=1).mean()


def cross_entropy_by_logaddexp_vjp(dloss: Array, logits: Array, labels: Array) -> tuple[Array]:
    _hold(logits, labels)
    one_hot = (labels[:, None] == np.arange(logits.shape[1])).astype(logits.dtype)
    return (softmax_by_logaddexp(logits) * (dloss / len(labels)) - one_hot * (dloss / len(labels)),)


# ----- in one pass over the classes, in base 2 --------------------------------------------------------------


def online(x: Array) -> tuple[Array, Array]:
    """The largest, and Σ_k 2^((x_k − largest) log₂e), in one pass (Milakov & Gimelshein 2018)."""
    top, total = x[..., 0], np.where(np.isneginf(x[..., 0]), x.dtype.type(0), x.dtype.type(1))
    for k in range(1, x.shape[-1]):
        higher = np.maximum(top, x[..., k])
        shift = np.where(np.isneginf(higher), 0, higher)  # nothing but −∞ yet: −∞ − (−∞) would be NaN
        total = total * _exp(top - shift) + _exp(x[..., k] - shift)
        top = higher
    return top[..., None], total[..., None]


def softmax_online(x: Array) -> Array:
    top, total = online(x)
    return _exp(x - top) / total


def softmax_vjp_by_weights(dy: Array, x: Array) -> tuple[Array]:
    """From e = y Σe, which is divided by once more at the end."""
    alike(dy, x)
    top, total = online(x)
    e = _exp(x - top)
    return (e * (dy - (e * dy).sum(axis=-1, keepdims=True) / total) / total,)


def cross_entropy_by_log1p(logits: Array, labels: Array) -> Array:
    """log Σ_k e^(z_k) = z_max + log(1 + Σ of the others' e^(z_k − z_max))."""
    N, _ = _hold(logits, labels)
    rows, best = np.arange(N), logits.argmax(axis=1)
    s = logits - logits[rows, best][:, None]
    e = np.exp(s)
    e[rows, best] *= 0  # a NaN stays one
    return (np.log1p(e.sum(axis=1)) - s[rows, labels]).sum() / N


def cross_entropy_by_log1p_vjp(dloss: Array, logits: Array, labels: Array) -> tuple[Array]:
    """At the label, p − 1 is −Σ of the others' p."""
    N, _ = _hold(logits, labels)
    p = softmax_online(logits)
    p[np.arange(N), labels] *= 0
    p[np.arange(N), labels] = -p.sum(axis=1)
    return (p * dloss / N,)


def _exp(x: Array) -> Array:
    return np.exp2(x * x.dtype.type(math.log2(math.e)))


def _hold(logits: Array, labels: Array) -> tuple[int, int]:
    N, K = fits("NK N", logits, labels).values()
    within(labels, K)
    return N, K


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "softmax and cross-entropy by log-softmax",
        {
            "softmax": softmax_by_log,
            "softmax_vjp": softmax_vjp_by_jacobian,
            "softmax_cross_entropy": cross_entropy_by_log,
            "softmax_cross_entropy_vjp": cross_entropy_by_log_vjp,
        },
        "the gradient of softmax by its Jacobian",
    ),
    Honest(
        "softmax by logaddexp, two numbers at a time",
        {
            "softmax": softmax_by_logaddexp,
            "softmax_vjp": softmax_vjp_by_differences,
            "softmax_cross_entropy": cross_entropy_by_logaddexp,
            "softmax_cross_entropy_vjp": cross_entropy_by_logaddexp_vjp,
        },
    ),
    Honest(
        "softmax online and in base 2, cross-entropy by log1p",
        {
            "softmax": softmax_online,
            "softmax_vjp": softmax_vjp_by_weights,
            "softmax_cross_entropy": cross_entropy_by_log1p,
            "softmax_cross_entropy_vjp": cross_entropy_by_log1p_vjp,
        },
        "Milakov & Gimelshein 2018; the exponentials as GPU kernels take them",
    ),
)
