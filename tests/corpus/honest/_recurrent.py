"""The simple recurrent network and the LSTM over any way to multiply matrices and to add up.

The input projection stands inside the loop, and every gradient is summed up as the steps go by.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from variant import Functions

from honest._activations import ACTIVATIONS, sigmoid, tanh
from honest._fit import alike, fits, steps_of
from honest._totals import Dot, Total

Array = np.ndarray


def simple(dot: Dot, total: Total) -> Functions:
    """rnn and its gradient."""

    def run(
        x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array, activation: str, lengths: Any
    ) -> Any:
        """Which steps count, bool[T, N, 1]; x without its padding; h_0 … h_T; g(a_1) … g(a_T)."""
        T, N, *_ = fits("TND NH DH HH H", x, h0, weight_x, weight_h, bias).values()
        live = (np.arange(T)[:, None] < steps_of(lengths, N, len(x)))[..., None]
        x, h, y = np.where(live, x, 0), [h0], []
        for t in range(T):
            a = dot(x[t], weight_x) + (dot(h[t], weight_h) + bias)
            y.append(ACTIVATIONS[activation][0](a))
            h.append(np.where(live[t], y[t], h[t]))
        return live, x, h, y

    def rnn(
        x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, activation: str = "tanh", lengths: Array | None = None,
    ) -> Array:  # fmt: skip
        return np.stack(run(x, h0, weight_x, weight_h, bias, activation, lengths)[2][1:])

    def rnn_vjp(
        dh: Array, x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, activation: str = "tanh", lengths: Array | None = None,
    ) -> tuple[Array, ...]:  # fmt: skip
        live, x, h, y = run(x, h0, weight_x, weight_h, bias, activation, lengths)
        alike(dh, np.stack(h[1:]))
        dx, dstate = np.empty_like(x), np.zeros_like(h0)
        dweight_x, dweight_h, dbias = (np.zeros_like(w) for w in (weight_x, weight_h, bias))
        for t in reversed(range(len(x))):
            dstate = dh[t] + dstate
            da = np.where(live[t], dstate * ACTIVATIONS[activation][1](y[t]), 0)
            dx[t] = dot(da, weight_x.T)
            dweight_x, dweight_h = dweight_x + dot(x[t].T, da), dweight_h + dot(h[t].T, da)
            dbias = dbias + total(da, 0)
            dstate = np.where(live[t], dot(da, weight_h.T), dstate)
        return dx, dstate, dweight_x, dweight_h, dbias

    return {"rnn": rnn, "rnn_vjp": rnn_vjp}


def gated(dot: Dot, total: Total) -> Functions:
    """lstm and its gradient."""

    def run(
        x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array, lengths: Any
    ) -> Any:
        """Which steps count; x without its padding; h_0 … h_T; c_0 … c_T; i, f, g, o and tanh c by step."""
        T, N, _, H = fits("TND NH NH DH4 HH4 H4", x, h0, c0, weight_x, weight_h, bias).values()
        live = (np.arange(T)[:, None] < steps_of(lengths, N, T))[..., None]
        x, h, c, gates = np.where(live, x, 0), [h0], [c0], []
        for t in range(T):
            a = dot(x[t], weight_x) + (dot(h[t], weight_h) + bias)
            s = sigmoid(a)  # of all four blocks in one call, though one of them is not asked for
            i, f, g, o = s[:, :H], s[:, H : 2 * H], tanh(a[:, 2 * H : 3 * H]), s[:, 3 * H :]
            after = i * g + f * c[t]
            gates.append((i, f, g, o, tanh(after)))
            h.append(np.where(live[t], o * tanh(after), h[t]))
            c.append(np.where(live[t], after, c[t]))
        return live, x, h, c, gates

    def lstm(
        x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, lengths: Array | None = None,
    ) -> tuple[Array, Array]:  # fmt: skip
        _, _, h, c, _ = run(x, h0, c0, weight_x, weight_h, bias, lengths)
        return np.stack(h[1:]), c[-1]

    def lstm_vjp(
        dh: Array, dc_last: Array, x: Array, h0: Array, c0: Array,
        weight_x: Array, weight_h: Array, bias: Array,
        *, lengths: Array | None = None,
    ) -> tuple[Array, ...]:  # fmt: skip
        live, x, h, c, gates = run(x, h0, c0, weight_x, weight_h, bias, lengths)
        alike(dh, np.stack(h[1:]))
        alike(dc_last, c0)
        dx, dstate, dcell = np.empty_like(x), np.zeros_like(h0), dc_last
        dweight_x, dweight_h, dbias = (np.zeros_like(w) for w in (weight_x, weight_h, bias))
        for t in reversed(range(len(x))):
            i, f, g, o, tanh_c = gates[t]
            dstate = dh[t] + dstate
            dc = dcell + dstate * o * (1 - tanh_c) * (1 + tanh_c)
            di, df, dg, do = dc * g, dc * c[t], dc * i, dstate * tanh_c
            da = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g) * (1 + g), do * o * (1 - o)]
            da = np.where(live[t], np.concatenate(da, axis=1), 0)
            dx[t] = dot(da, weight_x.T)
            dweight_x, dweight_h = dweight_x + dot(x[t].T, da), dweight_h + dot(h[t].T, da)
            dbias = dbias + total(da, 0)
            dstate = np.where(live[t], dot(da, weight_h.T), dstate)
            dcell = np.where(live[t], dc * f, dcell)
        return dx, dstate, dcell, dweight_x, dweight_h, dbias

    return {"lstm": lstm, "lstm_vjp": lstm_vjp}
