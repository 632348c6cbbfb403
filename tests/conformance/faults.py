"""Wrong backends: the reference with one realistic fault each, and what the suite has to say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from gradspec import reference
from gradspec.conformance.backends import numpy as right


class Altered:
    """The NumPy reference with some functions replaced."""

    name, version, dtypes = "altered", "0", ("float32", "float64")

    def __init__(self, **functions: Any) -> None:
        self._functions = functions

    def __getattr__(self, attribute: str) -> Any:
        if attribute in self.__dict__.get("_functions", {}):
            return self._functions[attribute]
        return getattr(right, attribute)


@dataclass(frozen=True)
class Fault:
    """A fault, and where it has to be found: by these checks among others, under this label by one."""

    name: str
    operator: str
    functions: dict[str, Callable[..., Any]]
    checks: tuple[str, ...]
    label: str
    fault: str = "wrong"


def _reference(name: str) -> Callable[..., Any]:
    return reference.vjp(name.removesuffix("_vjp")) if name.endswith("_vjp") else reference.operator(name)


def _gates(array: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    return np.concatenate([np.split(array, 4, axis=-1)[i] for i in order], axis=-1)


def _lstm_other_gate_order(x, h0, c0, weight_x, weight_h, bias, **attributes):
    order = (0, 3, 1, 2)  # i, o, f, g
    weights = (_gates(w, order) for w in (weight_x, weight_h, bias))
    return _reference("lstm")(x, h0, c0, *weights, **attributes)


def _lstm_other_gate_order_vjp(dh, dc_last, x, h0, c0, weight_x, weight_h, bias, **attributes):
    order = (0, 3, 1, 2)
    back = tuple(int(i) for i in np.argsort(order))
    weights = (_gates(w, order) for w in (weight_x, weight_h, bias))
    gradients = _reference("lstm_vjp")(dh, dc_last, x, h0, c0, *weights, **attributes)
    return (*gradients[:3], *(_gates(g, back) for g in gradients[3:]))


def _attention_unscaled(query, key, value, **attributes):
    return _reference("scaled_dot_product_attention")(
        query * query.dtype.type(np.sqrt(query.shape[-1])), key, value, **attributes
    )


def _cross_entropy_not_averaged(dloss, logits, labels):
    (dlogits,) = _reference("softmax_cross_entropy_vjp")(dloss, logits, labels)
    return (dlogits * logits.dtype.type(len(logits)),)


def _embedding_overwrites(dy, table, indices):
    reference.operator("embedding")(table, indices)
    dtable = np.zeros_like(table)
    dtable[indices] = dy
    return (dtable,)


def _bptt_truncated(dh, x, h0, weight_x, weight_h, bias, **attributes):
    """The state's gradient is cut every five steps."""
    gradients = None
    h = _reference("rnn")(x, h0, weight_x, weight_h, bias, **attributes)
    if attributes.get("lengths") is not None or len(x) <= 5:
        return _reference("rnn_vjp")(dh, x, h0, weight_x, weight_h, bias, **attributes)
    pieces = []
    for start in range(0, len(x), 5):
        before = h0 if start == 0 else h[start - 1]
        part = slice(start, start + 5)
        pieces.append(
            _reference("rnn_vjp")(dh[part], x[part], before, weight_x, weight_h, bias, **attributes)
        )
    dx = np.concatenate([p[0] for p in pieces])
    gradients = [sum(p[i] for p in pieces).astype(x.dtype) for i in (2, 3, 4)]
    return (dx, pieces[0][1], *gradients)


def _softmax_without_max(x):
    reference.operator("softmax")(x)
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return e / e.sum(axis=-1, keepdims=True)


def _sigmoid_in_place(x):
    y = reference.operator("sigmoid")(x)
    if x.flags.writeable:
        x[...] = y
    return y


def _slightly_off(dy, x):
    (dx,) = reference.vjp("tanh")(dy, x)
    return (dx * (1 + 1e-9) if dx.dtype == np.float64 else dx,)


def _through_float32(x, weight, bias, *, activation):
    y = reference.operator("perceptron")(
        *(a.astype(np.float32) for a in (x, weight, bias)), activation=activation
    )
    return y.astype(x.dtype)


