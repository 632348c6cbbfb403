"""A small tape: what is computed on `Node`s can be gone back through (Linnainmaa 1976; Speelpenning 1980).

Every operation also takes plain arrays, and then leaves no trace: the same code is the forward function and
what `vjp` differentiates. Arrays keep their dtype; plain numbers take on that of the array beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

Array = np.ndarray
Pullback = Callable[[Array], Array]
_places = count()


class Node:
    """A value on the tape, with the nodes it came from and how a cotangent gets back to each."""

    __array_ufunc__ = None  # NumPy's arrays leave operators to it

    def __init__(self, value: Array, came_from: Sequence[tuple[Node, Pullback]] = ()) -> None:
        self.value, self.came_from, self.place = value, came_from, next(_places)

    def __add__(self, o: Any) -> Node:
        return _made(raw(self) + raw(o), (self, lambda d: d), (o, lambda d: d))

    def __sub__(self, o: Any) -> Node:
        return _made(raw(self) - raw(o), (self, lambda d: d), (o, lambda d: -d))

    def __mul__(self, o: Any) -> Node:
        a, b = raw(self), raw(o)
        return _made(a * b, (self, lambda d: d * b), (o, lambda d: d * a))

    def __truediv__(self, o: Any) -> Node:
        a, b = raw(self), raw(o)
        return _made(a / b, (self, lambda d: d / b), (o, lambda d: -d * (a / b) / b))

    def __matmul__(self, o: Any) -> Node:
        a, b = raw(self), raw(o)
        back_a, back_b = (lambda d: d @ np.swapaxes(b, -1, -2)), (lambda d: np.swapaxes(a, -1, -2) @ d)
        return _made(a @ b, (self, back_a), (o, back_b))

    __radd__, __rmul__ = __add__, __mul__

    def __getitem__(self, index: Any) -> Node:
        return take(self, index)


def raw(x: Any) -> Any:
    """The number behind a node: what no gradient flows through."""
    return x.value if isinstance(x, Node) else x


def _made(value: Array, *links: tuple[Any, Pullback]) -> Any:
    tied = [(x, back) for x, back in links if isinstance(x, Node)]
    return Node(value, tied) if tied else value


def exp(x: Any) -> Any:
    return _made(y := np.exp(raw(x)), (x, lambda d: d * y))


def log(x: Any) -> Any:
    return _made(np.log(raw(x)), (x, lambda d: d / raw(x)))


def log1p(x: Any) -> Any:
    return _made(np.log1p(raw(x)), (x, lambda d: d / (1 + raw(x))))


def tanh(x: Any) -> Any:
    return _made(y := np.tanh(raw(x)), (x, lambda d: d * (1 - y * y)))


def total(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    def back(d: Array) -> Array:
        d = d if keepdims or axis is None else np.expand_dims(d, axis)
        return np.broadcast_to(d, raw(x).shape)

    return _made(np.sum(raw(x), axis=axis, keepdims=keepdims), (x, back))


def largest(x: Any) -> Any:
    """Along the last axis, which stays; of several largest each takes its share of the cotangent."""
    y = raw(x).max(axis=-1, keepdims=True)
    chosen = (raw(x) == y).astype(y.dtype)
    return _made(y, (x, lambda d: d * chosen / np.sum(chosen, axis=-1, keepdims=True)))


def where(condition: Array, a: Any, b: Any) -> Any:
    back_a, back_b = (lambda d: np.where(condition, d, 0)), (lambda d: np.where(condition, 0, d))
    return _made(np.where(condition, raw(a), raw(b)), (a, back_a), (b, back_b))


def take(x: Any, index: Any) -> Any:
    def back(d: Array) -> Array:
        np.add.at(dx := np.zeros_like(raw(x)), index, d)
        return dx

    return _made(raw(x)[index], (x, back))


def reshape(x: Any, *shape: int) -> Any:
    return _made(raw(x).reshape(shape), (x, lambda d: d.reshape(raw(x).shape)))


def swapaxes(x: Any, first: int, second: int) -> Any:
    return _made(np.swapaxes(raw(x), first, second), (x, lambda d: np.swapaxes(d, first, second)))


def stack(parts: Sequence[Any]) -> Any:
    links = [(part, lambda d, i=i: d[i]) for i, part in enumerate(parts)]
    return _made(np.stack([raw(part) for part in parts]), *links)


def vjp(function: Callable[..., Any], primals: Sequence[Array], cotangents: Sequence[Array]) -> Any:
    """The hook of the protocol: the outputs of this run, and one gradient for each primal."""
    leaves = [Node(primal) for primal in primals]
    outputs = function(*leaves)
    each = outputs if isinstance(outputs, tuple) else (outputs,)
    due: dict[int, tuple[Node, Array]] = {}

    def add(node: Node, d: Array) -> None:
        d = _fitted(d, node.value)
        due[node.place] = (node, due[node.place][1] + d if node.place in due else d)

    for output, cotangent in zip(each, cotangents, strict=True):
        if isinstance(output, Node):
            add(output, cotangent)
    gradients = {leaf.place: np.zeros_like(leaf.value) for leaf in leaves}
    while due:  # the latest first: whatever it fed has been gone through
        node, d = due.pop(max(due))
        if node.place in gradients:
            gradients[node.place] = np.array(d, node.value.dtype)
        for source, back in node.came_from:
            add(source, back(d))
    values = tuple(np.array(raw(output)) for output in each)
    return values if isinstance(outputs, tuple) else values[0], tuple(gradients.values())


def _fitted(d: Array, value: Array) -> Array:
    """Summed over the axes along which the value was broadcast."""
    d = d.sum(axis=tuple(range(np.ndim(d) - value.ndim)))
    stretched = tuple(i for i, size in enumerate(value.shape) if size == 1 and d.shape[i] != 1)
    return d.sum(axis=stretched, keepdims=True) if stretched else d
