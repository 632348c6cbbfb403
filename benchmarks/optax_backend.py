"""Optax, as a backend: its optimizers and clipping are a second opinion beside PyTorch's.

pip install jax optax
gradspec check benchmarks/optax_backend.py
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

name, version, dtypes = "optax", optax.__version__, ("float32", "float64")

# Optax adds ε inside the root, and starts Adagrad's sum at 0.1 unless told otherwise.
conventions = {"rmsprop.epsilon": "inside", "adagrad.epsilon": "inside"}
expected_failures = {
    "adagrad/extremes/float32": "where the sum of squares underflows to 0 no step is made",
    "clip_by_global_norm/extremes": "the squares of large gradients overflow: zeros come out",
    "softmax_cross_entropy/extremes": "the loss is a difference of two numbers as large as the logits",
    "softmax_cross_entropy/invalid_input": "labels out of range are not refused",
}


def from_numpy(array: np.ndarray) -> jax.Array:
    return jnp.array(array)


def to_numpy(array: jax.Array) -> np.ndarray:
    return np.array(array)


def sgd(parameter: Any, gradients: Any, *, learning_rate: float) -> Any:
    return _steps(optax.sgd(learning_rate), parameter, gradients)


def momentum(parameter: Any, gradients: Any, *, learning_rate: float, momentum: float) -> Any:
    return _steps(optax.sgd(learning_rate, momentum=momentum), parameter, gradients)


def adagrad(parameter: Any, gradients: Any, *, learning_rate: float, epsilon: float) -> Any:
    optimizer = optax.adagrad(learning_rate, initial_accumulator_value=0.0, eps=epsilon)
    return _steps(optimizer, parameter, gradients)


def rmsprop(parameter: Any, gradients: Any, *, learning_rate: float, decay: float, epsilon: float) -> Any:
    return _steps(optax.rmsprop(learning_rate, decay=decay, eps=epsilon), parameter, gradients)


def adadelta(parameter: Any, gradients: Any, *, learning_rate: float, decay: float, epsilon: float) -> Any:
    return _steps(optax.adadelta(learning_rate, rho=decay, eps=epsilon), parameter, gradients)


def adam(
    parameter: Any, gradients: Any, *, learning_rate: float, beta1: float, beta2: float, epsilon: float
) -> Any:
    return _steps(optax.adam(learning_rate, b1=beta1, b2=beta2, eps=epsilon), parameter, gradients)


def clip_by_global_norm(gradients: Sequence[Any], *, max_norm: float) -> list[Any]:
    clip = optax.clip_by_global_norm(max_norm)
    clipped, _ = clip.update(list(gradients), clip.init(list(gradients)))
    return list(clipped)


def clip_by_value(gradient: Any, *, limit: float) -> Any:
    clip = optax.clip(limit)
    return clip.update(gradient, clip.init(gradient))[0]


def softmax_cross_entropy(logits: Any, labels: Any) -> Any:
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def binary_cross_entropy(logits: Any, target: Any) -> Any:
    return optax.sigmoid_binary_cross_entropy(logits, target).mean()


def mean_squared_error(prediction: Any, target: Any) -> Any:
    return optax.squared_error(prediction, target).mean()


def vjp(function: Callable[..., Any], primals: tuple[Any, ...], cotangents: tuple[Any, ...]) -> Any:
    outputs, pullback = jax.vjp(function, *primals)
    return outputs, pullback(cotangents[0])


def _steps(optimizer: optax.GradientTransformation, parameter: Any, gradients: Any) -> Any:
    state = optimizer.init(parameter)
    parameters = []
    for gradient in gradients:
        updates, state = optimizer.update(gradient, state, parameter)
        parameter = optax.apply_updates(parameter, updates)
        parameters.append(parameter)
    return jnp.stack(parameters)
