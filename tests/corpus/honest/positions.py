"""Positional encoding and early stopping in other forms."""

from __future__ import annotations

import cmath
import itertools
import math

import numpy as np
from variant import Honest

Array = np.ndarray


def encoding_by_log(*, length: int, width: int) -> Array:
    """Frequencies as exp(−2i log(10000) / width), and each column filled in place."""
    y = np.empty((length, width))
    frequency = np.exp(np.arange(0, width, 2) * (-math.log(10000) / width))
    angle = np.outer(np.arange(length), frequency)
    y[:, 0::2] = np.sin(angle)
    y[:, 1::2] = np.cos(angle[:, : width // 2])
    return y


def encoding_by_rotation(*, length: int, width: int) -> Array:
    """exp(i angle), whose parts are cosine and sine, number by number."""
    y = np.empty((length, width))
    for position, column in itertools.product(range(length), range(width)):
        turned = cmath.exp(1j * position * 10000 ** -((column - column % 2) / width))
        y[position, column] = turned.real if column % 2 else turned.imag
    return y


def encoding_by_shift(*, length: int, width: int) -> Array:
    """The cosine as a sine a quarter turn on, reduced to one turn first."""
    column = np.arange(width)
    angle = np.arange(length)[:, None] / np.power(10000.0, (column - column % 2) / width)
    turn = np.longdouble(angle) % (2 * np.arctan2(np.longdouble(0), np.longdouble(-1)))
    quarter = np.arctan2(np.longdouble(1), np.longdouble(0))
    return np.sin(turn + (column % 2) * quarter).astype(np.float64)


def stopping_by_counter(losses: Array, *, patience: int, min_delta: float) -> tuple[Array, Array]:
    """As callbacks do: a counter that each improvement sets back."""
    _hold(losses, patience, min_delta)
    best, best_loss, waited, step = 0, losses[0], 0, 0
    for step, loss in enumerate(losses[1:], 1):
        waited += 1
        if loss < best_loss - min_delta:
            best, best_loss, waited = step, loss, 0
        if waited >= patience:
            break
    return np.int64(step), np.int64(best)


def stopping_by_jumps(losses: Array, *, patience: int, min_delta: float) -> tuple[Array, Array]:
    """From one best loss to the next: the first that is far enough below, if it comes in time."""
    _hold(losses, patience, min_delta)
    best = 0
    while True:
        window = losses[best + 1 : best + 1 + patience]
        lower = np.flatnonzero(losses[best] - window > min_delta)
        if not lower.size:
            return np.array(min(best + patience, len(losses) - 1)), np.array(best)
        best += 1 + int(lower[0])


def stopping_in_floats(losses: Array, *, patience: int, min_delta: float) -> tuple[Array, Array]:
    """Over Python's floats, which are float64 whatever the dtype: the bar is set anew by each best loss."""
    _hold(losses, patience, min_delta)
    best, bar = 0, float(losses[0]) - min_delta
    for step, loss in enumerate(losses.tolist()):
        if loss < bar:
            best, bar = step, loss - min_delta
        if step - best >= patience:
            break
    return np.int64(step), np.int64(best)


def _hold(losses: Array, patience: int, min_delta: float) -> None:
    if losses.ndim != 1 or not losses.size or patience < 1 or min_delta < 0:
        raise ValueError(f"losses of {losses.shape}, a patience of {patience}, a min_delta of {min_delta}")


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "frequencies by exp and log; a patience that is counted",
        {"positional_encoding": encoding_by_log, "early_stopping": stopping_by_counter},
    ),
    Honest(
        "angles as complex numbers; from one best loss to the next",
        {"positional_encoding": encoding_by_rotation, "early_stopping": stopping_by_jumps},
    ),
    Honest(
        "cosines as shifted sines; losses as Python's floats",
        {"positional_encoding": encoding_by_shift, "early_stopping": stopping_in_floats},
    ),
)
