"""JAX, as a backend: its own functions, attention, LSTM and optimizers, under the contract's names.

    pip install jax
    gradspec check benchmarks/jax_backend.py --profile smoke

It compiles every shape anew, so this takes minutes where others take seconds.

Perceptron, losses and the simple recurrent network are composed of its parts, as its users do: it has none of
its own. What takes a layer library (dropout) or is not in its optimizers (AdaGrad with an ε, AdaDelta) stays
undefined, and so do positional encoding and early stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

import jax
import numpy as np
from jax import Array, lax, nn
from jax import numpy as jnp
from jax.example_libraries import optimizers
from jax.experimental.rnn import lstm_ref

# Without it JAX makes float32 of every float64.
jax.config.update("jax_enable_x64", True)

name = "jax"
version = jax.__version__
dtypes = ("float32", "float64", "float16", "bfloat16")
conventions = {"rmsprop.epsilon": "inside", "index.out_of_range": "wrap_negative"}
# What else an index or a length may be is seen only when it runs, where JAX raises no error.
_UNSEEN = {
    "embedding": "an index beyond the last row is clamped",
    "one_hot": "an index out of range gives a row of zeros",
    "softmax_cross_entropy": "a label beyond the last class gives NaN",
    "rnn": "lengths out of range are not refused",
    "lstm": "lengths out of range are not refused",
}
_SINGLE = "dot_product_attention computes its scores and their softmax in float32"
_INEXACT = "forward", "gradient", "finite_difference", "laws", "extremes", "shapes"
expected_failures = {
    **{f"{operator}/invalid_input": reason for operator, reason in _UNSEEN.items()},
    **{f"scaled_dot_product_attention/{check}/float64": _SINGLE for check in _INEXACT},
    **{f"multi_head_attention/{check}/float64": _SINGLE for check in (*_INEXACT, "training")},
    "clip_by_global_norm/extremes": "the squares of large gradients overflow: zeros come out",
    "lstm/extremes": "a NaN in the padding reaches the gradients: lstm_ref computes with it, then selects",
    "multi_head_attention/extremes/float32": "compiled as a whole, scores of 1e12 become NaN",
}


_ARRAYS = count(1)


def from_numpy(array: np.ndarray) -> Array:
    if next(_ARRAYS) % 4096 == 0:  # each program it keeps maps memory, and Linux allows a process 65 530 maps
        jax.clear_caches()
    return jnp.array(array)  # asarray may share memory with what it is given


def to_numpy(array: Array) -> np.ndarray:
    return np.asarray(array)


def vjp(
    function: Callable[..., Any], primals: Sequence[Array], cotangents: Sequence[Array]
) -> tuple[Any, tuple[Array, ...]]:
    outputs, pullback = jax.vjp(function, *primals)
    return outputs, pullback(tuple(cotangents) if isinstance(outputs, tuple) else cotangents[0])


# ----- activations ------------------------------------------------------------------------------------------

# Whatever has more than one step is compiled as a whole, once for each shape, as users do: step
# by step it takes several times as long, and a scan over a closure would be compiled anew in every call.
sigmoid, tanh, relu, softmax = nn.sigmoid, jnp.tanh, nn.relu, jax.jit(nn.softmax)


def _identity(x: Array) -> Array:
    return x


_ACTIVATIONS = {"identity": _identity, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}


# ----- layers -----------------------------------------------------------------------------------------------


@partial(jax.jit, static_argnames="activation")
def perceptron(x: Array, weight: Array, bias: Array, *, activation: str) -> Array:
    return _ACTIVATIONS[activation](x @ weight + bias)


@partial(jax.jit, static_argnames="activation")
def mlp(x: Array, weights: Sequence[Array], biases: Sequence[Array], *, activation: str) -> Array:
    *hidden, (weight, bias) = zip(weights, biases, strict=True)
    for weight_i, bias_i in hidden:
        x = perceptron(x, weight_i, bias_i, activation=activation)
    return x @ weight + bias


def one_hot(indices: Array, *, depth: int) -> Array:
    return nn.one_hot(indices, depth, dtype=jnp.float64)


def embedding(table: Array, indices: Array) -> Array:
    return table[indices]


# ----- losses -----------------------------------------------------------------------------------------------


@jax.jit
def mean_squared_error(prediction: Array, target: Array) -> Array:
    return jnp.mean(jnp.square(prediction - target))


@jax.jit
def binary_cross_entropy(logits: Array, target: Array) -> Array:
    return -jnp.mean(target * nn.log_sigmoid(logits) + (1 - target) * nn.log_sigmoid(-logits))


@jax.jit
def softmax_cross_entropy(logits: Array, labels: Array) -> Array:
    return -jnp.mean(jnp.take_along_axis(nn.log_softmax(logits), labels[:, None], axis=-1))


# ----- recurrent networks -----------------------------------------------------------------------------------


@partial(jax.jit, static_argnames="activation")
def rnn(
    x: Array, h0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, activation: str = "tanh", lengths: Array | None = None,
) -> Array:  # fmt: skip
    def step(h: Array, at: tuple[Array, Array]) -> tuple[Array, Array]:
        x_t, valid = at
        h_next = _ACTIVATIONS[activation](x_t @ weight_x + h @ weight_h + bias)
        h = jnp.where(valid[:, None], h_next, h)
        return h, h

    valid = _valid(x, lengths)
    x = jnp.where(valid[..., None], x, 0)  # what is not selected has a gradient too, and NaN times 0 is NaN
    _, h = lax.scan(step, h0, (x, valid))
    return h


@jax.jit
def lstm(
    x: Array, h0: Array, c0: Array, weight_x: Array, weight_h: Array, bias: Array,
    *, lengths: Array | None = None,
) -> tuple[Array, Array]:  # fmt: skip
    """JAX keeps weights as (out, in) by layer, its gates i, f, g, o in this order, and has a second bias."""
    T, N, D = x.shape
    H = h0.shape[-1]
    last_steps = jnp.full(N, T, jnp.int32) if lengths is None else lengths.astype(jnp.int32)
    layer = {0: weight_x.T}, {0: weight_h.T}, {0: bias}, {0: jnp.zeros_like(bias)}
    h, h_last, c_last = lstm_ref(
        jnp.swapaxes(x, 0, 1), h0[None], c0[None], *layer, last_steps, D, H, 1, 0.0, False
    )
    h = jnp.swapaxes(h, 0, 1)  # [T, N, H], zero where it is padded
    if lengths is not None:
        h = jnp.where(_valid(x, lengths)[..., None], h, h_last)
    return h, c_last[0]


def _valid(x: Array, lengths: Array | None) -> Array:
    """The steps [T, N] that are not padding."""
    T, N, _ = x.shape
    return jnp.arange(T)[:, None] < (jnp.full(N, T) if lengths is None else lengths)


# ----- attention --------------------------------------------------------------------------------------------


@partial(jax.jit, static_argnames="causal")
def scaled_dot_product_attention(
    query: Array, key: Array, value: Array, *, causal: bool = False, mask: Array | None = None
) -> Array:
    E, F = key.shape[-1], value.shape[-1]
    # JAX takes one width for all three: zeros make it up, and add nothing. Its axis of heads has one.
    query, key = (_widened(x, F - E)[:, :, None] for x in (query, key))
    value = _widened(value, E - F)[:, :, None]
    given = None if mask is None else mask[:, None]
    y = nn.dot_product_attention(query, key, value, mask=given, scale=E**-0.5, is_causal=causal)
    return y[:, :, 0, :F]


def _widened(x: Array, missing: int) -> Array:
    return jnp.pad(x, ((0, 0), (0, 0), (0, max(missing, 0))))


@partial(jax.jit, static_argnames=("heads", "causal"))
def multi_head_attention(
    query: Array, key: Array, value: Array,
    weight_q: Array, weight_k: Array, weight_v: Array, weight_o: Array,
    *, heads: int, causal: bool = False,
) -> Array:  # fmt: skip
    given = (query, weight_q), (key, weight_k), (value, weight_v)
    q, k, v = ((x @ weight).reshape(*x.shape[:2], heads, -1) for x, weight in given)  # [N, L or S, heads, ·]
    y = nn.dot_product_attention(q, k, v, is_causal=causal)
    return (y.reshape(query.shape) @ weight_o).reshape(query.shape)


# ----- optimizers -------------------------------------------------------------------------------------------


def clip_by_value(gradient: Array, *, limit: float) -> Array:
    return jnp.clip(gradient, -limit, limit)


def clip_by_global_norm(gradients: Sequence[Array], *, max_norm: float) -> Any:
    return optimizers.clip_grads(gradients, max_norm)


def sgd(parameter: Array, gradients: Array, *, learning_rate: float) -> Array:
    return _parameters(optimizers.sgd(learning_rate), parameter, gradients)


def momentum(parameter: Array, gradients: Array, *, learning_rate: float, momentum: float) -> Array:
    return _parameters(optimizers.momentum(learning_rate, momentum), parameter, gradients)


def rmsprop(
    parameter: Array, gradients: Array, *, learning_rate: float, decay: float, epsilon: float
) -> Array:
    return _parameters(optimizers.rmsprop(learning_rate, decay, epsilon), parameter, gradients)


def adam(
    parameter: Array, gradients: Array,
    *, learning_rate: float, beta1: float, beta2: float, epsilon: float,
) -> Array:  # fmt: skip
    return _parameters(optimizers.adam(learning_rate, beta1, beta2, epsilon), parameter, gradients)


def _parameters(optimizer: Any, parameter: Array, gradients: Array) -> Array:
    """The parameter after each step, from fresh state."""
    state = optimizer.init_fn(parameter)
    parameters = []
    for step, gradient in enumerate(gradients):
        state = optimizer.update_fn(step, gradient, state)
        parameters.append(optimizer.params_fn(state))
    return jnp.stack(parameters)
