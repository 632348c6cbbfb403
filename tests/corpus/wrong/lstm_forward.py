"""LSTMs that compute another function; most with the gradient that belongs to it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import Builder, Values, changed, only, valid_steps

fault = partial(Fault, "lstm")
RIGHT, RIGHT_VJP = of_reference("lstm"), of_reference("lstm_vjp")


def in_columns(there: Any, back: Any) -> Builder:
    """The columns of both weights and the bias taken otherwise, and their gradients brought back."""

    def inputs(x: Any, h0: Any, c0: Any, *weights: Any) -> Values:
        return (x, h0, c0, *map(there, weights))

    def gradients(dx: Any, dh0: Any, dc0: Any, *dweights: Any) -> Values:
        return (dx, dh0, dc0, *map(back, dweights))

    return changed("lstm", inputs=inputs, gradients=gradients)


def gates(order: str, right: str = "ifgo") -> Builder:
    def blocks(a: Any, given: str, wanted: str) -> Any:
        parts = dict(zip(given, np.split(a, 4, axis=-1), strict=True))
        return np.concatenate([parts[gate] for gate in wanted], axis=-1)

    return in_columns(lambda a: blocks(a, order, right), lambda a: blocks(a, right, order))


def interleaved(a: Any) -> Any:
    return a.reshape(*a.shape[:-1], -1, 4).swapaxes(-1, -2).reshape(a.shape)


def interleaved_back(a: Any) -> Any:
    return a.reshape(*a.shape[:-1], 4, -1).swapaxes(-1, -2).reshape(a.shape)


def each_transposed(weight_h: Any) -> Any:
    return np.concatenate([block.T for block in np.split(weight_h, 4, axis=1)], axis=1)


def with_forget_bias(x: Any, h0: Any, c0: Any, weight_x: Any, weight_h: Any, bias: Any) -> Values:
    i, f, g, o = np.split(bias, 4)
    return x, h0, c0, weight_x, weight_h, np.concatenate([i, f + 1, g, o])


def padding_of_h_zero() -> Functions:
    def lstm(*inputs: Any, lengths: Any = None) -> Values:
        h, c_last = RIGHT(*inputs, lengths=lengths)
        return (h if lengths is None else np.where(valid_steps(lengths, len(h)), h, 0)), c_last

    def lstm_vjp(dh: Any, *rest: Any, lengths: Any = None) -> Values:
        sent = dh if lengths is None else np.where(valid_steps(lengths, len(dh)), dh, 0)
        return RIGHT_VJP(sent, *rest, lengths=lengths)

    return {"lstm": lstm, "lstm_vjp": lstm_vjp}


def cell_without_lengths() -> Functions:
    def lstm(*inputs: Any, lengths: Any = None) -> Values:
        return RIGHT(*inputs, lengths=lengths)[0], RIGHT(*inputs)[1]

    return {"lstm": lstm}


def sorted_by_length() -> Functions:
    def lstm(*inputs: Any, lengths: Any = None) -> Values:
        h, c_last = RIGHT(*inputs, lengths=lengths)
        order = np.argsort(-lengths, kind="stable") if lengths is not None else np.arange(len(c_last))
        return h[:, order], c_last[order]

    def lstm_vjp(dh: Any, dc_last: Any, *inputs: Any, lengths: Any = None) -> Values:
        if lengths is not None:
            back = np.argsort(np.argsort(-lengths, kind="stable"))
            dh, dc_last = dh[:, back], dc_last[back]
        return RIGHT_VJP(dh, dc_last, *inputs, lengths=lengths)

    return {"lstm": lstm, "lstm_vjp": lstm_vjp}


HARD_SIGMOID = """
def sigmoid(a):
    return np.minimum(np.maximum(0.2 * a + 0.5, 0), 1)


def slope(s):
    return np.where((s > 0) & (s < 1), 0.2, np.zeros_like(s))
