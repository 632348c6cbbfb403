"""Optimizers step by step: step sizes folded, states as moving averages, roots instead of squares."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from variant import Honest

from honest._fit import moves
from honest._steps import Updates, displaced, stepping

Array = np.ndarray


# ----- moving averages by their differences, step sizes folded, in place ------------------------------------


def folded_sgd(gradients: Array, *, learning_rate: float) -> Iterator[Array]:
    yield from gradients * learning_rate


def folded_momentum(gradients: Array, *, learning_rate: float, momentum: float) -> Iterator[Array]:
    """v ← μ v + lr g, with the learning rate inside, as in Caffe."""
    v = np.zeros_like(gradients[0])
    for g in gradients:
        v = momentum * v + learning_rate * g
        yield v


def folded_adagrad(gradients: Array, *, learning_rate: float, epsilon: float) -> Iterator[Array]:
    s = np.zeros_like(gradients[0])
    for g in gradients:
        s += g * g
        yield g * (learning_rate / (np.sqrt(s) + epsilon))


def folded_rmsprop(
    gradients: Array, *, learning_rate: float, decay: float, epsilon: float
) -> Iterator[Array]:
    """s ← s + (1 − ρ)(g² − s)."""
    s = np.zeros_like(gradients[0])
    for g in gradients:
        s += (1 - decay) * (g * g - s)
        yield g / (np.sqrt(s) + epsilon) * learning_rate


def folded_adadelta(
    gradients: Array, *, learning_rate: float, decay: float, epsilon: float
) -> Iterator[Array]:
    """Both means by their differences, and one root of the quotient."""
    s, d = np.zeros_like(gradients[0]), np.zeros_like(gradients[0])
    for g in gradients:
        s += (1 - decay) * (g * g - s)
        u = np.sqrt((d + epsilon) / (s + epsilon)) * g
        d += (1 - decay) * (u * u - d)
        yield learning_rate * u


def folded_adam(
    gradients: Array, *, learning_rate: float, beta1: float, beta2: float, epsilon: float
) -> Iterator[Array]:
    """Both corrections in the step size and in ε-hat = ε √(1 − β₂ᵗ) (the end of section 2 of the paper)."""
    m, v = np.zeros_like(gradients[0]), np.zeros_like(gradients[0])
    for t, g in enumerate(gradients, 1):
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g * g - v)
        root = math.sqrt(1 - beta2**t)
        yield learning_rate * root / (1 - beta1**t) * m / (np.sqrt(v) + epsilon * root)


# ----- the root of the second moment, by hypot: no square is ever taken -------------------------------------


def root_adagrad(gradients: Array, *, learning_rate: float, epsilon: float) -> Iterator[Array]:
    r = np.zeros_like(gradients[0])
    for g in gradients:
        r = np.hypot(r, g)
        yield learning_rate * (g / (r + epsilon))


def root_rmsprop(gradients: Array, *, learning_rate: float, decay: float, epsilon: float) -> Iterator[Array]:
    r = np.zeros_like(gradients[0])
    for g in gradients:
        r = np.hypot(math.sqrt(decay) * r, math.sqrt(1 - decay) * g)
        yield learning_rate * (g / (r + epsilon))


def root_adadelta(gradients: Array, *, learning_rate: float, decay: float, epsilon: float) -> Iterator[Array]:
    r, q, e = (
        np.zeros_like(gradients[0]),
        np.zeros_like(gradients[0]),
        gradients.dtype.type(math.sqrt(epsilon)),
    )
    for g in gradients:
        r = np.hypot(math.sqrt(decay) * r, math.sqrt(1 - decay) * g)
        u = g * (np.hypot(q, e) / np.hypot(r, e))
        q = np.hypot(math.sqrt(decay) * q, math.sqrt(1 - decay) * u)
        yield learning_rate * u


def root_adam(
    gradients: Array, *, learning_rate: float, beta1: float, beta2: float, epsilon: float
) -> Iterator[Array]:
    """1 − βᵗ as a running weight, w ← β w + (1 − β)."""
    m, r = np.zeros_like(gradients[0]), np.zeros_like(gradients[0])
    weight1 = weight2 = 0.0
    for g in gradients:
        m = beta1 * m + (1 - beta1) * g
        r = np.hypot(math.sqrt(beta2) * r, math.sqrt(1 - beta2) * g)
        weight1, weight2 = beta1 * weight1 + (1 - beta1), beta2 * weight2 + (1 - beta2)
        yield learning_rate * (m / weight1) / (r / math.sqrt(weight2) + epsilon)


# ----- settings of the arrays' own dtype --------------------------------------------------------------------


def in_dtype(updates: Updates) -> Updates:
    def rounded(gradients: Array, **attributes: float) -> Iterator[Array]:
        return updates(gradients, **{name: gradients.dtype.type(x) for name, x in attributes.items()})

    return rounded


# ----- entry by entry, in Python's own floats ---------------------------------------------------------------


def by_entry(parameter: Array, gradients: Array, step: Any) -> Array:
    """`step(g)` gives, from its own state, what to take off for each gradient of one entry."""
    moves(parameter, gradients)
    after = np.empty_like(gradients)
    for index in np.ndindex(parameter.shape):
        p, update = float(parameter[index]), step()
        for t, g in enumerate(gradients[(slice(None), *index)].tolist()):
            p -= update(g)
            after[(t, *index)] = p
    return after


def entry_momentum(parameter: Array, gradients: Array, *, learning_rate: float, momentum: float) -> Array:
    def step() -> Any:
        v = 0.0

        def update(g: float) -> float:
            nonlocal v
            v = v * momentum + g
            return v * learning_rate

        return update

    return by_entry(parameter, gradients, step)


def entry_adam(
    parameter: Array, gradients: Array,
    *, learning_rate: float, beta1: float, beta2: float, epsilon: float,
) -> Array:  # fmt: skip
    """1 − βᵗ as −expm1(t log β), which does not cancel where β is next to 1."""

    def step() -> Any:
        m = v = 0.0
        t = 0

        def corrected(beta: float) -> float:
            return -math.expm1(t * math.log(beta)) if beta else 1.0

        def update(g: float) -> float:
            nonlocal m, v, t
            m, v, t = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g, t + 1
            return learning_rate * (m / corrected(beta1)) / (math.sqrt(v / corrected(beta2)) + epsilon)

        return update

    return by_entry(parameter, gradients, step)


FOLDED = {
    "sgd": folded_sgd,
    "momentum": folded_momentum,
    "adagrad": folded_adagrad,
    "rmsprop": folded_rmsprop,
    "adadelta": folded_adadelta,
    "adam": folded_adam,
}
ROOTED = {"adagrad": root_adagrad, "rmsprop": root_rmsprop, "adadelta": root_adadelta, "adam": root_adam}

VARIANTS: tuple[Honest, ...] = (
    Honest(
        "optimizers with folded step sizes and moving averages by their differences",
        {name: stepping(updates) for name, updates in FOLDED.items()},
        "the ε of Adam in its ε-hat form, rewritten to the same number",
    ),
    Honest(
        "optimizers by roots, never by squares",
        {name: stepping(updates) for name, updates in ROOTED.items()},
        "np.hypot, as one would where squares overflow",
    ),
    Honest(
        "optimizers whose updates are added up by themselves, with what that loses",
        {name: displaced(updates) for name, updates in {**FOLDED, **ROOTED}.items()},
        "Neumaier 1974",
    ),
    Honest(
        "optimizers whose settings are rounded to the dtype first",
        {name: stepping(in_dtype(updates)) for name, updates in FOLDED.items()},
        "so 1 − β is 1 less a rounded β, as where settings are tensors",
    ),
    Honest(
        "optimizers entry by entry in Python's floats",
        {"momentum": entry_momentum, "adam": entry_adam},
        "float64 whatever the dtype, rounded where the parameter is stored",
    ),
)
