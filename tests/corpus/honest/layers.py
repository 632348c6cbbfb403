"""Perceptron and MLP with the bias as a weight, example by example, and with activations computed twice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from variant import Honest

from honest._activations import ACTIVATIONS
from honest._fit import alike, fits

Array = np.ndarray
Triple = tuple[Array, list[Array], list[Array]]


# ----- the bias as the weight of an input that is 1 ---------------------------------------------------------


def with_one(x: Array) -> Array:
    return np.concatenate([x, np.ones_like(x, shape=(len(x), 1))], axis=1)


def joined(weight: Array, bias: Array) -> Array:
    return np.concatenate([weight, bias[None]])


def affine_perceptron(x: Array, weight: Array, bias: Array, *, activation: str) -> Array:
    fits("ND DH H", x, weight, bias)
    return ACTIVATIONS[activation][0](with_one(x) @ joined(weight, bias))


def affine_perceptron_vjp(
    dy: Array, x: Array, weight: Array, bias: Array, *, activation: str
) -> tuple[Array, ...]:
    y = affine_perceptron(x, weight, bias, activation=activation)
    alike(dy, y)
    da = dy * ACTIVATIONS[activation][1](y)
    both = with_one(x).T @ da
    return da @ weight.T, both[:-1], both[-1]


# ----- example by example -----------------------------------------------------------------------------------


def single_perceptron(x: Array, weight: Array, bias: Array, *, activation: str) -> Array:
    """Each example by a product of a matrix and a vector, starting from the bias."""
    N, _, H = fits("ND DH H", x, weight, bias).values()
    g = ACTIVATIONS[activation][0]
    rows = [g(bias + weight.T @ row) for row in x]
    return np.array(rows, x.dtype).reshape(N, H)


def single_perceptron_vjp(
    dy: Array, x: Array, weight: Array, bias: Array, *, activation: str
) -> tuple[Array, ...]:
    y = single_perceptron(x, weight, bias, activation=activation)
    alike(dy, y)
    dx, dweight, dbias = np.empty_like(x), np.zeros_like(weight), np.zeros_like(bias)
    for n in reversed(range(len(x))):
        da = dy[n] * ACTIVATIONS[activation][1](y[n])
        dx[n] = weight @ da
        dweight += np.outer(x[n], da)
        dbias += da
    return dx, dweight, dbias


def single_mlp(x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str) -> Array:
    (N, _), last = x.shape, biases[-1].shape
    hold(x, weights, biases)
    rows = [_single(row, weights, biases, activation)[-1] for row in x]
    return np.array(rows, x.dtype).reshape(N, *last)


def single_mlp_vjp(
    dy: Array, x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str
) -> Triple:
    hold(x, weights, biases)
    dx, dweights, dbiases = np.empty_like(x), *([np.zeros_like(w) for w in ws] for ws in (weights, biases))
    for n, row in enumerate(x):
        h, da = _single(row, weights, biases, activation), dy[n]
        for i in reversed(range(len(weights))):
            if i < len(weights) - 1:
                da = da * ACTIVATIONS[activation][1](h[i + 1])
            dweights[i] += np.outer(h[i], da)
            dbiases[i] += da
            da = weights[i] @ da
        dx[n] = da
    return dx, dweights, dbiases


def _single(row: Array, weights: Sequence[Array], biases: Sequence[Array], activation: str) -> list[Array]:
    """What each layer makes of one example, the last of them without an activation."""
    h = [row]
    for i, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        a = weight.T @ h[-1] + bias
        h.append(ACTIVATIONS[activation][0](a) if i < len(weights) - 1 else a)
    return h


def hold(x: Array, weights: Sequence[Array], biases: Sequence[Array]) -> None:
    width = x.shape[1:]
    for weight, bias in zip(weights, biases, strict=True):
        if (weight.shape[:1], weight.shape[1:]) != (width, bias.shape) or bias.ndim != 1:
            raise ValueError(f"a layer of {weight.shape} and {bias.shape} after a width of {width}")
        width = bias.shape


# ----- only the input is kept: what each layer was given is computed again on the way back ------------------


def again_mlp(x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str) -> Array:
    hold(x, weights, biases)
    return _after(len(weights), x, weights, biases, activation)


def again_mlp_vjp(
    dy: Array, x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str
) -> Triple:
    """Gradient checkpointing (Griewank & Walther 2000), with the input as the one checkpoint."""
    hold(x, weights, biases)
    dweights, dbiases = [], []
    for i in reversed(range(len(weights))):
        if i < len(weights) - 1:
            y = _after(i + 1, x, weights, biases, activation)
            dy = dy * ACTIVATIONS[activation][1](y)
        dweights.insert(0, _after(i, x, weights, biases, activation).T @ dy)
        dbiases.insert(0, np.ones(len(dy), dy.dtype) @ dy)
        dy = dy @ weights[i].T
    return dy, dweights, dbiases


def _after(
    layers: int, x: Array, weights: Sequence[Array], biases: Sequence[Array], activation: str
) -> Array:
    """What so many layers make of x."""

    def layer(h: Array, i: int) -> Array:
        a = h @ weights[i]
        a += biases[i]
        return ACTIVATIONS[activation][0](a) if i < len(weights) - 1 else a

    return reduce(layer, range(layers), x)


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "perceptron with its bias as a weight, MLP with activations computed twice",
        {
            "perceptron": affine_perceptron,
            "perceptron_vjp": affine_perceptron_vjp,
            "mlp": again_mlp,
            "mlp_vjp": again_mlp_vjp,
        },
        "gradient checkpointing, Griewank & Walther 2000",
    ),
    Honest(
        "perceptron and MLP example by example",
        {
            "perceptron": single_perceptron,
            "perceptron_vjp": single_perceptron_vjp,
            "mlp": single_mlp,
            "mlp_vjp": single_mlp_vjp,
        },
    ),
)
