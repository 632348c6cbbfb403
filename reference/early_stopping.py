"""Early stopping (Prechelt 1998): after `patience` steps in a row without a loss below best loss − min_delta.

losses[P] → stopped int[], best int[]: the step it stops at, P−1 where it never does, and the step of the best
loss so kept. The first loss is the best until one is below it.
"""

import numpy as np

from . import Array
from ._validate import fit, number


def early_stopping(losses: Array, *, patience: int, min_delta: float) -> tuple[Array, Array]:
    fit("early_stopping", losses=(losses, "P"))
    number("early_stopping", "at least 1", lambda value: value >= 1, patience=patience)
    number("early_stopping", "at least 0", lambda value: value >= 0, min_delta=min_delta)
    best = 0
    for step in range(losses.shape[0]):
        if losses[step] < losses[best] - min_delta:
            best = step
        if step - best == patience:
            break
    return np.array(step, np.int64), np.array(best, np.int64)
