"""Wrong LSTMs, by someone who had seen neither the cases nor this corpus."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

fault = partial(Fault, "lstm")
RIGHT = of_reference("lstm")


def cotangent_as_accumulator() -> Functions:
    return edited(
        "lstm",
        (
            "        dc_t = dc_next + dh_t * h_to_c[t]\n",
            "        if valid[t] is None:\n"
            "            dc_next += dh_t * h_to_c[t]\n"
            "            dc_t = dc_next\n"
            "        else:\n"
            "            dc_t = dc_next + dh_t * h_to_c[t]\n",
        ),
    )()


def cell_in_a_workspace() -> Functions:
    workspaces: dict[Any, Any] = {}

    def lstm(x: Any, h0: Any, *rest: Any, **attributes: Any) -> tuple[Any, ...]:
        h, c_last = RIGHT(x, h0, *rest, **attributes)
        workspace = workspaces.setdefault((h0.shape, h0.dtype), np.empty_like(c_last))
        workspace[...] = c_last
        return h, workspace

    return {"lstm": lstm}


def projected_in_order_of_memory() -> Functions:
    return edited(
        "lstm",
        (
            "    return (x.reshape(T * N, D)",
            "    if x.strides[0] < x.strides[1]:\n"
            "        batch_first = np.swapaxes(x, 0, 1).reshape(N * T, D) @ weight_x + bias\n"
            "        return batch_first.reshape(T, N, weight_x.shape[1])\n"
            "    return (x.reshape(T * N, D)",
        ),
        module="_recurrent",
    )()


def silent_steps_skipped() -> Functions:
    return edited(
        "lstm",
        (
            "        dh_t = dh[t] + dh_next\n",
            "        if not dh[t].any():\n"
            "            da.append(np.zeros_like(to_a[t]))\n"
            "            continue\n"
            "        dh_t = dh[t] + dh_next\n",
        ),
    )()


FAULTS = (
    fault(
        "dc_last does not reach sequences shorter than T",
        "backward",
        None,
        edited(
            "lstm",
            ("np.zeros_like(h0), dc_last  #", "np.zeros_like(h0), choose(valid[-1], dc_last, 0)  #"),
        ),
    ),
    fault(
        "the cell goes one step past the end",
        "forward",
        None,
        edited("lstm", ("c_t = choose(valid[t], f * c_t", "c_t = choose(valid[max(t - 1, 0)], f * c_t")),
    ),
    fault(
        "gates are clipped at ±20",
        "stability",
        None,
        edited(
            "lstm",
            ("e = np.exp(-np.abs(x))", "e = np.exp(-np.minimum(np.abs(x), 20))"),
            module="sigmoid",
        ),
    ),
    fault(
        "one unit: the product with weight_hᵀ takes the input gate's weight for all four",
        "shape",
        "size(H)",
        edited(
            "lstm",
            (
                "da_t @ weight_h.T",
                "(da_t @ weight_h.T if len(weight_h) > 1"
                " else np.sum(da_t, axis=-1, keepdims=True) * weight_h[:, :1])",
            ),
        ),
    ),
    fault("without lengths, works in the caller's dc_last", "state", "in_place", cotangent_as_accumulator),
    fault(
        "c_last stands in a workspace that the next call of this shape overwrites",
        "state",
        "aliasing",
        cell_in_a_workspace,
    ),
    fault(
        "x that lies batch first in memory is projected in that order",
        "shape",
        "strides",
        projected_in_order_of_memory,
    ),
    fault(
        "the last valid step of a padded sequence is missing from dx and the weights' gradients",
        "backward",
        None,
        edited(
            "lstm",
            (
                "da.append(da_t)",
                "da.append(da_t if t + 1 == len(valid) else choose(valid[t + 1], da_t, 0))",
            ),
        ),
    ),
    fault(
        "the cells are saved in single precision for the way back",
        "precision",
        "coarse(float32)",
        edited(
            "lstm",
            (
                "    c_previous, tanh_c = ",
                "    c = c.astype(np.float32).astype(c.dtype)\n    c_previous, tanh_c = ",
            ),
        ),
    ),
    fault(
        "steps whose own dh is zero are skipped on the way back",
        "backward",
        "aliasing",
        silent_steps_skipped,
    ),
)
