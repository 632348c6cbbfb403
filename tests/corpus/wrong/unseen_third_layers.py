"""Wrong recurrent networks and attention, by someone who had seen neither the cases nor this corpus: the
third such round, after real issues."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._attention import NAME
from wrong._memory import in_one_buffer


def sorted_without_the_cells() -> Functions:
    right, right_vjp = of_reference("lstm"), of_reference("lstm_vjp")

    def there_and_back(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(-lengths, kind="stable")
        return order, np.argsort(order)

    def lstm(
        x: np.ndarray, h0: np.ndarray, c0: np.ndarray, *weights: np.ndarray,
        lengths: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        results = right(x, h0, c0, *weights, lengths=lengths)  # refuses what does not fit
        if lengths is None:
            return results
        order, back = there_and_back(lengths)
        h, c_last = right(x[:, order], h0[order], c0, *weights, lengths=lengths[order])
        return h[:, back], c_last[back]

    def lstm_vjp(
        dh: np.ndarray, dc_last: np.ndarray, x: np.ndarray, h0: np.ndarray, c0: np.ndarray,
        *weights: np.ndarray, lengths: np.ndarray | None = None,
    ) -> tuple[np.ndarray, ...]:  # fmt: skip
        if lengths is None:
            return right_vjp(dh, dc_last, x, h0, c0, *weights)
        order, back = there_and_back(lengths)
        dx, dh0, *others = right_vjp(
            dh[:, order], dc_last[order], x[:, order], h0[order], c0, *weights, lengths=lengths[order]
        )
        return dx[:, back], dh0[back], *others

    return {"lstm": lstm, "lstm_vjp": lstm_vjp}


FAULTS = (
    Fault(
        "rnn",
        "a single step takes no part in the gradient of weight_h",
        "backward",
        "size(T)",
        edited(
            "rnn",
            (
                "return dx, dh_next, dweight_x, dweight_h, dbias",
                "return dx, dh_next, dweight_x, dweight_h * (x.shape[0] > 1), dbias",
            ),
        ),
    ),
    Fault(
        "rnn",
        "the result is the workspace that the next call of that shape overwrites",
        "state",
        "aliasing",
        in_one_buffer("rnn"),
        seen="https://github.com/torch/torch7/issues/935",
    ),
    Fault("lstm", "sequences are sorted by length, c0 is not", "forward", None, sorted_without_the_cells),
    Fault(
        NAME,
        "with a mask, the gradient forgets causal",
        "backward",
        None,
        edited(
            NAME,
            (
                "p = np.exp(_scores(query, key, causal,",
                "p = np.exp(_scores(query, key, causal and mask is None,",
            ),
        ),
        seen="https://github.com/huggingface/transformers/pull/48769",
    ),
    Fault(
        "multi_head_attention",
        "a single query is not causal",
        "forward",
        "size(L)",
        edited(
            "multi_head_attention",
            ("attend(q, k, v, causal=causal,", "attend(q, k, v, causal=causal and q.shape[1] > 1,"),
            (
                "attend_vjp(do, q, k, v, causal=causal,",
                "attend_vjp(do, q, k, v, causal=causal and q.shape[1] > 1,",
            ),
        ),
        seen="https://github.com/huggingface/transformers/issues/37807",
    ),
)
