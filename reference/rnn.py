"""The simple recurrent network (Elman 1990): h_t = g(a_t), a_t = x_t @ weight_x + h_(t−1) @ weight_h + bias.

x[T,N,D], h0[N,H], weight_x[D,H], weight_h[H,H], bias[H] → h[T,N,H]. From step lengths[n] on, h_t = h_(t−1).
Backwards (Werbos 1990): da_t = dh_t ⊙ g'(a_t), where dh_t also receives da_(t+1) @ weight_hᵀ.
"""

import numpy as np

from . import Array
from ._activations import activation_of
from ._recurrent import choose, gradients, project, without_padding
from ._validate import agree, fit


def rnn(
    x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, activation: str = "tanh", lengths: Array | None = None,
) -> Array:  # fmt: skip
    h, *_ = _forward(x, h0, weight_x, weight_h, bias, activation, lengths)
    return h


def rnn_vjp(
    dh: Array, x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, activation: str = "tanh", lengths: Array | None = None,
) -> tuple[Array, Array, Array, Array, Array]:  # fmt: skip
    h, a, x, valid = _forward(x, h0, weight_x, weight_h, bias, activation, lengths)
    agree("rnn", h=h, dh=dh)
    _, g_vjp = activation_of("rnn", activation)
    dh_next = np.zeros_like(h0)  # what step t + 1 sends back
    da = []
    for t in reversed(range(x.shape[0])):
        dh_t = dh[t] + dh_next
        (da_t,) = g_vjp(dh_t, a[t])  # [N, H]
        da_t = choose(valid[t], da_t, 0)
        dh_next = choose(valid[t], da_t @ weight_h.T, dh_t)
        da.append(da_t)
    dx, dweight_x, dweight_h, dbias = gradients(da, x, h0, h, weight_x)
    return dx, dh_next, dweight_x, dweight_h, dbias


def _forward(
    x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array, activation: str, lengths: Array | None
) -> tuple[Array, list[Array], Array, list[Array | None]]:
    """h[T,N,H], a_t[N,H] of each step, and x and the valid steps as `without_padding` gives them."""
    fit("rnn", x=(x, "T N D"), h0=(h0, "N H"),
        weight_x=(weight_x, "D H"), weight_h=(weight_h, "H H"), bias=(bias, "H"))  # fmt: skip
    g, _ = activation_of("rnn", activation)
    x, valid = without_padding("rnn", x, lengths)
    a_x = project(x, weight_x, bias)  # [T, N, H]
    h_t, h, a = h0, [], []
    for t in range(x.shape[0]):
        a.append(a_x[t] + h_t @ weight_h)
        h_t = choose(valid[t], g(a[t]), h_t)
        h.append(h_t)
    return np.stack(h), a, x, valid
