"""Operators on the tape of `tape.py`, which gives their gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from variant import Honest

from honest import tape
from honest._fit import fits, steps_of, visible, within
from honest.tape import exp, largest, log, log1p, raw, reshape, stack, swapaxes, take, total, where

Array = Any
"""NumPy's, or a node of the tape."""


def magnitude(x: Array) -> Array:
    return where(raw(x) < 0, x * -1, x)


def sigmoid(x: Array) -> Array:
    e = exp(magnitude(x) * -1)
    return where(raw(x) < 0, e, np.ones_like(raw(e))) / (1 + e)


def tanh(x: Array) -> Array:
    return tape.tanh(x)


def relu(x: Array) -> Array:
    return where(raw(x) < 0, np.zeros_like(raw(x)), x)


def identity(x: Array) -> Array:
    return x


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "identity": identity, "sigmoid": sigmoid, "tanh": tanh, "relu": relu,
}  # fmt: skip


def softmax(x: Array) -> Array:
    e = exp(x - raw(x).max(axis=-1, keepdims=True))  # of the shift y does not depend: it is a constant here
    return e / total(e, -1, keepdims=True)


def softmax_through_maximum(x: Array) -> Array:
    """The shift is differentiated too, and its gradient cancels."""
    e = exp(x - largest(x))
    return e / total(e, -1, keepdims=True)


def perceptron(x: Array, weight: Array, bias: Array, *, activation: str) -> Array:
    fits("ND DH H", *map(raw, (x, weight, bias)))
    return ACTIVATIONS[activation](x @ weight + bias)


def mlp(x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str) -> Array:
    for i, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        x = perceptron(ACTIVATIONS[activation](x) if i else x, weight, bias, activation="identity")
    return x


def mean_squared_error(prediction: Array, target: Array) -> Array:
    sizes = fits("NK NK", raw(prediction), raw(target))
    r = prediction - target
    return total(r * r) / math.prod(sizes.values())


def binary_cross_entropy(logits: Array, target: Array) -> Array:
    fits("N N", raw(logits), target)
    terms = relu(logits) - logits * target + log1p(exp(magnitude(logits) * -1))
    return total(terms) / len(target)


def softmax_cross_entropy(logits: Array, labels: Array) -> Array:
    N, K = fits("NK N", raw(logits), labels).values()
    within(labels, K)
    s = logits - raw(logits).max(axis=-1, keepdims=True)
    return total(log(total(exp(s), -1)) - take(s, (np.arange(N), labels))) / N


def embedding(table: Array, indices: Array) -> Array:
    within(indices, fits("VD NT", raw(table), indices)["V"])
    return take(table, indices)


def rnn(
    x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, activation: str = "tanh", lengths: Array | None = None,
) -> Array:  # fmt: skip
    T, N, *_ = fits("TND NH DH HH H", *map(raw, (x, h0, weight_x, weight_h, bias))).values()
    live = (np.arange(T)[:, None] < steps_of(lengths, N, T))[..., None]
    x, h = where(live, x, np.zeros_like(raw(x))), [h0]
    for t in range(T):
        after = ACTIVATIONS[activation](x[t] @ weight_x + h[t] @ weight_h + bias)
        h.append(where(live[t], after, h[t]))
    return stack(h[1:])


def lstm(
    x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, lengths: Array | None = None,
) -> tuple[Array, Array]:  # fmt: skip
    given = (x, h0, c0, weight_x, weight_h, bias)
    T, N, _, H = fits("TND NH NH DH4 HH4 H4", *map(raw, given)).values()
    live = (np.arange(T)[:, None] < steps_of(lengths, N, T))[..., None]
    x, h, c = where(live, x, np.zeros_like(raw(x))), [h0], c0
    for t in range(T):
        a = x[t] @ weight_x + h[t] @ weight_h + bias
        a_i, a_f, a_g, a_o = (a[:, k * H : (k + 1) * H] for k in range(4))
        after = sigmoid(a_f) * c + sigmoid(a_i) * tanh(a_g)
        h.append(where(live[t], sigmoid(a_o) * tanh(after), h[t]))
        c = where(live[t], after, c)
    return stack(h[1:]), c


def scaled_dot_product_attention(
    query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
) -> Array:
    E = fits("NLE NSE NSF", *map(raw, (query, key, value)))["E"]
    s = query @ swapaxes(key, -1, -2) / math.sqrt(E)
    seen = visible(raw(query), raw(key), causal, mask)
    return softmax(where(seen, s, np.full_like(raw(s), -np.inf))) @ value


def multi_head_attention(
    query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False,
) -> Array:  # fmt: skip
    given = (query, key, value, weight_q, weight_k, weight_v, weight_o)
    N, L, E, S = fits("NLE NSE NSE EE EE EE EE", *map(raw, given)).values()
    if heads < 1 or E % heads:
        raise ValueError(f"{heads} heads for a width of {E}")

    def by_head(x: Array, weight: Array, length: int) -> Array:
        return reshape(swapaxes(reshape(x @ weight, N, length, heads, -1), 1, 2), N * heads, length, -1)

    q, k, v = by_head(query, weight_q, L), by_head(key, weight_k, S), by_head(value, weight_v, S)
    y = reshape(scaled_dot_product_attention(q, k, v, causal=causal), N, heads, L, -1)
    return reshape(swapaxes(y, 1, 2), N, L, E) @ weight_o


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "functions, layers and losses on a tape",
        {
            "vjp": tape.vjp,
            "sigmoid": sigmoid,
            "tanh": tanh,
            "relu": relu,
            "softmax": softmax,
            "perceptron": perceptron,
            "mlp": mlp,
            "mean_squared_error": mean_squared_error,
            "binary_cross_entropy": binary_cross_entropy,
            "softmax_cross_entropy": softmax_cross_entropy,
            "embedding": embedding,
        },
        "reverse-mode automatic differentiation, Linnainmaa 1976",
    ),
    Honest(
        "recurrences and attention on a tape",
        {
            "vjp": tape.vjp,
            "softmax": softmax_through_maximum,
            "rnn": rnn,
            "lstm": lstm,
            "scaled_dot_product_attention": scaled_dot_product_attention,
            "multi_head_attention": multi_head_attention,
        },
        "softmax with its shift differentiated too",
    ),
)
