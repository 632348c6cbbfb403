"""An array of noisy numbers, which NumPy and the reference take for an array like any other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .noise import ROUNDED, Noise, magnitude
from .precision import SLACK

# Operations that are exact, decided, or answered from the numbers alone; the others round (`ROUNDED`).
_EXACT = {"negative", "positive", "absolute", "maximum", "minimum", "sign", "fmax", "fmin"}
_DECISIONS = {"greater", "greater_equal", "less", "less_equal", "equal", "not_equal"}
_PLAIN = {"isnan", "isfinite", "isinf"}


class Noisy(NDArrayOperatorsMixin):
    """An array of noisy numbers: `replicas` has a leading axis of 1 (no noise yet) or REPLICAS + 1."""

    __array_priority__ = 1000

    def __init__(self, replicas: np.ndarray, noise: Noise) -> None:
        self.replicas = replicas
        self.noise = noise

    @property
    def value(self) -> np.ndarray:
        """What an unperturbed run gives."""
        unperturbed: np.ndarray = self.replicas[0]
        return unperturbed

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation of one rounding error's worth of noise, per element.

        From the mean of |deviations|, which for Gaussian noise is √(2/π) of it: their squares would underflow
        in a far tail.
        """
        if len(self.replicas) == 1:
            return np.zeros(self.shape)
        with np.errstate(invalid="ignore", over="ignore"):  # ∞ − ∞ where both are infinite: no spread
            off = self.replicas[1:] - self.replicas[:1]
            # A number that noise can blow up to infinity is none that an implementation can be held to.
            self.noise.undecided |= bool(np.any(~np.isfinite(off) & np.isfinite(self.replicas[0])))
            off = np.abs(np.where(np.isfinite(off), off, 0.0))
            deviation: np.ndarray = np.mean(off, axis=0) * (math.sqrt(math.pi / 2) / self.noise.level)
            return deviation

    @property
    def shape(self) -> tuple[int, ...]:
        return self.replicas.shape[1:]

    @property
    def ndim(self) -> int:
        return self.replicas.ndim - 1

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.replicas.dtype

    @property
    def T(self) -> Noisy:
        return Noisy(self.replicas.transpose(0, *range(self.ndim, 0, -1)), self.noise)

    def __len__(self) -> int:
        return self.shape[0]

    def reshape(self, *shape: Any) -> Noisy:
        flat = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        return Noisy(self.replicas.reshape(len(self.replicas), *flat), self.noise)

    def __getitem__(self, index: Any) -> Noisy:
        return Noisy(self.replicas[behind(index)], self.noise)

    def __setitem__(self, index: Any, value: Any) -> None:
        target = self.replicas[behind(index)]
        given = aligned(replicas_of(value), target.ndim) if target.ndim else replicas_of(value)
        if len(given) > len(self.replicas):
            self.replicas = np.repeat(self.replicas, len(given), axis=0)
        self.replicas[behind(index)] = given

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any
    ) -> Any:
        name = ufunc.__name__
        if method == "at" and name == "add":
            from .noisy_functions import add_at

            return add_at(*inputs)
        if method != "__call__":
            return NotImplemented
        given = [replicas_of(x) for x in inputs]
        if name != "matmul":
            rank = max(x.ndim for x in given)
            given = [aligned(x, rank) for x in given]
        if name in _DECISIONS:
            return Decision.between(ufunc, given[0], given[1], self.noise)
        if name in _PLAIN:
            return ufunc(given[0][0])
        if name == "matmul":
            result = _matmul(given[0], given[1], self.noise)
        elif name in ("add", "subtract") and any(x.size == 1 and not x.any() for x in given):
            result = ufunc(*given, **kwargs)  # x ± 0 does not round
        elif name in ROUNDED:
            if name in ("sqrt", "log"):
                given = [_mirrored(given[0])]
            value = ufunc(*given, **kwargs)
            result = self.noise.perturb(value, ROUNDED[name](magnitude(value), magnitude(given[0])))
        elif name in _EXACT:
            result = ufunc(*given, **kwargs)
        else:
            return NotImplemented
        if out is not None:
            out[0].replicas = result
            return out[0]
        return Noisy(result, self.noise)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        handler = _handler(function)
        return handler(*args, **kwargs) if handler else NotImplemented

    def __bool__(self) -> bool:
        raise TypeError("a noisy number has no truth value: compare it first")

    __iter__: Any = None


