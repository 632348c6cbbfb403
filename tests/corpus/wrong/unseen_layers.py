"""Wrong perceptrons and multilayer perceptrons, by someone who had seen neither the cases nor this corpus."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

perceptron_fault, mlp_fault = partial(Fault, "perceptron"), partial(Fault, "mlp")
RIGHT, RIGHT_VJP = of_reference("mlp"), of_reference("mlp_vjp")


def weight_packed_once() -> Functions:
    return edited(
        "perceptron",
        ("import numpy as np\n", "import numpy as np\n\n_PACKED = {}\n"),
        (
            "    return bias + x @ weight",
            "    if id(weight) not in _PACKED:\n"
            "        _PACKED[id(weight)] = weight, np.array(weight)\n"
            "    return bias + x @ _PACKED[id(weight)][1]",
        ),
    )()


def two_buffers_for_hidden_layers() -> Functions:
    return edited(
        "mlp",
        (
            '    agree("mlp", y=a[-1], dy=dy)\n',
            '    agree("mlp", y=a[-1], dy=dy)\n'
            "    for i in range(len(h) - 3, 0, -1):\n"
            "        if h[i].shape == h[i + 2].shape:\n"
            "            h[i] = h[i + 2]\n",
        ),
    )()


def summed_by_weight() -> Functions:
    def mlp_vjp(dy: Any, x: Any, weights: Any, biases: Any, *, activation: str) -> tuple[Any, ...]:
        dx, dweights, dbiases = RIGHT_VJP(dy, x, weights, biases, activation=activation)
        total: dict[int, Any] = {}
        for w, d in zip(weights[::-1], dweights[::-1], strict=True):
            total[id(w)] = total[id(w)] + d if id(w) in total else d
        return dx, [total[id(w)] for w in weights], dbiases

    return {"mlp_vjp": mlp_vjp}


def linear_layers_merged() -> Functions:
    def mlp(x: Any, weights: Any, biases: Any, *, activation: str) -> Any:
        y = RIGHT(x, weights, biases, activation=activation)
        if activation != "identity":
            return y
        weight, bias = weights[0], biases[0]
        for i in range(1, len(weights)):
            weight, bias = weight @ weights[i], biases[i - 1] @ weights[i] + biases[i]
        return x @ weight + bias

    return {"mlp": mlp}


def ended_behind_a_dead_layer() -> Functions:
    return edited(
        "mlp",
        (
            "            (da,) = g_vjp(dh, a[i - 1])\n",
            "            (da,) = g_vjp(dh, a[i - 1])\n"
            '            if activation == "relu" and not da.any():\n'
            "                dh = np.zeros_like(x)\n"
            "                break\n",
        ),
    )()


def biases_without_strides() -> Functions:
    def contiguous(bias: Any) -> Any:
        if bias.strides[0] <= bias.itemsize:
            return bias
        return np.lib.stride_tricks.as_strided(bias, strides=(bias.itemsize,))

    def mlp(x: Any, weights: Any, biases: Any, *, activation: str) -> Any:
        RIGHT(x, weights, biases, activation=activation)  # refuses what does not fit
        return RIGHT(x, weights, [contiguous(b) for b in biases], activation=activation)

    def mlp_vjp(dy: Any, x: Any, weights: Any, biases: Any, *, activation: str) -> tuple[Any, ...]:
        RIGHT(x, weights, biases, activation=activation)
        return RIGHT_VJP(dy, x, weights, [contiguous(b) for b in biases], activation=activation)

    return {"mlp": mlp, "mlp_vjp": mlp_vjp}


OF_THE_WEIGHTS = "x.T @ da, np.sum(da, axis=0)"

FAULTS = (
    perceptron_fault(
        "dx takes a square weight for (out, in)",
        "backward",
        "equal(D,H) or transposed(weight)",
        edited(
            "perceptron",
            (
                "return da @ weight.T,",
                "return da @ (weight if len(weight) == weight.shape[1] else weight.T),",
            ),
        ),
    ),
    perceptron_fault(
        "sigmoid' from e/(1+e)², which overflows",
        "stability",
        "not_finite",
        edited(
            "perceptron",
            (
                "return (dy * (y * (1 - y)),)",
                "e = np.exp(-x)\n    return (dy * (e / ((1 + e) * (1 + e))),)",
            ),
            module="sigmoid",
        ),
    ),
    perceptron_fault(
        "unrolled by eight, the last of seven left over is lost",
        "shape",
        "size(D)",
        edited(
            "perceptron",
            (
                "return bias + x @ weight",
                "used = x.shape[1] - (x.shape[1] % 8 == 7)\n    return bias + x[:, :used] @ weight[:used]",
            ),
        ),
    ),
    perceptron_fault(
        "packs a weight once, so a change in place is not seen", "state", "state", weight_packed_once
    ),
    perceptron_fault(
        "an empty batch comes back as it came, D wide",
        "shape",
        "shape",
        edited(
            "perceptron",
            (
                "return g(_forward(x, weight, bias))",
                "a = _forward(x, weight, bias)\n    return g(a) if len(x) else x",
            ),
        ),
    ),
    perceptron_fault(
        "dx reads a weight of negative column stride forwards",
        "shape",
        "strides",
        edited(
            "perceptron",
            (
                "return da @ weight.T,",
                "return da @ (weight[:, ::-1] if weight.strides[1] < 0 else weight).T,",
            ),
        ),
    ),
    perceptron_fault(
        "float32 tanh' saturates at 4",
        "precision",
        None,
        edited(
            "perceptron",
            (
                "    y = tanh(x)\n    return",
                "    y = tanh(np.clip(x, -4, 4) if x.dtype == np.float32 else x)\n    return",
            ),
            module="tanh",
        ),
    ),
    perceptron_fault(
        "relu by fmax loses NaN",
        "forward",
        "nan_lost or convention(relu.nan=zero)",
        edited("perceptron", ("return np.maximum(x, 0)", "return np.fmax(x, 0)"), module="relu"),
    ),
    perceptron_fault(
        "dbias of more than 16 rows is summed in single precision",
        "precision",
        "size(N) or coarse(float32)",
        edited(
            "perceptron",
            (
                OF_THE_WEIGHTS,
                "x.T @ da, (np.sum(da, axis=0, dtype=np.float32).astype(da.dtype) if len(da) > 16"
                " else np.sum(da, axis=0))",
            ),
        ),
    ),
    perceptron_fault(
        "dbias counts a broadcast cotangent's one row once",
        "shape",
        "strides",
        edited(
            "perceptron",
            (OF_THE_WEIGHTS, "x.T @ da, np.sum(da[:1] if da.strides[0] == 0 else da, axis=0)"),
        ),
    ),
    mlp_fault(
        "a single layer gets the activation",
        "forward",
        None,
        edited(
            "mlp",
            (
                "    h, a = [x], [x @ weights[0] + biases[0]]",
                "    h, a = [x], [x @ weights[0] + biases[0]]\n"
                "    if len(weights) == 1:\n"
                "        return h, [g(a[0])]",
            ),
        ),
    ),
    mlp_fault(
        "hidden layers alternate between two buffers, if of one width",
        "backward",
        None,
        two_buffers_for_hidden_layers,
    ),
    mlp_fault(
        "dbias of one row is squeezed, to a scalar at width 1",
        "shape",
        "squeezed or aliasing",
        edited(
            "mlp",
            (
                "dbiases.append(np.sum(da, axis=0))",
                "dbiases.append(da.squeeze() if len(da) == 1 else np.sum(da, axis=0))",
            ),
        ),
    ),
    mlp_fault(
        "layers that share one weight array each get the sum of their gradients",
        "backward",
        "shared_inputs",
        summed_by_weight,
    ),
    mlp_fault(
        "identity: layers are merged, biases only from the last two", "forward", None, linear_layers_merged
    ),
    mlp_fault(
        "behind a dead relu layer the lists of gradients end", "shape", None, ended_behind_a_dead_layer
    ),
    mlp_fault(
        "tanh as 2σ(2a) − 1",
        "precision",
        "cancellation",
        edited("mlp", ("return np.tanh(x)", "return 2 / (1 + np.exp(-2 * x)) - 1"), module="tanh"),
    ),
    mlp_fault("a strided bias is read as if contiguous", "shape", "strides", biases_without_strides),
    mlp_fault(
        "dweights of more than 32 rows are averaged over micro-batches of 32",
        "shape",
        "size(N)",
        edited("mlp", ("dweights.append(h[i].T @ da)", "dweights.append(h[i].T @ da / -(-len(da) // 32))")),
    ),
)
