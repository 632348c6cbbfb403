"""Perceptron and MLP over any way to multiply matrices and to add up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from variant import Functions

from honest._activations import ACTIVATIONS
from honest._fit import alike, fits
from honest._totals import Dot, Total

Array = np.ndarray


def dense(dot: Dot, total: Total) -> Functions:
    """perceptron and mlp, with their gradients."""

    def layer(x: Array, weight: Array, bias: Array, activation: str) -> Array:
        fits("ND DH H", x, weight, bias)
        return ACTIVATIONS[activation][0](dot(x, weight) + bias)

    def layer_vjp(dy: Array, y: Array, x: Array, weight: Array, activation: str) -> tuple[Array, ...]:
        alike(dy, y)
        da = dy * ACTIVATIONS[activation][1](y)
        return dot(da, weight.T), dot(x.T, da), total(da, 0)

    def perceptron(x: Array, weight: Array, bias: Array, *, activation: str) -> Array:
        return layer(x, weight, bias, activation)

    def perceptron_vjp(
        dy: Array, x: Array, weight: Array, bias: Array, *, activation: str
    ) -> tuple[Array, ...]:
        return layer_vjp(dy, layer(x, weight, bias, activation), x, weight, activation)

    def run(x: Array, weights: Sequence[Array], biases: Sequence[Array], activation: str) -> list[Array]:
        """x, and what comes out of each layer."""
        if not len(weights) == len(biases) > 0:
            raise ValueError(f"{len(weights)} weights and {len(biases)} biases")
        h = [x]
        for i, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
            h.append(layer(h[-1], weight, bias, activation if i < len(weights) else "identity"))
        return h

    def mlp(x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str) -> Array:
        return run(x, weights, biases, activation)[-1]

    def mlp_vjp(
        dy: Array, x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str
    ) -> tuple[Array, list[Array], list[Array]]:
        h = run(x, weights, biases, activation)
        dweights, dbiases = [], []
        for i in reversed(range(len(weights))):
            g = activation if i < len(weights) - 1 else "identity"
            dy, dweight, dbias = layer_vjp(dy, h[i + 1], h[i], weights[i], g)
            dweights.insert(0, dweight)
            dbiases.insert(0, dbias)
        return dy, dweights, dbiases

    return {
        "perceptron": perceptron,
        "perceptron_vjp": perceptron_vjp,
        "mlp": mlp,
        "mlp_vjp": mlp_vjp,
    }