class Decision(NDArrayOperatorsMixin):
    """The answer of a comparison, with which of its entries the noise could turn.

    A tie of two exact numbers is certain as an answer, but a kink for a derivative: it is `within` too,
    though not `inexact`.
    """

    __array_priority__ = 1001

    def __init__(self, answer: np.ndarray, within: np.ndarray, inexact: np.ndarray, noise: Noise) -> None:
        self.answer = answer
        self.within = within
        self.inexact = inexact
        self.noise = noise

    @staticmethod
    def between(ufunc: np.ufunc, a: np.ndarray, b: np.ndarray, noise: Noise) -> Decision:
        with np.errstate(invalid="ignore"):  # ∞ − ∞: compared exactly below
            apart = Noisy(a - b, noise)
            spread = apart.spread
        # Hardware that flushes subnormals to zero sees a tie where there is next to none.
        reach = SLACK * (noise.precision.unit * spread + noise.precision.tiny)
        return Decision(ufunc(a[0], b[0]), np.abs(apart.value) <= reach, spread > 0, noise)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.answer.shape

    def __getitem__(self, index: Any) -> Decision:
        return Decision(self.answer[index], self.within[index], self.inexact[index], self.noise)

    def __bool__(self) -> bool:
        self.noise.undecided |= bool(self.within & self.inexact)
        return bool(self.answer)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or ufunc.__name__ not in (
            "bitwise_and",
            "bitwise_or",
            "invert",
            "logical_not",
        ):
            return NotImplemented
        answers = [x.answer if isinstance(x, Decision) else x for x in inputs]
        result = ufunc(*answers)
        decisions = [x for x in inputs if isinstance(x, Decision)]
        within, inexact = (
            np.logical_or.reduce([np.broadcast_to(part, result.shape) for part in parts])
            for parts in ([d.within for d in decisions], [d.inexact for d in decisions])
        )
        return Decision(result, within, inexact, self.noise)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        handler = _handler(function)
        return handler(*args, **kwargs) if handler else NotImplemented


def as_tuple(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def behind(index: Any) -> tuple[Any, ...]:
    """`index` of the array itself, behind the leading axis."""
    return (slice(None), *as_tuple(index))


def _mirrored(replicas: np.ndarray) -> np.ndarray:
    """What noise alone carried below 0, back above it: no rounding makes a sum of squares negative."""
    return np.where((replicas < 0) & (replicas[:1] >= 0), -replicas, replicas)


def replicas_of(value: Any) -> np.ndarray:
    return value.replicas if isinstance(value, Noisy) else np.asarray(value)[None]


def aligned(replicas: np.ndarray, rank: int) -> np.ndarray:
    """`replicas` with axes of 1 behind the leading one: lower ranks broadcast as they would without it."""
    missing = rank - replicas.ndim
    return replicas.reshape(len(replicas), *(1,) * missing, *replicas.shape[1:]) if missing else replicas


def _matmul(a: np.ndarray, b: np.ndarray, noise: Noise) -> np.ndarray:
    if a.ndim == 2 or b.ndim == 2:  # a vector, behind the leading axis
        left, right = (a[:, None] if a.ndim == 2 else a), (b[..., None] if b.ndim == 2 else b)
        product = _matmul(left, right, noise)
        product = product[..., 0] if b.ndim == 2 else product
        return product if a.ndim > 2 else product[..., 0] if b.ndim == 2 else product[..., 0, :]
    rank = max(a.ndim, b.ndim)
    a, b = aligned(a, rank), aligned(b, rank)
    terms = a.shape[-1]
    magnitude = (np.abs(a[:2]) @ np.abs(b[:2])).max(axis=0)
    return noise.perturb(a @ b, math.sqrt(terms) * magnitude) if terms else a @ b


def _handler(function: Any) -> Callable[..., Any] | None:
    """What a function of NumPy is on noisy numbers; None for one that the reference has no use for."""
    from .noisy_functions import HANDLERS

    return HANDLERS.get(function)
