"""How numbers are drawn: by name, so that a case can say it in a word."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_LANDMARKS = (0.0, 1e-30, 1e-8, 1e-4, 0.5, 1, 6, 9, 12, 20, 30, 60, 87, 89, 104, 710, 1e4)


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.standard_normal(shape)


def _integers(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.integers(-2, 3, shape).astype(float)


def _landmarks(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Where functions go wrong: next to 0, in the tails, past the overflow of exp in each dtype."""
    both = rng.permutation([*_LANDMARKS, *(-x for x in _LANDMARKS)])
    return np.resize(both, shape)  # every one of them, where there is room


def _offset(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Far from 0 and close together: what a shift-invariant function must not notice."""
    return 1e4 + rng.standard_normal(shape)


def _spread(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Magnitudes over eight decades."""
    return rng.standard_normal(shape) * 10.0 ** rng.uniform(-6, 2, shape)


def _cancelling(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Large terms of either sign beside small ones."""
    return rng.choice((-1e3, 1e3), shape) + rng.standard_normal(shape)


def _nan(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    values = np.asarray(rng.standard_normal(shape))
    values[(0,) * len(shape)] = np.nan
    return values


def _last_nan(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """With its sign bit set, as processors make it of 0 / 0."""
    values = np.asarray(rng.standard_normal(shape))
    values[(-1,) * len(shape)] = np.copysign(np.nan, -1)
    return values


def _sparse(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """One number in three is 0, and so is every fourth row or step, from the second on."""
    values = np.where(rng.random(shape) < 1 / 3, 0.0, rng.standard_normal(shape))
    if values.ndim:
        values[1::4] = 0
    return values


def _far(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Every array far from 0 and all of them close together: what is a difference must be taken first."""
    return 1e4 + rng.standard_normal(shape)


def _tail(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """All of them in one tail, where what is left of a function is tiny and still has all its digits."""
    return -rng.uniform(20, 60, shape)


def _shoulder(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Where a tail begins: the terms of its series still count, one after the other."""
    return -rng.uniform(3, 9, shape)


def _falling(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Ever smaller along the first axis, by steps of different size."""
    steps = rng.uniform(0.05, 0.4, shape)
    return 4 - np.cumsum(steps, axis=0) if steps.ndim else 4 - steps


def _close(apart: float) -> Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]:
    """Numbers next to 1 that differ by about `apart`."""
    return lambda rng, shape: 1 + apart * rng.standard_normal(shape)


def _gap(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """One NaN, not in the first place."""
    values = np.asarray(rng.standard_normal(shape))
    if values.size > 1:
        values[np.unravel_index(1, shape)] = np.nan
    return values


VALUES: dict[str, Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "normal": _normal,
    "integers": _integers,
    "odd": lambda rng, shape: rng.choice((-3.0, -1.0, 1.0, 3.0), shape),
    "ones": lambda rng, shape: np.ones(shape),
    "landmarks": _landmarks,
    "offset": _offset,
    "spread": _spread,
    "cancelling": _cancelling,
    "nan": _nan,
    "last_nan": _last_nan,
    "sparse": _sparse,
    "far": _far,
    "tail": _tail,
    "shoulder": _shoulder,
    "falling": _falling,
    "close": _close(1e-5),
    "closer": _close(1e-10),
    "gap": _gap,
    "padding": _normal,
    "infinite": _normal,
    "faint": _normal,
    "zero": lambda rng, shape: np.zeros(shape),
    "last_heard": _normal,
    "last_unheard": _normal,
    "one_heard": _normal,
}
"""How real numbers are drawn, by name. Where something is heard or not, the cotangents are special."""

WITH_NAN = "nan", "last_nan"
"""Those with a number that is none."""
