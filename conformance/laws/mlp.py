"""Laws of the multilayer perceptron."""

from __future__ import annotations

from collections.abc import Iterator

from ..program import Calls
from ._batch import rows
from ._law import At, Law, Sides


def _collapse(calls: Calls, at: At) -> Iterator[Sides]:
    x, (w1, *weights), (b1, *biases) = at.inputs
    if at.attributes["activation"] != "identity" or not weights:
        return
    w2, b2 = weights[0], biases[0]
    joined = [w1 @ w2, *weights[1:]], [b1 @ w2 + b2, *biases[1:]]
    yield calls.forward("mlp", x, *joined, **at.attributes), calls.forward("mlp", *at.inputs, **at.attributes)


def _order(calls: Calls, at: At) -> Iterator[Sides]:
    _, weights, _ = at.inputs
    if len(weights) > 1:
        permuted = calls.forward("mlp", *_reordered(at), **at.attributes)
        yield permuted, calls.forward("mlp", *at.inputs, **at.attributes)


def _order_gradient(calls: Calls, at: At) -> Iterator[Sides]:
    _, weights, _ = at.inputs
    if len(weights) > 1:
        dx, dweights, dbiases = calls.vjp("mlp", at.cotangents, *at.inputs, **at.attributes)
        permuted, dw, db = calls.vjp("mlp", at.cotangents, *_reordered(at), **at.attributes)
        yield permuted, dx
        yield dw[0][:, ::-1], dweights[0]
        yield dw[1][::-1], dweights[1]
        yield db[0][::-1], dbiases[0]


def _reordered(at: At) -> tuple[object, list[object], list[object]]:
    """The inputs, with the units of the first hidden layer in reverse order."""
    x, (w1, w2, *weights), (b1, *biases) = at.inputs
    return x, [w1[:, ::-1], w2[::-1], *weights], [b1[::-1], *biases]


LAWS = (
    *rows(1),
    Law(
        "collapse",
        "with g(a) = a, the layers (w1, b1), (w2, b2) are the layer (w1 w2, b1 w2 + b2)",
        _collapse,
    ),
    Law("order", "hidden units have no order", _order),
    Law("order_gradient", "permuting hidden units permutes their gradients", _order_gradient, backward=True),
)