def _stateful_dropout() -> Callable[..., Any]:
    kept: list[np.ndarray] = []

    def dropout(x, keep, *, rate):
        """With the mask of the call before, where it fits."""
        before = kept.pop() if kept else keep
        kept.append(keep)
        return reference.operator("dropout")(x, before if before.shape == keep.shape else keep, rate=rate)

    return dropout


def _unvalidated_embedding(table, indices):
    return table[np.clip(indices, 0, len(table) - 1)]


def _returns_its_input(x):
    reference.operator("relu")(x)
    return x if (x >= 0).all() else np.maximum(x, 0)


def _adam_without_correction(parameter, gradients, *, learning_rate, beta1, beta2, epsilon):
    settings = {"learning_rate": learning_rate, "beta1": beta1, "beta2": beta2, "epsilon": epsilon}
    return reference.operator("adam")(parameter, gradients, **settings, bias_correction_convention=False)


def _mask_ignored_in_backward(dy, query, key, value, *, causal=False, mask=None):
    reference.vjp("scaled_dot_product_attention")(dy, query, key, value, causal=causal, mask=mask)
    return reference.vjp("scaled_dot_product_attention")(dy, query, key, value)


def _clips_nan_away(gradient, *, limit):
    return np.fmin(np.fmax(gradient, gradient.dtype.type(-limit)), gradient.dtype.type(limit))


FAULTS = (
    Fault(
        "LSTM gates in another order",
        "lstm",
        {"lstm": _lstm_other_gate_order, "lstm_vjp": _lstm_other_gate_order_vjp},
        ("forward", "gradient", "shapes", "training"),
        "lstm.h",
    ),
    Fault(
        "attention without 1/√E",
        "scaled_dot_product_attention",
        {"scaled_dot_product_attention": _attention_unscaled},
        ("forward", "shapes", "finite_difference"),
        "scaled_dot_product_attention.y",
    ),
    Fault(
        "cross-entropy gradient not averaged",
        "softmax_cross_entropy",
        {"softmax_cross_entropy_vjp": _cross_entropy_not_averaged},
        ("gradient", "finite_difference", "training"),
        "softmax_cross_entropy.dlogits",
    ),
    Fault(
        "embedding gradient that overwrites repeats",
        "embedding",
        {"embedding_vjp": _embedding_overwrites},
        ("gradient", "exact", "finite_difference"),
        "embedding.dtable",
    ),
    Fault(
        "BPTT truncated to five steps",
        "rnn",
        {"rnn_vjp": _bptt_truncated},
        ("shapes",),
        "rnn.dx",
    ),
    Fault(
        "softmax without the max",
        "softmax",
        {"softmax": _softmax_without_max},
        ("extremes",),
        "softmax.y",
    ),
    Fault(
        "an input changed in place",
        "sigmoid",
        {"sigmoid": _sigmoid_in_place},
        ("purity",),
        "sigmoid.y",
    ),
    Fault(
        "a relative error of 1e-9 in one float64 gradient",
        "tanh",
        {"tanh_vjp": _slightly_off},
        ("gradient",),
        "tanh.dx",
        "precision",
    ),
    Fault(
        "float64 by way of float32",
        "perceptron",
        {"perceptron": _through_float32},
        ("forward",),
        "perceptron.y",
        "precision",
    ),
    Fault(
        "state that survives a call", "dropout", {"dropout": _stateful_dropout()}, ("purity",), "dropout.y"
    ),
    Fault(
        "an index out of range clamped",
        "embedding",
        {"embedding": _unvalidated_embedding},
        ("invalid_input",),
        "embedding.y",
        "policy",
    ),
    Fault("the input handed back", "relu", {"relu": _returns_its_input}, ("purity",), "relu.y"),
    Fault(
        "Adam without bias correction",
        "adam",
        {"adam": _adam_without_correction},
        ("forward", "training"),
        "adam.parameters",
    ),
    Fault(
        "the mask ignored in the backward",
        "scaled_dot_product_attention",
        {"scaled_dot_product_attention_vjp": _mask_ignored_in_backward},
        ("gradient", "finite_difference"),
        "scaled_dot_product_attention.dquery",
    ),
    Fault(
        "NaN clipped to a number",
        "clip_by_value",
        {"clip_by_value": _clips_nan_away},
        ("extremes",),
        "clip_by_value.clipped",
        "policy",
    ),
)
