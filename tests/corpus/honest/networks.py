"""The simple recurrent network: batch-major, sequence by sequence, with checkpoints, and as a scan."""

from __future__ import annotations

from typing import Any

import numpy as np
from variant import Functions, Honest

from honest._activations import ACTIVATIONS
from honest._fit import alike, fits, steps_of

Array = np.ndarray
PATTERN = "TND NH DH HH H"


# ----- batch-major: x and h side by side, both weights on top of each other ---------------------------------


def stacked() -> Functions:
    def rnn(
        x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, activation: str = "tanh", lengths: Array | None = None,
    ) -> Array:  # fmt: skip
        return run(x, h0, weight_x, weight_h, bias, activation, lengths)[0].swapaxes(0, 1)

    def rnn_vjp(
        dh: Array, x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, activation: str = "tanh", lengths: Array | None = None,
    ) -> tuple[Array, ...]:  # fmt: skip
        """Every da_t kept; the weights' gradient in one product at the end."""
        h, live, given, y = run(x, h0, weight_x, weight_h, bias, activation, lengths)
        N, T, H = h.shape
        alike(dh, np.empty((T, N, H)))
        weight, D = np.concatenate([weight_x, weight_h]), x.shape[2]
        da, dx, dstate = np.empty_like(h), np.empty_like(x), np.zeros_like(h0)
        for t in reversed(range(T)):
            dstate = dstate + dh[t]
            da[:, t] = np.where(live[:, t], dstate * ACTIVATIONS[activation][1](y[:, t]), 0)
            dx[t], before = np.split(da[:, t] @ weight.T, [D], axis=1)
            dstate = np.where(live[:, t], before, dstate)
        dweight = np.einsum("ntd,nth->dh", given, da)
        return dx, dstate, dweight[:D], dweight[D:], da.sum(axis=1).sum(axis=0)

    def run(
        x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array, activation: str, lengths: Any
    ) -> tuple[Array, ...]:
        """h[N, T, H]; which steps count; what goes into each step, [N, T, D + H]; what g makes of it."""
        T, N, _, H = fits(PATTERN, x, h0, weight_x, weight_h, bias).values()
        live = (np.arange(T) < steps_of(lengths, N, T)[:, None])[..., None]  # [N, T, 1]
        weight, state = np.concatenate([weight_x, weight_h]), h0
        h, y = np.empty_like(x, shape=(N, T, H)), np.empty_like(x, shape=(N, T, H))
        given = np.empty_like(x, shape=(N, T, len(weight)))
        for t in range(T):
            given[:, t] = np.concatenate([np.where(live[:, t], x[t], 0), state], axis=1)
            y[:, t] = ACTIVATIONS[activation][0](given[:, t] @ weight + bias)
            h[:, t] = state = np.where(live[:, t], y[:, t], state)
        return h, live, given, y

    return {"rnn": rnn, "rnn_vjp": rnn_vjp}


# ----- sequence by sequence, each as long as it is; only every third state is kept --------------------------


def alone(every: int) -> Functions:
    def rnn(
        x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, activation: str = "tanh", lengths: Array | None = None,
    ) -> Array:  # fmt: skip
        T, N, _, H = fits(PATTERN, x, h0, weight_x, weight_h, bias).values()
        h = np.empty_like(x, shape=(T, N, H))
        for n, steps in enumerate(steps_of(lengths, N, T)):
            for t in range(T):
                before = h[t - 1, n] if t else h0[n]
                h[t, n] = step(x[t, n], before, weight_x, weight_h, bias, activation) if t < steps else before
        return h

    def rnn_vjp(
        dh: Array, x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
        *, activation: str = "tanh", lengths: Array | None = None,
    ) -> tuple[Array, ...]:  # fmt: skip
        h = rnn(x, h0, weight_x, weight_h, bias, activation=activation, lengths=lengths)
        alike(dh, h)
        T, N, _ = h.shape
        kept = np.concatenate([h0[None], h])[::every]  # the checkpoints h_0, h_every, …
        dx, dh0 = np.zeros_like(x), np.empty_like(h0)
        dweight_x, dweight_h, dbias = (np.zeros_like(w) for w in (weight_x, weight_h, bias))
        for n, steps in enumerate(steps_of(lengths, N, T)):
            dstate = dh[steps:, n].sum(axis=0)  # what is carried on sends back as it is
            for t in reversed(range(steps)):
                before = kept[t // every, n]
                for u in range(t // every * every, t):
                    before = step(x[u, n], before, weight_x, weight_h, bias, activation)
                y = step(x[t, n], before, weight_x, weight_h, bias, activation)
                da = (dh[t, n] + dstate) * ACTIVATIONS[activation][1](y)
                dweight_x += np.outer(x[t, n], da)
                dweight_h += np.outer(before, da)
                dbias += da
                dx[t, n], dstate = weight_x @ da, weight_h @ da
            dh0[n] = dstate
        return dx, dh0, dweight_x, dweight_h, dbias

    def step(x: Array, h: Array, weight_x: Array, weight_h: Array, bias: Array, activation: str) -> Array:
        return ACTIVATIONS[activation][0](bias + (weight_x.T @ x + weight_h.T @ h))

    return {"rnn": rnn, "rnn_vjp": rnn_vjp}


# ----- without an activation, h_t = h_(t−1) U + b_t is a scan of affine maps --------------------------------


def scanned(
    x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, activation: str = "tanh", lengths: Array | None = None,
) -> Array:  # fmt: skip
    """Maps (A, b): h ↦ h A + b, all prefixes in log T rounds (Hillis & Steele 1986)."""
    if activation != "identity":
        raise NotImplementedError("a scan needs an activation that is none")
    T, N, _, H = fits(PATTERN, x, h0, weight_x, weight_h, bias).values()
    last = np.minimum(np.arange(T)[:, None], steps_of(lengths, N, T) - 1)  # beyond it the state is carried
    A, b = np.broadcast_to(weight_h, (T, H, H)), x @ weight_x + bias  # [T, N, H]
    reach = 1
    while reach < T:
        b = np.concatenate([b[:reach], b[:-reach] @ A[reach:] + b[reach:]])
        A = np.concatenate([A[:reach], A[:-reach] @ A[reach:]])
        reach *= 2
    return (h0 @ A + b)[last, np.arange(N)]


VARIANTS: tuple[Honest, ...] = (
    Honest("recurrent network batch-major, both weights stacked", stacked()),
    Honest(
        "recurrent network sequence by sequence, with every third state kept",
        alone(3),
        "gradient checkpointing, Griewank & Walther 2000",
    ),
    Honest("linear recurrent network as a scan of affine maps", {"rnn": scanned}, "Hillis & Steele 1986"),
)
