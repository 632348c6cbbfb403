"""Wrong early stoppings: at the edges of what floats, sizes and memory admit."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions
from wrong._buffers import in_one_buffer, without_strides
from wrong._formats import through
from wrong.early_stopping import PROGRESS, RETURN, replaced, right

LOOP = "for step in range(losses.shape[0]):"


def count_left_over() -> Functions:
    """The steps without progress at the end of a call are counted in the next."""
    left = [0]

    def early_stopping(
        losses: np.ndarray, *, patience: int, min_delta: float
    ) -> tuple[np.ndarray, np.ndarray]:
        best, without = 0, left[0]
        for step in range(len(losses)):
            progress = losses[step] < losses[best] - min_delta
            best, without = (step, 0) if progress else (best, without + (step > 0))
            if without >= patience:
                break
        left[0] = 0 if without >= patience else without
        return np.array(step, np.int64), np.array(best, np.int64)

    return {"early_stopping": early_stopping}


def best_loss_kept() -> Functions:
    """The best loss of an earlier call has to be beaten too."""
    kept: list[float] = []

    def early_stopping(
        losses: np.ndarray, *, patience: int, min_delta: float
    ) -> tuple[np.ndarray, np.ndarray]:
        lowest = min(kept, default=np.inf)
        bounded = np.concatenate([np.minimum(losses[:1], np.asarray(lowest, losses.dtype)), losses[1:]])
        stopped, best = right(bounded, patience, min_delta)
        kept.append(float(bounded[best]))
        return stopped, best

    return {"early_stopping": early_stopping}


FAULTS = (
    Fault(
        "early_stopping",
        "a loss of NaN is progress",
        "stability",
        None,
        replaced(PROGRESS, "if not losses[step] >= losses[best] - min_delta:"),
    ),
    Fault(
        "early_stopping",
        "losses past the first 16 are not looked at",
        "shape",
        "size(P)",
        replaced(LOOP, "for step in range(min(losses.shape[0], 16)):"),
    ),
    Fault(
        "early_stopping",
        "the losses are read without their strides",
        "shape",
        "strides",
        without_strides("early_stopping", 0),
    ),
    Fault(
        "early_stopping",
        "losses are compared in float16",
        "precision",
        "coarse(float16)",
        through(np.float16, "early_stopping"),
    ),
    Fault(
        "early_stopping",
        "losses are compared in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "early_stopping"),
    ),
    Fault(
        "early_stopping",
        "the steps come back in int32",
        "contract",
        "dtype(int32)",
        replaced(RETURN, RETURN.replace("int64", "int32")),
    ),
    Fault(
        "early_stopping", "the count of steps goes on from the last call", "state", "state", count_left_over
    ),
    Fault(
        "early_stopping",
        "the best loss of an earlier call has to be beaten",
        "state",
        "state",
        best_loss_kept,
    ),
    Fault(
        "early_stopping",
        "every result is returned in the same buffers",
        "state",
        "aliasing",
        in_one_buffer("early_stopping"),
    ),
)
