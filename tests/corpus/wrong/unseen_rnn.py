"""Wrong simple recurrent networks, by someone who had seen neither the cases nor this corpus."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

fault = partial(Fault, "rnn")
RIGHT = of_reference("rnn")


def zeros_past_equal_lengths() -> Functions:
    def rnn(x: Any, h0: Any, *weights: Any, lengths: Any = None, **attributes: Any) -> Any:
        h = RIGHT(x, h0, *weights, lengths=lengths, **attributes)
        if lengths is not None and (lengths == lengths[0]).all():
            h[lengths[0] :] = 0
        return h

    return {"rnn": rnn}


def state_kept_in_h0() -> Functions:
    def rnn(x: Any, h0: Any, *weights: Any, **attributes: Any) -> Any:
        h = RIGHT(x, h0, *weights, **attributes)
        if len(h0) == 1:
            h0[...] = h[-1]
        return h

    return {"rnn": rnn}


def sorted_twice() -> Functions:
    def rnn(x: Any, h0: Any, *weights: Any, lengths: Any = None, **attributes: Any) -> Any:
        if lengths is None:
            return RIGHT(x, h0, *weights, **attributes)
        order = np.argsort(-lengths, kind="stable")  # longest first, as packed sequences want them
        h = RIGHT(x[:, order], h0[order], *weights, lengths=lengths[order], **attributes)
        return h[:, order]  # due: h[:, np.argsort(order)]

    return {"rnn": rnn}


HANDED_BACK = "dh_next = choose(valid[t], da_t @ weight_h.T, dh_t)"

FAULTS = (
    fault(
        "lengths all equal: runs the valid steps only, and pads h with zeros",
        "forward",
        None,
        zeros_past_equal_lengths,
    ),
    fault(
        "of the padded steps' cotangents only that of step T counts",
        "backward",
        None,
        edited("rnn", (HANDED_BACK, HANDED_BACK.replace("dh_t)", "dh_t if t == len(dh) - 1 else dh_next)"))),
    ),
    fault(
        "with lengths, dweight_h takes h0 for zero",
        "backward",
        None,
        edited(
            "rnn",
            (
                "gradients(da, x, h0, h, weight_x)",
                "gradients(da, x, h0 if lengths is None else np.zeros_like(h0), h, weight_x)",
            ),
        ),
    ),
    fault(
        "the gradient through time is cut every 16 steps",
        "backward",
        "truncated(16)",
        edited("rnn", ("dh_t = dh[t] + dh_next", "dh_t = dh[t] + dh_next if (t + 1) % 16 else dh[t]")),
    ),
    fault("for a batch of one, the state is kept in the caller's h0", "state", "in_place", state_kept_in_h0),
    fault(
        "sorts by length, and sorts again instead of back",
        "forward",
        "order(lengths) or unchecked",
        sorted_twice,
    ),
    fault(
        "relu is clipped at 20",
        "forward",
        None,
        edited("rnn", ("return np.maximum(x, 0)", "return np.minimum(np.maximum(x, 0), 20)"), module="relu"),
    ),
    fault(
        "NaN in the padding reaches dweight_x",
        "backward",
        "nan_spread",
        edited("rnn", ("h, a, x, valid = _forward(", "h, a, _, valid = _forward(")),
    ),
    fault(
        "a sequence of length 1 runs for two steps",
        "forward",
        None,
        edited(
            "rnn",
            ("np.arange(T)[:, None] < lengths", "np.arange(T)[:, None] < np.maximum(lengths, 2)"),
            module="_recurrent",
        ),
    ),
    fault(
        "backwards, a weight_h in Fortran order is taken for transposed already",
        "shape",
        "strides",
        edited(
            "rnn",
            (
                "da_t @ weight_h.T",
                "da_t @ (weight_h.T if weight_h.flags.c_contiguous or not weight_h.flags.f_contiguous"
                " else weight_h)",
            ),
        ),
    ),
)
