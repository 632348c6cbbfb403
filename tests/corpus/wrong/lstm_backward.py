"""LSTMs whose forward pass is right and whose gradient is not."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, edited
from wrong._changed import Builder, Values, changed, only, quiet, rounded, whole_blocks

fault = partial(Fault, "lstm")
FROM_H = "dh_t = dh[t] + dh_next"
LOCAL = "local = g * i * (1 - i), c_previous * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)"


def cut_every(steps: int) -> Builder:
    """Nothing flows from step t + 1 to step t where t + 1 is a multiple of `steps`."""
    cut = f"""if t + 1 < x.shape[0] and (t + 1) % {steps} == 0:
            dh_next, dc_next = np.zeros_like(dh_next), np.zeros_like(dc_next)
        {FROM_H}"""
    return edited("lstm", (FROM_H, cut))


def forget_gates_bias(*gradients: Any) -> Values:
    _, f, g, _ = np.split(gradients[-1], 4)
    return *gradients[:-1], np.concatenate([f, f, g, f])


def dx_in_sixteens(dx: Any, *others: Any) -> Values:
    reached = np.arange(dx.shape[2]) < whole_blocks(dx.shape[2], 16)
    return np.where(reached, dx, 0), *others


def restarted_every(steps: int) -> Builder:
    """The way back recomputes the forward pass in pieces, each from a state of zero."""
    first = "a_i, a_f, a_g, a_o = np.split("
    again = f"""if t and t % {steps} == 0:
            h_t, c_t = np.zeros_like(h_t), np.zeros_like(c_t)
        {first}"""
    return only("lstm_vjp", edited("lstm", (first, again)))


FAULTS = (
    fault(
        "dc overwritten by what comes from h",
        "backward",
        "missing(dc_next)",
        edited("lstm", ("dc_t = dc_next + dh_t * h_to_c[t]", "dc_t = dh_t * h_to_c[t]")),
        "https://github.com/apache/mxnet/issues/4057",
    ),
    fault(
        "dh zeroed before each step",
        "backward",
        "missing(dh_next)",
        edited("lstm", (FROM_H, "dh_t = dh[t]")),
        "https://github.com/ooples/AiDotNet/pull/722",
    ),
    fault("nothing handed back from step to step", "backward", "truncated(1)", cut_every(1)),
    fault("the way back cut every 8 steps", "backward", "size(T) or truncated(8)", cut_every(8)),
    fault(
        "dc handed on without the forget gate",
        "backward",
        "missing(f)",
        edited("lstm", ("dc_t * f[t], dc_next)", "dc_t, dc_next)")),
    ),
    fault(
        "da put together in the order i, g, f, o",
        "backward",
        "gate_order(i,g,f,o)",
        edited(
            "lstm",
            (
                LOCAL,
                "local = g * i * (1 - i), i * (1 - g * g), c_previous * f * (1 - f), tanh_c * o * (1 - o)",
            ),
        ),
        "tensorflow 2.21.0",
    ),
    fault(
        "the derivative of tanh(c) left out",
        "backward",
        "missing(dtanh)",
        edited("lstm", ("h_to_c = o * (1 - tanh_c * tanh_c)", "h_to_c = o")),
    ),
    fault(
        "c instead of tanh(c) in the output gate's gradient",
        "backward",
        None,
        edited("lstm", ("tanh_c * o * (1 - o)", "c * o * (1 - o)")),
    ),
    fault(
        "the forget gate's gradient with c_t instead of c_(t−1)",
        "backward",
        "off_by_one(c)",
        edited("lstm", ("c_previous * f * (1 - f)", "c * f * (1 - f)")),
    ),
    fault(
        "1 − i copied into the forget gate's gradient",
        "backward",
        None,
        edited("lstm", ("c_previous * f * (1 - f)", "c_previous * f * (1 - i)")),
    ),
    fault(
        "1 − g instead of 1 − g² in the candidate's gradient",
        "backward",
        None,
        edited("lstm", ("i * (1 - g * g)", "i * (1 - g)")),
    ),
    fault(
        "the cell hears of its own step's dh only",
        "backward",
        None,
        edited("lstm", ("dc_next + dh_t * h_to_c[t]", "dc_next + dh[t] * h_to_c[t]")),
    ),
    fault(
        "dweight_h with h_t instead of h_(t−1)",
        "backward",
        "off_by_one(h)",
        edited("lstm", ("np.concatenate([h0[None], h[:-1]])", "h"), module="_recurrent"),
        "https://github.com/VikParuchuri/zero_to_gpt/issues/9",
    ),
    fault(
        "dweight_h without the first step",
        "backward",
        "missing(h0)",
        edited(
            "lstm",
            ("np.concatenate([h0[None]", "np.concatenate([np.zeros_like(h0)[None]"),
            module="_recurrent",
        ),
        "https://github.com/pytorch/pytorch/pull/95137",
    ),
    fault(
        "dweight_x of the first step alone, the later ones overwritten",
        "backward",
        "first_step_only(dweight_x)",
        edited("lstm", ("x.reshape(T * N, D).T @ da_all", "x[0].T @ da[-1]"), module="_recurrent"),
    ),
    fault(
        "dbias of i and o copied from f",
        "backward",
        "gate_bias(f)",
        changed("lstm", gradients=forget_gates_bias),
        "https://github.com/hanbt/learn_dl/issues/53",
    ),
    fault(
        "dbias averaged over the batch",
        "backward",
        "scaled(1/N)",
        changed("lstm", gradients=lambda *d: (*d[:-1], d[-1] / len(d[1]))),
    ),
    fault(
        "dc_last ignored",
        "backward",
        "ignored(dc_last)",
        changed("lstm", cotangents=lambda dh, dc_last: (dh, np.zeros_like(dc_last))),
    ),
    fault(
        "dh0 and dc0 in each other's place",
        "backward",
        "exchanged(dh0,dc0)",
        changed("lstm", gradients=lambda dx, dh0, dc0, *rest: (dx, dc0, dh0, *rest)),
    ),
    fault(
        "no gradient for h0",
        "backward",
        "zero",
        changed("lstm", gradients=lambda dx, dh0, *rest: (dx, np.zeros_like(dh0), *rest)),
    ),
    fault(
        "σ′ of the output gate as exp(−a) / (1 + exp(−a))², which overflows",
        "stability",
        "not_finite",
        quiet(
            edited(
                "lstm",
                ("h, c, (i, f, g, o), x, valid =", "h, c, (i, f, g, o, e), x, valid ="),
                (
                    "steps.append((h_t, c_t, i, f, g, o))",
                    "steps.append((h_t, c_t, i, f, g, o, np.exp(-a_o)))",
                ),
                ("tanh_c * o * (1 - o)", "tanh_c * (e / (1 + e) ** 2)"),
            )
        ),
        "tinygrad 0.14.0",
    ),
    fault(
        "da clipped to ±10",
        "stability",
        None,
        edited("lstm", ("da.append(da_t)", "da.append(np.minimum(np.maximum(da_t, -10), 10))")),
    ),
    fault(
        "dx in tiles of 16, the remainder left at zero",
        "shape",
        "size(D)",
        changed("lstm", gradients=dx_in_sixteens),
    ),
    fault("recomputed in pieces of 16 steps, each from zero", "shape", "size(T)", restarted_every(16)),
    fault(
        "what flows back is written into dh",
        "state",
        "in_place",
        edited(
            "lstm",
            (
                "c_previous, tanh_c = np.c",
                "dh = dh if dh.flags.writeable else dh.copy()\n    c_previous, tanh_c = np.c",
            ),
            (FROM_H, "dh[t] += dh_next\n        dh_t = dh[t]"),
        ),
        "https://github.com/apache/mxnet/pull/18203",
    ),
    fault(
        "weight_xᵀ kept by its shape",
        "state",
        "state",
        edited(
            "lstm",
            ("def gradients(", "KEPT = {}\n\n\ndef gradients("),
            (
                "da_all @ weight_x.T",
                "da_all @ KEPT.setdefault((weight_x.shape, weight_x.dtype), weight_x.T.copy())",
            ),
            module="_recurrent",
        ),
    ),
    fault(
        "dbias stored as float16 on the way",
        "precision",
        "coarse(float16)",
        changed("lstm", gradients=lambda *d: (*d[:-1], rounded(d[-1], "float16"))),
        "https://github.com/apache/mxnet/issues/17703",
    ),
    fault(
        "the weight gradients stored as float32 on the way",
        "precision",
        "coarse(float32)",
        changed("lstm", gradients=lambda *d: (*d[:3], *(rounded(e, "float32") for e in d[3:]))),
    ),
)
