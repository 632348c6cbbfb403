"""Recurrent networks that compute another function, most with the gradient that belongs to it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import Values, changed, quiet

fault = partial(Fault, "rnn")
RIGHT, RIGHT_VJP = of_reference("rnn"), of_reference("rnn_vjp")


def relu_by_default() -> Functions:
    def rnn(*inputs: Any, activation: str = "relu", lengths: Any = None) -> Any:
        return RIGHT(*inputs, activation=activation, lengths=lengths)

    def rnn_vjp(*given: Any, activation: str = "relu", lengths: Any = None) -> Values:
        return RIGHT_VJP(*given, activation=activation, lengths=lengths)

    return {"rnn": rnn, "rnn_vjp": rnn_vjp}


def state_before_the_step() -> Functions:
    def rnn(x: Any, h0: Any, *weights: Any, **attributes: Any) -> Any:
        h = RIGHT(x, h0, *weights, **attributes)
        return np.concatenate([h0[None], h[:-1]])

    def rnn_vjp(dh: Any, *inputs: Any, **attributes: Any) -> Values:
        later = np.concatenate([dh[1:], np.zeros_like(dh[:1])])
        dx, dh0, *dweights = RIGHT_VJP(later, *inputs, **attributes)
        return dx, dh0 + dh[0], *dweights

    return {"rnn": rnn, "rnn_vjp": rnn_vjp}


def from_the_last_step() -> Functions:
    def rnn(x: Any, *rest: Any, **attributes: Any) -> Any:
        return RIGHT(x[::-1], *rest, **attributes)[::-1].copy()

    def rnn_vjp(dh: Any, x: Any, *rest: Any, **attributes: Any) -> Values:
        dx, *others = RIGHT_VJP(dh[::-1], x[::-1], *rest, **attributes)
        return dx[::-1].copy(), *others

    return {"rnn": rnn, "rnn_vjp": rnn_vjp}


def length_of_the_first_sequence() -> Functions:
    def of_first(inputs: Values, lengths: Any) -> Any:
        RIGHT(*inputs, lengths=lengths)  # refuses what does not fit
        return None if lengths is None else np.full_like(lengths, lengths[0])

    def rnn(*inputs: Any, lengths: Any = None, **attributes: Any) -> Any:
        return RIGHT(*inputs, lengths=of_first(inputs, lengths), **attributes)

    def rnn_vjp(dh: Any, *inputs: Any, lengths: Any = None, **attributes: Any) -> Values:
        return RIGHT_VJP(dh, *inputs, lengths=of_first(inputs, lengths), **attributes)

    return {"rnn": rnn, "rnn_vjp": rnn_vjp}


FAULTS = (
    fault(
        "tanh whatever the activation",
        "forward",
        "activation(tanh)",
        edited(
            "rnn",
            ("return _ACTIVATIONS[activation]", 'return _ACTIVATIONS["tanh"]'),
            module="_activations",
        ),
    ),
    fault(
        "relu where no activation is given",
        "forward",
        "default(activation=relu)",
        relu_by_default,
        "haiku 0.0.17",
    ),
    fault(
        "no bias",
        "forward",
        "ignored(bias)",
        changed("rnn", inputs=lambda *inputs: (*inputs[:-1], np.zeros_like(inputs[-1]))),
    ),
    fault(
        "weight_h as (out, in)",
        "forward",
        "transposed(weight_h)",
        changed(
            "rnn",
            inputs=lambda x, h0, wx, wh, b: (x, h0, wx, wh.T, b),
            gradients=lambda dx, dh0, dwx, dwh, db: (dx, dh0, dwx, dwh.T.copy(), db),
        ),
        "torch 2.13.0",
    ),
    fault("the state before the step goes out", "forward", None, state_before_the_step),
    fault(
        "from the last step to the first, h where its x is", "forward", "time_reversed", from_the_last_step
    ),
    fault(
        "from the last step to the first, h in the order in which it was computed",
        "forward",
        "time_reversed",
        changed(
            "rnn",
            inputs=lambda x, *rest: (x[::-1], *rest),
            gradients=lambda dx, *rest: (dx[::-1].copy(), *rest),
        ),
    ),
    fault(
        "one step more than lengths says",
        "forward",
        None,
        edited("rnn", ("[:, None] < lengths)", "[:, None] <= lengths)"), module="_recurrent"),
    ),
    fault(
        "the first sequence's length for all",
        "forward",
        None,
        length_of_the_first_sequence,
    ),
    fault(
        "relu of NaN is 0",
        "stability",
        "nan_lost or convention(relu.nan=zero)",
        edited("rnn", ("np.maximum(x, 0)", "np.where(x > 0, x, 0)"), module="relu"),
        "tinygrad 0.14.0",
    ),
    fault(
        "tanh as a quotient of exponentials, which overflow",
        "stability",
        "not_finite",
        quiet(
            edited(
                "rnn",
                ("return np.tanh(x)", "return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))"),
                module="tanh",
            )
        ),
    ),
    fault(
        "σ as (1 + tanh(a/2)) / 2, whose tail is 0",
        "stability",
        "cancellation",
        edited(
            "rnn",
            ("return np.where(x >= 0, 1, e) / (1 + e)", "return 0.5 + 0.5 * np.tanh(0.5 * x)"),
            module="sigmoid",
        ),
        "chainer 7.8.1",
    ),
)
