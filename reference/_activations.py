"""The activations by name, each with its gradient."""

from collections.abc import Callable

from . import Array
from ._validate import one_of
from .relu import relu, relu_vjp
from .sigmoid import sigmoid, sigmoid_vjp
from .tanh import tanh, tanh_vjp

Activation = tuple[Callable[[Array], Array], Callable[[Array, Array], tuple[Array]]]


def identity(x: Array) -> Array:
    return x


def identity_vjp(dy: Array, x: Array) -> tuple[Array]:
    return (dy,)


_ACTIVATIONS: dict[str, Activation] = {
    "identity": (identity, identity_vjp),
    "sigmoid": (sigmoid, sigmoid_vjp),
    "tanh": (tanh, tanh_vjp),
    "relu": (relu, relu_vjp),
}


def activation_of(operator: str, activation: str) -> Activation:
    """(g, g_vjp): y = g(a), and (da,) = g_vjp(dy, a)."""
    one_of(operator, *_ACTIVATIONS, activation=activation)
    return _ACTIVATIONS[activation]
