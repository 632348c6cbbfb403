"""Recurrent networks whose forward pass is right and whose gradient is not."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import Builder, Values, cast, changed, only, quiet, whole_blocks
from wrong._memory import backward_of_the_last_forward, in_one_buffer, misread

fault = partial(Fault, "rnn")
RIGHT, RIGHT_VJP = of_reference("rnn"), of_reference("rnn_vjp")
FROM_H = "dh_t = dh[t] + dh_next"


def cut_every(steps: int) -> Builder:
    """Nothing flows from step t + 1 to step t where t + 1 is a multiple of `steps`."""
    cut = f"""if t + 1 < x.shape[0] and (t + 1) % {steps} == 0:
            dh_next = np.zeros_like(dh_next)
        {FROM_H}"""
    return edited("rnn", (FROM_H, cut))


def last_state_alone(dh: Any) -> Values:
    return (np.concatenate([np.zeros_like(dh[:-1]), dh[-1:]]),)


def without_lengths() -> Functions:
    def rnn_vjp(dh: Any, *inputs: Any, lengths: Any = None, **attributes: Any) -> Values:
        RIGHT(*inputs, lengths=lengths, **attributes)  # refuses what does not fit
        return RIGHT_VJP(dh, *inputs, **attributes)

    return {"rnn_vjp": rnn_vjp}


def batch_in_eights() -> Functions:
    def rnn_vjp(dh: Any, x: Any, *rest: Any, **attributes: Any) -> Values:
        gradients = list(RIGHT_VJP(dh, x, *rest, **attributes))
        reached = np.arange(x.shape[1]) < whole_blocks(x.shape[1], 8)
        # The sequences are independent: the weights hear of those alone whose dh is not 0.
        gradients[2] = RIGHT_VJP(np.where(reached[:, None], dh, 0), x, *rest, **attributes)[2]
        return tuple(gradients)

    return {"rnn_vjp": rnn_vjp}


def in_float32() -> Functions:
    def rnn_vjp(*given: Any, **attributes: Any) -> Values:
        with np.errstate(all="ignore"):
            return cast(RIGHT_VJP(*cast(given, "float32"), **attributes), given[0].dtype)

    return {"rnn_vjp": rnn_vjp}


FAULTS = (
    fault(
        "the derivative of σ whatever the activation",
        "backward",
        "activation(sigmoid)",
        edited(
            "rnn",
            ('_, g_vjp = activation_of("rnn", activation)', '_, g_vjp = activation_of("rnn", "sigmoid")'),
        ),
    ),
    fault(
        "nothing handed back from step to step",
        "backward",
        "truncated(1)",
        cut_every(1),
        "https://github.com/ooples/AiDotNet/pull/722",
    ),
    fault("the way back cut every 4 steps", "backward", "truncated(4)", cut_every(4)),
    fault(
        "dweight_h with h_t instead of h_(t−1)",
        "backward",
        "off_by_one(h)",
        edited("rnn", ("np.concatenate([h0[None], h[:-1]])", "h"), module="_recurrent"),
        "https://github.com/VikParuchuri/zero_to_gpt/issues/9",
    ),
    fault(
        "dweight_h without the first step",
        "backward",
        "missing(h0)",
        edited(
            "rnn",
            ("np.concatenate([h0[None]", "np.concatenate([np.zeros_like(h0)[None]"),
            module="_recurrent",
        ),
    ),
    fault(
        "dweight_x averaged over the steps",
        "backward",
        "scaled(1/T)",
        changed("rnn", gradients=lambda dx, dh0, dwx, *rest: (dx, dh0, dwx / len(dx), *rest)),
    ),
    fault(
        "every gradient four times too large",
        "backward",
        "scaled(4)",
        changed("rnn", gradients=lambda *gradients: tuple(4 * d for d in gradients)),
        "https://github.com/elixir-nx/axon/pull/646",
    ),
    fault(
        "no gradient for the bias",
        "backward",
        "zero",
        changed("rnn", gradients=lambda *d: (*d[:-1], np.zeros_like(d[-1]))),
        "https://github.com/apache/mxnet/issues/17818",
    ),
    fault(
        "dh0 before it went through weight_h",
        "backward",
        None,
        edited("rnn", ("return dx, dh_next, dweight_x", "return dx, da[-1] + 0, dweight_x")),
    ),
    fault(
        "dh0 with the wrong sign",
        "backward",
        "sign",
        changed("rnn", gradients=lambda dx, dh0, *rest: (dx, -dh0, *rest)),
    ),
    fault(
        "weight_h not transposed on the way back",
        "backward",
        "transposed(weight_h)",
        edited("rnn", ("da_t @ weight_h.T", "da_t @ weight_h")),
        "https://github.com/pytorch/pytorch/pull/95137",
    ),
    fault(
        "dweight_h comes back transposed",
        "backward",
        "transposed(dweight_h)",
        changed("rnn", gradients=lambda dx, dh0, dwx, dwh, db: (dx, dh0, dwx, dwh.T.copy(), db)),
    ),
    fault(
        "the padding takes part in the gradient",
        "backward",
        None,
        edited("rnn", ("da_t = choose(valid[t], da_t, 0)", "da_t = da_t + 0")),
    ),
    fault(
        "dh of the padding lost",
        "backward",
        None,
        edited("rnn", ("da_t @ weight_h.T, dh_t)", "da_t @ weight_h.T, 0)")),
    ),
    fault("lengths ignored on the way back", "backward", "ignored(lengths)", without_lengths),
    fault(
        "only the last state's dh looked at",
        "backward",
        "last_only",
        changed("rnn", cotangents=last_state_alone),
    ),
    fault(
        "dh taken for ones",
        "backward",
        "cotangent_ignored",
        changed("rnn", cotangents=lambda dh: (np.ones_like(dh),)),
    ),
    fault(
        "the weight gradients clipped to ±5",
        "stability",
        "clipped",
        changed("rnn", gradients=lambda *d: (*d[:2], *(np.minimum(np.maximum(e, -5), 5) for e in d[2:]))),
    ),
    fault(
        "1 − tanh² as 4 exp(2a) / (exp(2a) + 1)², which overflows",
        "stability",
        "not_finite",
        quiet(
            only(
                "rnn_vjp",
                edited(
                    "rnn",
                    (
                        "return (dy * (1 - y * y),)",
                        "return (dy * (4 * np.exp(2 * x) / (np.exp(2 * x) + 1) ** 2),)",
                    ),
                    module="tanh",
                ),
            )
        ),
        "tinygrad 0.14.0",
    ),
    fault(
        "weight_x not transposed in dx where D = H",
        "shape",
        "equal(D,H)",
        edited(
            "rnn",
            ("da_all @ weight_x.T", "da_all @ (weight_x if D == H else weight_x.T)"),
            module="_recurrent",
        ),
    ),
    fault(
        "dh0 of a batch of 1 squeezed",
        "shape",
        "size(N)",
        changed("rnn", gradients=lambda dx, dh0, *rest: (dx, dh0[0] if len(dh0) == 1 else dh0, *rest)),
        "https://github.com/salesforce/pytorch-qrnn/issues/11",
    ),
    fault(
        "dweight_x of whole eights of sequences",
        "shape",
        "size(N)",
        batch_in_eights,
        "https://github.com/flagos-ai/FlagGems/pull/898",
    ),
    fault(
        "dh read as if it were contiguous",
        "shape",
        "strides",
        misread("rnn_vjp", 0),
        "https://github.com/Dao-AILab/flash-attention/issues/355",
    ),
    fault("weight_h read as if it were contiguous", "shape", "strides", misread("rnn_vjp", 4)),
    fault(
        "the gradient at what the last forward call saved",
        "state",
        "state",
        backward_of_the_last_forward("rnn"),
    ),
    fault(
        "dweight_h comes in a buffer that the next call uses again",
        "state",
        "aliasing",
        in_one_buffer("rnn_vjp", 3),
    ),
    fault("the way back in float32", "precision", "coarse(float32)", in_float32, "keras 3.15.1"),
)