"""
LOCAL = "local = g * i * (1 - i), c_previous * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)"

FAULTS = (
    fault(
        "the gates in the order i, o, f, g", "forward", "gate_order(i,o,f,g)", gates("iofg"), "onnx 1.23.2"
    ),
    fault(
        "the gates in the order i, g, f, o", "forward", "gate_order(i,g,f,o)", gates("igfo"), "haiku 0.0.17"
    ),
    fault(
        "the gates interleaved unit by unit",
        "forward",
        "gate_order(interleaved)",
        in_columns(interleaved, interleaved_back),
        "chainer 7.8.1",
    ),
    fault(
        "1 added to the forget gate's argument",
        "forward",
        "forget_bias(1)",
        changed("lstm", inputs=with_forget_bias),
        "haiku 0.0.17",
    ),
    fault(
        "the hard sigmoid for the gates",
        "forward",
        "activation(hard_sigmoid)",
        edited(
            "lstm",
            ("from .sigmoid import sigmoid\n", HARD_SIGMOID),
            (LOCAL, "local = g * slope(i), c_previous * slope(f), i * (1 - g * g), tanh_c * slope(o)"),
        ),
        "tfjs 4.22.0",
    ),
    fault(
        "the cell goes out without its tanh",
        "forward",
        "output_tanh",
        edited(
            "lstm",
            ("o * np.tanh(c_t), h_t)", "o * c_t, h_t)"),
            ("c[:-1]]), np.tanh(c)", "c[:-1]]), c"),
            ("h_to_c = o * (1 - tanh_c * tanh_c)", "h_to_c = o"),
        ),
    ),
    fault(
        "h from the cell of the step before; the gradient is right",
        "forward",
        "old_cell",
        only(
            "lstm",
            edited(
                "lstm",
                ("c_t = choose(valid[t], f * c_t", "c_before, c_t = c_t, choose(valid[t], f * c_t"),
                ("o * np.tanh(c_t), h_t)", "o * np.tanh(c_before), h_t)"),
            ),
        ),
    ),
    fault(
        "the forget gate coupled to the input gate",
        "forward",
        "coupled_gates",
        edited(
            "lstm",
            ("g, o = sigmoid(a_i), sigmoid(a_f),", "g, o = sigmoid(a_i), 1 - sigmoid(a_i),"),
            (LOCAL, "local = (g - c_previous) * i * (1 - i), 0 * f, i * (1 - g * g), tanh_c * o * (1 - o)"),
        ),
    ),
    fault(
        "weight_h of every gate transposed",
        "forward",
        "transposed(weight_h)",
        changed(
            "lstm",
            inputs=lambda x, h0, c0, wx, wh, b: (x, h0, c0, wx, each_transposed(wh), b),
            gradients=lambda dx, dh0, dc0, dwx, dwh, db: (dx, dh0, dc0, dwx, each_transposed(dwh), db),
        ),
    ),
    fault(
        "the initial state taken as (c, h)",
        "forward",
        "exchanged(h0,c0)",
        changed(
            "lstm",
            inputs=lambda x, h0, c0, *weights: (x, c0, h0, *weights),
            gradients=lambda dx, dh0, dc0, *dweights: (dx, dc0, dh0, *dweights),
        ),
        "flax 0.12.8",
    ),
    fault(
        "h0 taken for zero",
        "forward",
        "ignored(h0)",
        changed("lstm", inputs=lambda x, h0, *rest: (x, np.zeros_like(h0), *rest)),
        "numpy-ml 0.1.2",
    ),
    fault(
        "c0 taken for zero",
        "forward",
        "ignored(c0)",
        changed("lstm", inputs=lambda x, h0, c0, *rest: (x, h0, np.zeros_like(c0), *rest)),
        "https://github.com/pytorch/pytorch/pull/95137",
    ),
    fault(
        "the bias added with x and again with h",
        "forward",
        "twice(bias)",
        changed(
            "lstm",
            inputs=lambda *inputs: (*inputs[:-1], 2 * inputs[-1]),
            gradients=lambda *gradients: (*gradients[:-1], 2 * gradients[-1]),
        ),
        "torch 2.13.0",
    ),
    fault(
        "c_last before the last step",
        "forward",
        "off_by_one(c_last)",
        only("lstm", edited("lstm", ("return h, c[-1]", "return h, (c[-2] if len(c) > 1 else c0 + 0)"))),
    ),
    fault(
        "c_last is the last h; the gradient is right",
        "forward",
        "exchanged(h,c_last)",
        changed("lstm", outputs=lambda h, c_last: (h, h[-1].copy())),
    ),
    fault(
        "lengths ignored",
        "forward",
        "ignored(lengths)",
        edited(
            "lstm",
            (
                'x, valid = without_padding("lstm", x, lengths)',
                'valid = [None] * len(without_padding("lstm", x, lengths)[1])',
            ),
        ),
    ),
    fault("h is zero in the padding", "forward", "zero_padding", padding_of_h_zero, "torch 2.13.0"),
    fault(
        "c_last of the last step whatever the length",
        "forward",
        "ignored(lengths)",
        cell_without_lengths,
    ),
    fault(
        "the sequences sorted by length and not brought back",
        "forward",
        "order(lengths)",
        sorted_by_length,
    ),
)
