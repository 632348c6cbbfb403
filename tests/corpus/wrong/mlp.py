"""Wrong multilayer perceptrons."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import Values, cast, changed, only, quiet, whole_blocks
from wrong._memory import backward_of_the_last_forward, misread

fault = partial(Fault, "mlp")
RIGHT, RIGHT_VJP = of_reference("mlp"), of_reference("mlp_vjp")


def square_ones_transposed(x: Any, weights: Any, biases: Any) -> Values:
    return x, [w.T.copy() if w.shape[0] == w.shape[1] else w for w in weights], biases


def decayed() -> Functions:
    def mlp_vjp(dy: Any, x: Any, weights: Any, biases: Any, *, activation: str) -> Values:
        dx, dweights, dbiases = RIGHT_VJP(dy, x, weights, biases, activation=activation)
        return dx, [d + 0.0001 * w for d, w in zip(dweights, weights, strict=True)], dbiases

    return {"mlp_vjp": mlp_vjp}


def compiled_by_shape() -> Functions:
    compiled: dict[Any, str] = {}

    def mlp(x: Any, weights: Any, biases: Any, *, activation: str) -> Any:
        RIGHT(x, weights, biases, activation=activation)  # refuses what does not fit
        key = (x.shape, *(w.shape for w in weights))
        return RIGHT(x, weights, biases, activation=compiled.setdefault(key, activation))

    return {"mlp": mlp}


def bias_gradients_kept() -> Functions:
    buffers: dict[Any, Any] = {}

    def mlp_vjp(*given: Any, **attributes: Any) -> Values:
        dx, dweights, dbiases = RIGHT_VJP(*given, **attributes)
        flat = np.concatenate(dbiases)
        buffer = buffers.setdefault((len(flat), flat.dtype), flat)
        buffer[...] = flat
        ends = np.cumsum([len(d) for d in dbiases])
        return dx, dweights, np.split(buffer, ends[:-1])

    return {"mlp_vjp": mlp_vjp}


def hidden_in_thirty_twos(x: Any, weights: Any, biases: Any) -> Values:
    def cut(weight: Any) -> Any:
        return np.where((np.arange(len(weight)) < whole_blocks(len(weight), 32))[:, None], weight, 0)

    return x, [weights[0], *map(cut, weights[1:])], biases


def in_float32() -> Functions:
    def mlp(*inputs: Any, activation: str) -> Any:
        with np.errstate(all="ignore"):
            return RIGHT(*cast(inputs, "float32"), activation=activation).astype(inputs[0].dtype)

    return {"mlp": mlp}


FORWARD = (
    fault("compiled once for each shape, with the first activation", "state", "state", compiled_by_shape),
    fault(
        "the activation after the last layer too",
        "forward",
        "activation_last",
        edited(
            "mlp",
            ("return a[-1]", 'return activation_of("mlp", activation)[0](a[-1])'),
            ("da = dy  #", 'da = activation_of("mlp", activation)[1](dy, a[-1])[0]  #'),
        ),
    ),
    fault(
        "no activation before the last layer where there are more than two",
        "forward",
        None,
        edited(
            "mlp",
            ("h.append(g(a[-1]))", "h.append(a[-1] if 1 < len(a) == len(weights) - 1 else g(a[-1]))"),
            ("if i > 0:", "if 1 < i == len(weights) - 1:\n            da = dh\n        elif i > 0:"),
        ),
    ),
    fault(
        "no biases",
        "forward",
        "ignored(biases)",
        changed("mlp", inputs=lambda x, weights, biases: (x, weights, [np.zeros_like(b) for b in biases])),
    ),
    fault(
        "square weights as (out, in)",
        "forward",
        "transposed(weights)",
        changed("mlp", inputs=square_ones_transposed, gradients=square_ones_transposed),
        "torch 2.13.0",
    ),
    fault(
        "the hidden sigmoid as exp(a) / (1 + exp(a)), which overflows",
        "stability",
        "not_finite",
        quiet(
            edited(
                "mlp",
                ("return np.where(x >= 0, 1, e) / (1 + e)", "return np.exp(x) / (1 + np.exp(x))"),
                module="sigmoid",
            )
        ),
    ),
    fault(
        "NaN in x taken for 0",
        "stability",
        "nan_lost",
        changed("mlp", inputs=lambda x, *rest: (np.where(np.isnan(x), np.zeros_like(x), x), *rest)),
    ),
    fault(
        "the activation after the only layer",
        "shape",
        None,
        edited(
            "mlp",
            ("return a[-1]", 'return activation_of("mlp", activation)[0](a[-1]) if len(a) == 1 else a[-1]'),
            (
                "da = dy  #",
                'da = activation_of("mlp", activation)[1](dy, a[-1])[0] if len(a) == 1 else dy  #',
            ),
        ),
    ),
    fault(
        "hidden layers in blocks of 32, the remainder forgotten",
        "shape",
        "size(D)",
        only("mlp", changed("mlp", inputs=hidden_in_thirty_twos)),
    ),
    fault(
        "float64 through float32; the gradient is right",
        "precision",
        "coarse(float32)",
        in_float32,
        "keras 3.15.1",
    ),
)

BACKWARD = (
    fault(
        "dweights the last layer first",
        "backward",
        "reversed(dweights)",
        edited("mlp", ("dweights[::-1]", "dweights")),
    ),
    fault(
        "g′ only below the last layer",
        "backward",
        None,
        edited(
            "mlp", ("if i > 0:", "if 0 < i < len(weights) - 1:\n            da = dh\n        elif i > 0:")
        ),
        "mlpack PR #3859",
    ),
    fault(
        "g′ at the next layer's pre-activation where the widths are the same",
        "shape",
        None,
        edited("mlp", ("g_vjp(dh, a[i - 1])", "g_vjp(dh, a[i] if a[i].shape == dh.shape else a[i - 1])")),
    ),
    fault(
        "pre-activations kept in two buffers in turn",
        "shape",
        None,
        edited(
            "mlp",
            ("g_vjp(dh, a[i - 1])", "g_vjp(dh, two_further(a[:-1], i - 1))"),
            (
                "def _forward(",
                "def two_further(a, i):\n"
                "    later = [b for b in a[i::2] if b.shape == a[i].shape]\n"
                "    return later[-1]\n\n\n"
                "def _forward(",
            ),
        ),
    ),
    fault(
        "dweights of the pre-activations",
        "backward",
        "off_by_one(a)",
        edited("mlp", ("h[i].T @ da", "(a[i - 1] if i else x).T @ da")),
    ),
    fault(
        "dweights as the step downhill",
        "backward",
        "sign",
        changed("mlp", gradients=lambda dx, dweights, dbiases: (dx, [-d for d in dweights], dbiases)),
    ),
    fault(
        "dbiases averaged over the batch",
        "backward",
        "scaled(1/N)",
        edited("mlp", ("np.sum(da, axis=0)", "np.sum(da, axis=0) / da.shape[0]")),
    ),
    fault(
        "no gradient for x",
        "backward",
        "zero",
        changed("mlp", gradients=lambda dx, *rest: (np.zeros_like(dx), *rest)),
    ),
    fault("weight decay in dweights", "backward", None, decayed, "scikit-learn 1.9.1"),
    fault(
        "the derivative of relu for every activation",
        "backward",
        "activation(relu)",
        edited(
            "mlp", ('_, g_vjp = activation_of("mlp", activation)', '_, g_vjp = activation_of("mlp", "relu")')
        ),
    ),
    fault("dbiases in a buffer that the next call uses again", "state", "aliasing", bias_gradients_kept),
    fault(
        "the gradient at what the last forward call saved",
        "state",
        "state",
        backward_of_the_last_forward("mlp"),
    ),
    fault(
        "dy read as if it were contiguous",
        "shape",
        "strides",
        misread("mlp_vjp", 0),
        "https://github.com/pytorch/pytorch/issues/194719",
    ),
)

FAULTS = FORWARD + BACKWARD
