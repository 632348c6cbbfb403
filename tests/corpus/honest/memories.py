"""The LSTM: batch-major with stacked weights, gate by gate with checkpoints, packed by length."""

from __future__ import annotations

from typing import Any

import numpy as np
from variant import Functions, Honest

from honest._activations import sigmoid, tanh
from honest._fit import alike, fits, steps_of

Array = np.ndarray
PATTERN = "TND NH NH DH4 HH4 H4"
Weights = tuple[Array, Array, Array]


# ----- packed: sequences sorted by length, a batch that shrinks, weights stacked, sigmoids in one call ------


def packed() -> Functions:
    def lstm(
        x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, lengths: Array | None = None,
    ) -> tuple[Array, Array]:  # fmt: skip
        h, c, *_ = run(x, h0, c0, (weight_x, weight_h, bias), lengths)
        return h, c

    def lstm_vjp(
        dh: Array, dc_last: Array, x: Array, h0: Array, c0: Array,
        weight_x: Array, weight_h: Array, bias: Array,
        *, lengths: Array | None = None,
    ) -> tuple[Array, ...]:  # fmt: skip
        """Every gradient summed up as the steps go by; a sequence joins at its last step."""
        h, _, saved = run(x, h0, c0, (weight_x, weight_h, bias), lengths)
        alike(dh, h)
        alike(dc_last, c0)
        weight, D = np.concatenate([weight_x, weight_h]), x.shape[2]
        dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(bias)
        dh_t, dc_t = np.zeros_like(h0), dc_last.copy()
        for t in reversed(range(len(x))):
            dh_t += dh[t]
            if saved[t] is None:
                continue
            own, given, c_before, (i, f, o, g), tanh_c = saved[t]
            do = dh_t[own] * tanh_c
            dc = dc_t[own] + dh_t[own] * o * (1 - tanh_c * tanh_c)
            local = dc * g * i * (1 - i), dc * c_before * f * (1 - f), dc * i * (1 - g * g), do * o * (1 - o)
            da = np.concatenate(local, axis=1)
            dweight += given.T @ da
            dbias += da.sum(axis=0)
            dx[t, own], dh_t[own] = np.split(da @ weight.T, [D], axis=1)
            dc_t[own] = dc * f
        return dx, dh_t, dc_t, dweight[:D], dweight[D:], dbias

    def run(x: Array, h0: Array, c0: Array, weights: Weights, lengths: Any) -> tuple[Any, ...]:
        """h, c_last, and what each step leaves to the way back."""
        T, N, _, H = fits(PATTERN, x, h0, c0, *weights).values()
        steps = steps_of(lengths, N, T)
        order = np.argsort(-steps, kind="stable")  # the longest first
        gates = np.concatenate([np.arange(2 * H), np.arange(3 * H, 4 * H), np.arange(2 * H, 3 * H)])
        weight, bias = np.concatenate(weights[:2])[:, gates], weights[2][gates]  # i, f, o, g
        h, c, saved = np.empty_like(x, shape=(T, N, H)), c0.copy(), []
        state = h0.copy()
        for t in range(T):
            own = order[: np.count_nonzero(steps > t)]
            if own.size:
                given = np.concatenate([x[t, own], state[own]], axis=1)
                a, g = np.split(given @ weight + bias, [3 * H], axis=1)
                i, f, o = np.split(sigmoid(a), 3, axis=1)
                g = np.tanh(g)
                before = c[own]
                c[own] = f * before + i * g
                tanh_c = np.tanh(c[own])
                state[own] = o * tanh_c
                saved.append((own, given, before, (i, f, o, g), tanh_c))
            else:
                saved.append(None)
            h[t] = state
        return h, c, saved

    return {"lstm": lstm, "lstm_vjp": lstm_vjp}


# ----- gate by gate, batch-major; of the states only every fourth is kept -----------------------------------


