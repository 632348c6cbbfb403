"""Recurrent networks that are wrong at some sizes and layouts, in fewer bits, or touch what is not theirs."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import Values, changed, only, rounded
from wrong._memory import misread

fault = partial(Fault, "rnn")
RIGHT = of_reference("rnn")


def told_apart_by_shape(x: Any, h0: Any, weight_x: Any, weight_h: Any, bias: Any) -> Values:
    """The recurrent weight is the first that has H rows."""
    weights = (weight_h, weight_x) if len(weight_x) == h0.shape[1] else (weight_x, weight_h)
    return x, h0, *weights, bias


def gradients_told_apart(dx: Any, dh0: Any, *rest: Any) -> Values:
    return told_apart_by_shape(dx, dh0, *rest)


def cut_at_the_longest() -> Functions:
    def rnn(*inputs: Any, lengths: Any = None, **attributes: Any) -> Any:
        h = RIGHT(*inputs, lengths=lengths, **attributes)
        return h if lengths is None else h[: lengths.max()].copy()

    return {"rnn": rnn}


def state_kept_in_h0() -> Functions:
    def rnn(x: Any, h0: Any, *rest: Any, **attributes: Any) -> Any:
        h = RIGHT(x, h0, *rest, **attributes)
        if h0.flags.writeable:
            h0[...] = h[-1]
        return h

    return {"rnn": rnn}


def weight_packed_once() -> Functions:
    packed: dict[int, Values] = {}

    def rnn(x: Any, h0: Any, weight_x: Any, weight_h: Any, bias: Any, **attributes: Any) -> Any:
        # The weight itself is kept too, so that no other array can get its id.
        _, weight = packed.setdefault(id(weight_h), (weight_h, weight_h.copy()))
        return RIGHT(x, h0, weight_x, weight, bias, **attributes)

    return {"rnn": rnn}


def no_steps_are_steps() -> Functions:
    def admitted(x: Any, lengths: Any) -> Any:
        return np.where(lengths == 0, 1, lengths) if lengths is not None else None

    def rnn(x: Any, h0: Any, *rest: Any, lengths: Any = None, **attributes: Any) -> Any:
        h = RIGHT(x, h0, *rest, lengths=admitted(x, lengths), **attributes)
        return h if lengths is None else np.where((lengths == 0)[:, None], h0, h)

    return {"rnn": rnn}


def lengths_made_indices() -> Functions:
    def rnn(*inputs: Any, lengths: Any = None, **attributes: Any) -> Any:
        h = RIGHT(*inputs, lengths=lengths, **attributes)
        if lengths is not None and lengths.flags.writeable:
            lengths -= 1  # of the last valid step, to look it up
        return h

    return {"rnn": rnn}


FAULTS = (
    fault(
        "weight_x and weight_h in each other's place where D = H",
        "shape",
        "exchanged(weight_x,weight_h)",
        changed("rnn", inputs=told_apart_by_shape, gradients=gradients_told_apart),
        "numpy-ml 0.1.2",
    ),
    fault(
        "h ends with the longest sequence",
        "shape",
        "shape",
        cut_at_the_longest,
        "torch 2.13.0",
    ),
    fault(
        "x read as if it were contiguous",
        "shape",
        "strides",
        misread("rnn", 0),
        "https://github.com/fla-org/flash-linear-attention/pull/871",
    ),
    fault(
        "the last unit left out of h @ weight_h where H is odd and above 8",
        "shape",
        "size(H)",
        only(
            "rnn",
            edited(
                "rnn",
                (
                    "h_t @ weight_h)",
                    "h_t[:, :pairs] @ weight_h[:pairs])",
                ),
                (
                    "h_t, h, a = h0, [], []",
                    "h_t, h, a = h0, [], []\n    H = len(weight_h)\n    pairs = H if H <= 8 else H - H % 2",
                ),
            ),
        ),
    ),
    fault("the running state is written into h0", "state", "in_place", state_kept_in_h0),
    fault("weight_h packed once for each array", "state", "state", weight_packed_once),
    fault(
        "h stored as float16",
        "precision",
        "coarse(float16)",
        changed("rnn", outputs=lambda h: (rounded(h, "float16"),)),
    ),
    fault("a length of 0 keeps h0", "contract", "unchecked", no_steps_are_steps),
    fault("lengths made indices in place", "state", "in_place", lengths_made_indices),
)
