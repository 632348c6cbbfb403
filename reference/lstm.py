"""Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate of Gers, Schmidhuber & Cummins 2000).

a_t = x_t @ weight_x + h_(t−1) @ weight_h + bias, in blocks a_i, a_f, a_g, a_o;
i = σ(a_i), f = σ(a_f), g = tanh(a_g), o = σ(a_o); c_t = f ⊙ c_(t−1) + i ⊙ g; h_t = o ⊙ tanh(c_t).
From step lengths[n] on, h_t = h_(t−1) and c_t = c_(t−1).
x[T,N,D], h0[N,H], c0[N,H], weight_x[D,4H], weight_h[H,4H], bias[4H] → h[T,N,H], c_last[N,H].
"""

import numpy as np

from . import Array
from ._recurrent import choose, gradients, project, without_padding
from ._validate import agree, fit
from .sigmoid import sigmoid


def lstm(
    x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, lengths: Array | None = None,
) -> tuple[Array, Array]:  # fmt: skip
    h, c, *_ = _forward(x, h0, c0, weight_x, weight_h, bias, lengths)
    return h, c[-1]


def lstm_vjp(
    dh: Array, dc_last: Array, x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, lengths: Array | None = None,
) -> tuple[Array, Array, Array, Array, Array, Array]:  # fmt: skip
    h, c, (i, f, g, o), x, valid = _forward(x, h0, c0, weight_x, weight_h, bias, lengths)
    agree("lstm", h=h, dh=dh)
    agree("lstm", c_last=c0, dc_last=dc_last)
    c_previous, tanh_c = np.concatenate([c0[None], c[:-1]]), np.tanh(c)
    # The factors of the way back, for all steps at once: from h to c, and from c (or, for o, h) to a.
    h_to_c = o * (1 - tanh_c * tanh_c)
    local = g * i * (1 - i), c_previous * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)
    to_a = np.concatenate(local, axis=-1)  # [T, N, 4H]
    dh_next, dc_next = np.zeros_like(h0), dc_last  # what step t + 1 sends back
    da = []
    for t in reversed(range(x.shape[0])):
        dh_t = dh[t] + dh_next
        dc_t = dc_next + dh_t * h_to_c[t]
        da_t = choose(valid[t], np.concatenate([dc_t, dc_t, dc_t, dh_t], axis=-1) * to_a[t], 0)
        dh_next = choose(valid[t], da_t @ weight_h.T, dh_t)
        dc_next = choose(valid[t], dc_t * f[t], dc_next)
        da.append(da_t)
    dx, dweight_x, dweight_h, dbias = gradients(da, x, h0, h, weight_x)
    return dx, dh_next, dc_next, dweight_x, dweight_h, dbias


def _forward(
    x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array, lengths: Array | None
) -> tuple[Array, Array, list[Array], Array, list[Array | None]]:
    """h, c and the gates i, f, g, o, each [T,N,H]; x and the valid steps as `without_padding` gives them."""
    fit("lstm", x=(x, "T N D"), h0=(h0, "N H"), c0=(c0, "N H"),
        weight_x=(weight_x, "D 4H"), weight_h=(weight_h, "H 4H"), bias=(bias, "4H"))  # fmt: skip
    x, valid = without_padding("lstm", x, lengths)
    a_x = project(x, weight_x, bias)  # [T, N, 4H]
    h_t, c_t = h0, c0
    steps = []
    for t in range(x.shape[0]):
        a_i, a_f, a_g, a_o = np.split(a_x[t] + h_t @ weight_h, 4, axis=-1)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c_t = choose(valid[t], f * c_t + i * g, c_t)
        h_t = choose(valid[t], o * np.tanh(c_t), h_t)
        steps.append((h_t, c_t, i, f, g, o))
    h, c, *gates = map(np.stack, zip(*steps, strict=True))
    return h, c, gates, x, valid
