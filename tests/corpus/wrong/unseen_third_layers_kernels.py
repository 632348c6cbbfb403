"""Wrong perceptrons, recurrent networks and attention, by someone who had seen neither the cases nor this
corpus: the third such round, as kernels and engines are written."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong import _attention
from wrong._changed import Values, only
from wrong.lstm_backward import FROM_H
from wrong.multi_head_attention import SPLIT
from wrong.unseen_again_attention import TRIANGLE

lstm_fault, heads_fault = partial(Fault, "lstm"), partial(Fault, "multi_head_attention")


def put_back_by_the_order() -> Functions:
    right = of_reference("lstm")

    def lstm(x: Any, h0: Any, c0: Any, *weights: Any, lengths: Any = None) -> Values:
        results = right(x, h0, c0, *weights, lengths=lengths)  # refuses what does not fit
        if lengths is None:
            return results
        order = np.argsort(-lengths, kind="stable")
        h, c_last = right(x[:, order], h0[order], c0[order], *weights, lengths=lengths[order])
        return h[:, order], c_last[order]

    return {"lstm": lstm}


def keys_trimmed(given: dict[str, Any]) -> dict[str, Any]:
    """Without the keys that causal hides from every query."""
    L, mask = given["query"].shape[1], given.get("mask")
    if not given.get("causal") or given["key"].shape[1] <= L:
        return given
    key, value = given["key"][:, :L], given["value"][:, :L]
    return {**given, "key": key, "value": value, "mask": None if mask is None else mask[:, :, :L]}


FAULTS = (
    Fault(
        "perceptron",
        "an odd depth from 33 on, split in two halves, loses its last column",
        "shape",
        None,
        edited(
            "perceptron",
            (
                "    return bias + x @ weight",
                "    half = x.shape[1] // 2\n"
                "    if half < 16:\n"
                "        return bias + x @ weight\n"
                "    low, high = slice(half), slice(half, 2 * half)\n"
                "    return bias + (x[:, low] @ weight[low] + x[:, high] @ weight[high])",
            ),
        ),
    ),
    Fault(
        "rnn",
        "equal lengths are taken for no padding, also below T",
        "forward",
        None,
        edited(
            "rnn",
            (
                '    x, valid = without_padding("rnn", x, lengths)\n',
                '    x_valid, valid = without_padding("rnn", x, lengths)\n'
                "    if lengths is not None and (lengths == lengths[0]).all():\n"
                "        valid = [None] * x.shape[0]\n"
                "    else:\n"
                "        x = x_valid\n",
            ),
        ),
    ),
    lstm_fault(
        "sequences sorted by length are put back by the order, not by its inverse",
        "forward",
        None,
        put_back_by_the_order,
    ),
    lstm_fault(
        "a step without cotangent of its hidden state is skipped, whatever reaches the cell",
        "backward",
        "aliasing",
        edited(
            "lstm",
            (
                f"        {FROM_H}\n",
                f"        {FROM_H}\n"
                "        if not dh_t.any():\n"
                "            da.append(np.zeros_like(to_a[t]))\n"
                "            continue\n",
            ),
        ),
    ),
    lstm_fault(
        "gates by way of tanh: a closed gate has no digits",
        "stability",
        "cancellation",
        edited(
            "lstm",
            ("return np.where(x >= 0, 1, e) / (1 + e)", "return 0.5 + 0.5 * np.tanh(0.5 * x)"),
            module="sigmoid",
        ),
    ),
    Fault(
        _attention.NAME,
        "causal with more keys than queries: gradients of the first L keys only",
        "shape",
        "shape",
        _attention.arranged(keys_trimmed, "vjp"),
    ),
    heads_fault(
        "as many positions as heads: the layout is taken for heads first",
        "shape",
        None,
        edited(
            "multi_head_attention",
            (
                f"    return {SPLIT}",
                "    x = x.reshape(N, L, heads, E // heads)\n"
                "    x = x if L == heads else np.swapaxes(x, 1, 2)\n"
                "    return x.reshape(N * heads, L, E // heads)",
            ),
        ),
    ),
    heads_fault(
        "the causal mask of one query is kept and broadcast to more",
        "state",
        "state",
        only(
            "multi_head_attention",
            edited(
                "multi_head_attention",
                ("import numpy as np\n", "import numpy as np\n\n_KEPT = {}\n"),
                (
                    TRIANGLE,
                    f"{TRIANGLE}\n"
                    "        if S not in _KEPT or 1 < len(_KEPT[S]) < L:\n"
                    "            _KEPT[S] = visible\n"
                    "        visible = np.broadcast_to(_KEPT[S][:L], (L, S))",
                ),
                module=_attention.NAME,
            ),
        ),
    ),
)