def gatewise(every: int) -> Functions:
    def lstm(
        x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, lengths: Array | None = None,
    ) -> tuple[Array, Array]:  # fmt: skip
        T, N, _, H = fits(PATTERN, x, h0, c0, weight_x, weight_h, bias).values()
        live = (np.arange(T)[:, None] < steps_of(lengths, N, T))[..., None]
        h, state = np.empty_like(x, shape=(N, T, H)), (h0, c0)
        for t in range(T):
            state, _ = step(x[t], live[t], state, gates_of(weight_x, weight_h, bias))
            h[:, t] = state[0]
        return h.swapaxes(0, 1), state[1].copy()

    def lstm_vjp(
        dh: Array, dc_last: Array, x: Array, h0: Array, c0: Array,
        weight_x: Array, weight_h: Array, bias: Array,
        *, lengths: Array | None = None,
    ) -> tuple[Array, ...]:  # fmt: skip
        """The steps between two checkpoints are computed again, then gone back through."""
        T, N, *_ = fits(PATTERN, x, h0, c0, weight_x, weight_h, bias).values()
        alike(dc_last, c0)
        live = (np.arange(T)[:, None] < steps_of(lengths, N, T))[..., None]
        gates = gates_of(weight_x, weight_h, bias)
        kept, state = [], (h0, c0)
        for t in range(T):
            if t % every == 0:
                kept.append(state)
            state, _ = step(x[t], live[t], state, gates)
        alike(dh, np.empty((T, *state[0].shape)))
        dx, dstate, dcell = np.zeros_like(x), np.zeros_like(h0), dc_last
        sums = [[np.zeros_like(part) for part in gate] for gate in gates]
        for start in reversed(range(0, T, every)):
            states, locals_ = [kept[start // every]], []
            for t in range(start, min(start + every, T)):
                after, local = step(x[t], live[t], states[-1], gates)
                states.append(after)
                locals_.append(local)
            for t in reversed(range(start, min(start + every, T))):
                (h, c), (i, f, g, o, tanh_c) = states[t - start], locals_[t - start]
                dstate = dh[t] + dstate
                dc = dcell + dstate * o * (1 - tanh_c * tanh_c)
                da = (
                    dc * g * i * (1 - i),
                    dc * c * f * (1 - f),
                    dc * i * (1 - g * g),
                    dstate * tanh_c * o * (1 - o),
                )
                before = np.zeros_like(h0)
                for d, (weight, recurrent, _), total in zip(da, gates, sums, strict=True):
                    d = np.where(live[t], d, 0)
                    total[0] += np.where(live[t], x[t], 0).T @ d
                    total[1] += h.T @ d
                    total[2] += d.sum(axis=0)
                    dx[t] += d @ weight.T
                    before += d @ recurrent.T
                dstate, dcell = np.where(live[t], before, dstate), np.where(live[t], dc * f, dcell)
        dweights = [np.concatenate(parts, axis=-1) for parts in zip(*sums, strict=True)]
        return dx, dstate, np.array(dcell), *dweights

    def gates_of(weight_x: Array, weight_h: Array, bias: Array) -> list[tuple[Array, ...]]:
        """weight_x, weight_h and bias of i, f, g, o."""
        return list(zip(*(np.split(w, 4, axis=-1) for w in (weight_x, weight_h, bias)), strict=True))

    def step(x: Array, live: Array, state: tuple[Array, Array], gates: Any) -> tuple[Any, Any]:
        h, c = state
        x = np.where(live, x, 0)
        i, f, g, o = (
            squash(x @ weight + h @ recurrent + bias)
            for squash, (weight, recurrent, bias) in zip(
                (sigmoid, sigmoid, tanh, sigmoid), gates, strict=True
            )
        )
        after = c * f + g * i
        tanh_c = tanh(after)
        return (np.where(live, o * tanh_c, h), np.where(live, after, c)), (i, f, g, o, tanh_c)

    return {"lstm": lstm, "lstm_vjp": lstm_vjp}


VARIANTS: tuple[Honest, ...] = (
    Honest("LSTM packed by length, both weights stacked", packed(), "as cuDNN takes its batches"),
    Honest(
        "LSTM gate by gate and batch-major, with every fourth state kept",
        gatewise(4),
        "gradient checkpointing, Griewank & Walther 2000",
    ),
)
