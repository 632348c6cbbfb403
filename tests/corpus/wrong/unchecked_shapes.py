"""Kernels that take their sizes from one input and never look at what is longer in another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fault import Fault, Functions, of_reference

Cut = Callable[..., tuple[Any, ...]]


def cut(operator: str, shorten: Cut) -> Callable[[], Functions]:
    """The forward call on inputs that `shorten` has cut to sizes that fit."""

    def functions() -> Functions:
        def forward(*inputs: Any, **attributes: Any) -> Any:
            return of_reference(operator)(*shorten(*inputs), **attributes)

        return {operator: forward}

    return functions


def losses(prediction: Any, target: Any) -> tuple[Any, ...]:
    part = tuple(slice(min(sizes)) for sizes in zip(prediction.shape, target.shape, strict=True))
    return prediction[part], target[part]


def layer(x: Any, weight: Any, bias: Any) -> tuple[Any, ...]:
    D, H = min(x.shape[1], weight.shape[0]), min(weight.shape[1], bias.shape[0])
    return x[:, :D], weight[:D, :H], bias[:H]


def layers(x: Any, weights: Any, biases: Any) -> tuple[Any, ...]:
    return x[:, : weights[0].shape[0]], weights, biases


def attention(query: Any, key: Any, value: Any) -> tuple[Any, ...]:
    N, S = min(map(len, (query, key, value))), min(key.shape[1], value.shape[1])
    E = min(query.shape[2], key.shape[2])
    return query[:N, :, :E], key[:N, :S, :E], value[:N, :S]


FAULTS = tuple(
    Fault(
        operator,
        "what is longer than it should be is not looked at",
        "contract",
        "unchecked",
        cut(operator, by),
    )
    for operator, by in (
        ("mean_squared_error", losses),
        ("binary_cross_entropy", losses),
        ("perceptron", layer),
        ("mlp", layers),
        ("scaled_dot_product_attention", attention),
    )
)
