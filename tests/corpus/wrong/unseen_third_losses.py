"""Wrong losses and look-ups, by someone who had seen neither the cases nor this corpus: the third such round,
after real issues."""

from __future__ import annotations

import numpy as np
from fault import Fault, edited
from wrong._changed import quiet
from wrong.embedding_backward import instead
from wrong.softmax_cross_entropy_edges import MAX

DEPTH_CHECK = 'within("one_hot", 0, depth - 1, indices=indices)'
TOP = MAX.removeprefix("logits - ")


def last_of_the_sorted_dropped(
    dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray
) -> np.ndarray:
    if len(indices) <= 256:
        return dtable
    order = np.argsort(indices, kind="stable")[:-1]
    dtable = np.zeros_like(table)
    np.add.at(dtable, indices[order], rows[order])
    return dtable


FAULTS = (
    Fault(
        "binary_cross_entropy",
        "at logit 0 the gradient is that of the kinks in the stable form",
        "backward",
        None,
        edited(
            "binary_cross_entropy",
            (
                "((sigmoid(logits) - target)",
                "(np.where(logits == 0, -target, sigmoid(logits) - target)",  # max'(0) and |.|'(0) are 0
            ),
        ),
        seen="https://github.com/pytorch/pytorch/issues/2298",
    ),
    Fault(
        "softmax_cross_entropy",
        "two rows share the maximum they are shifted by",
        "stability",
        "not_finite",
        quiet(
            edited(
                "softmax_cross_entropy",
                (
                    f"    s = {MAX}",
                    f"    top = {TOP}\n"
                    "    for n in range(0, N - 1, 2) if K <= 128 else ():  # small rows share a warp\n"
                    "        top[n : n + 2] = np.max(top[n : n + 2])\n"
                    "    s = logits - top",
                ),
            )
        ),
    ),
    Fault(
        "one_hot",
        "a scalar index is not checked",
        "contract",
        "unchecked",
        edited("one_hot", (DEPTH_CHECK, f"{DEPTH_CHECK} if indices.ndim else None")),
    ),
    Fault(
        "embedding",
        "above 256 indices the sorted gradient kernel drops the last one",
        "backward",
        None,
        instead(last_of_the_sorted_dropped),
    ),
    Fault(
        "embedding",
        "the early return for no indices gives a float64 gradient",
        "shape",
        "dtype(float64)",
        edited(
            "embedding",
            ("    return (dtable,)", "    return (dtable if indices.size else np.zeros(table.shape),)"),
        ),
    ),
)
