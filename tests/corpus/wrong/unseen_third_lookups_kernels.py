"""Wrong losses and look-ups, by someone who had seen neither the cases nor this corpus: the third such round,
as kernels and engines are written."""

from __future__ import annotations

from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong.mean_squared_error import LOSS, R
from wrong.unseen_lookups import LOOK_UP


def one_taken_from_the_saved_softmax() -> Functions:
    right, softmax = of_reference("softmax_cross_entropy"), of_reference("softmax")
    right_vjp = of_reference("softmax_cross_entropy_vjp")
    saved: dict[str, Any] = {}

    def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
        loss = right(logits, labels)
        saved.update(logits=logits, p=softmax(logits))
        return loss

    def softmax_cross_entropy_vjp(
        dloss: np.ndarray, logits: np.ndarray, labels: np.ndarray
    ) -> tuple[np.ndarray]:
        (dlogits,) = right_vjp(dloss, logits, labels)  # refuses what does not fit
        if saved.get("logits") is not logits:
            return (dlogits,)
        p, N = saved["p"], len(labels)
        p[np.arange(N), labels] -= 1
        return (p / N * dloss,)

    return {
        "softmax_cross_entropy": softmax_cross_entropy,
        "softmax_cross_entropy_vjp": softmax_cross_entropy_vjp,
    }


FAULTS = (
    Fault(
        "mean_squared_error",
        "works in a writeable prediction and adds the target back: last bits change",
        "state",
        "in_place",
        edited(
            "mean_squared_error",
            (
                f"    {R}\n    {LOSS}",
                "    r = prediction if prediction.flags.writeable else 1 * prediction\n"
                "    r -= target\n"
                "    loss = np.sum(r * r) / (N * K)\n"
                "    r += target\n"
                "    return loss",
            ),
        ),
    ),
    Fault(
        "softmax_cross_entropy",
        "each backward pass of one forward takes another 1 from the saved softmax",
        "state",
        "state",
        one_taken_from_the_saved_softmax,
    ),
    Fault(
        "embedding",
        "tables of up to 256 rows are indexed by signed bytes",
        "forward",
        None,
        edited(
            "embedding",
            (
                "return table[indices]",
                "return table[indices.astype(np.int8) if table.shape[0] <= 256 else indices]",
            ),
        ),
    ),
    Fault(
        "embedding",
        "indices are checked only the first time that shapes are seen",
        "contract",
        "unchecked",
        edited(
            "embedding",
            ("import numpy as np\n", "import numpy as np\n\n_SEEN = set()\n"),
            (
                LOOK_UP,
                "    if (table.shape, indices.shape) not in _SEEN:\n"
                '        within("embedding", 0, table.shape[0] - 1, indices=indices)\n'
                "        _SEEN.add((table.shape, indices.shape))\n"
                "    return table[indices]",
            ),
        ),
    ),
)
