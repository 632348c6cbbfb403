"""What the recurrent operators share: padded sequences, and the products that need no time loop."""

import numpy as np

from . import Array
from ._validate import fit, within


def without_padding(operator: str, x: Array, lengths: Array | None) -> tuple[Array, list[Array | None]]:
    """x[T,N,D] with zeros for its padding, and for each step the valid sequences: bool[N,1], None for all.

    Zeros, because the padding may be NaN, which no weight of 0 would undo.
    """
    T = x.shape[0]
    if lengths is None:
        return x, [None] * T
    fit(operator, x=(x, "T N D"), lengths=(lengths, "N"))
    within(operator, 1, T, lengths=lengths)
    valid = (np.arange(T)[:, None] < lengths)[:, :, None]  # [T, N, 1]
    return np.where(valid, x, 0), list(valid)


def choose(valid: Array | None, new: Array, old: Array | int) -> Array:
    """`new` for the sequences that the step is valid for, else `old`."""
    return new if valid is None else np.where(valid, new, old)


def project(x: Array, weight_x: Array, bias: Array) -> Array:
    """x_t @ weight_x + bias, for all steps in one product."""
    T, N, D = x.shape
    return (x.reshape(T * N, D) @ weight_x + bias).reshape(T, N, weight_x.shape[1])


def gradients(
    da: list[Array], x: Array, h0: Array, h: Array, weight_x: Array
) -> tuple[Array, Array, Array, Array]:
    """dx, dweight_x, dweight_h and dbias, from da_t for all steps, the last one first."""
    (T, N, D), H = x.shape, h.shape[2]
    da_all = np.concatenate(da[::-1])  # [T N, width of a]
    h_previous = np.concatenate([h0[None], h[:-1]])  # [T, N, H]
    dx = (da_all @ weight_x.T).reshape(T, N, D)
    dweight_x = x.reshape(T * N, D).T @ da_all
    dweight_h = h_previous.reshape(T * N, H).T @ da_all
    return dx, dweight_x, dweight_h, np.sum(da_all, axis=0)
