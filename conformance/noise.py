"""Noisy numbers: run the unmodified reference on them, and the spread of its results is the tolerance.

Monte Carlo arithmetic (Parker 1997): every operation is perturbed by one rounding error, here in `REPLICAS`
copies of the computation that share a leading axis; replica 0 stays unperturbed. The perturbation is as large
as a rounding error of the dtype under test, so that what rounding does to rounding is in it (where results
cancel to exactly 0, nothing else is), but never below `FLOOR`; the spread is told in rounding errors, and
whoever reads it multiplies by the size of one.

A product or a sum of n terms is perturbed by √n · Σ|aᵢbᵢ|, since an implementation may sum in any order; an
elementary function by a few units in the last place; what only moves or selects numbers, not at all. A
comparison whose answer the noise could turn is a *decision within the noise*: where its two branches differ,
either result is right and the case says nothing (`Noise.undecided`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .precision import SLACK, Precision

REPLICAS = 16
FLOOR = 2.0**-40
"""The least size of a perturbation: far above float64's own rounding errors, which are not to count."""

# One pool of Gaussian numbers, read in order: drawing them afresh for each operation is most of the cost.
_POOL = np.random.default_rng(20241).standard_normal((1 << 20) + 7)


class Noise:
    """What the arrays of one noisy run share.

    `undecided` becomes true where the run took a decision within the noise; `peak` is the largest magnitude
    met.
    """

    def __init__(self, precision: Precision, seed: int = 0) -> None:
        self.precision = precision
        self.undecided = False
        self.peak = 0.0
        self.level = max(precision.unit, FLOOR)
        self._next = (seed * 104_729) % len(_POOL)
        # An underflow loses up to the smallest normal number, whatever the size of a rounding error.
        self._tiny = precision.tiny * self.level / precision.unit

    def exact(self, value: Any) -> Noisy:
        """`value` as it is, with no noise in it."""
        return Noisy(np.asarray(value, float)[None], self)

    def rounded(self, value: float) -> Noisy:
        """A number that the dtype under test may have to round first, as 0.999 in float32."""
        lifted = self.exact(value)
        self.undecided |= bool(value) and not self.precision.reaches(value)
        return (
            lifted
            if self.precision.holds(value)
            else Noisy(self.perturb(lifted.replicas, np.abs(lifted.value)), self)
        )

    def gaussian(self, shape: tuple[int, ...]) -> np.ndarray:
        """Independent noise for the REPLICAS perturbed copies of an array."""
        needed = REPLICAS * math.prod(shape)
        if needed > len(_POOL):
            return np.resize(_POOL, (REPLICAS, *shape))
        if self._next + needed > len(_POOL):
            self._next = (self._next + needed) % 97
        start, self._next = self._next, self._next + needed
        return _POOL[start : self._next].reshape(REPLICAS, *shape)

    def perturb(self, replicas: np.ndarray, size: np.ndarray) -> np.ndarray:
        """`replicas` with noise in proportion to `size`, the same for all of them."""
        first = replicas[0]
        peak = float(size.max(initial=0.0))
        if not math.isfinite(peak):  # a mask's −∞, or a NaN on its way through: nothing to perturb there
            size = np.where(np.isfinite(size) & np.isfinite(first), size, 0.0)
            peak = float(size.max(initial=0.0))
        if peak > self.peak:
            self.peak = peak
        noisy = np.empty((REPLICAS + 1, *first.shape))
        noisy[0] = first
        others = noisy[1:]
        np.multiply(self.gaussian(first.shape), size * self.level + self._tiny, out=others)
        others += replicas[1:] if len(replicas) > 1 else first
        return noisy


def _magnitude(replicas: np.ndarray) -> np.ndarray:
    """How large the numbers are. A perturbed replica is asked too: what is 0 but for noise is rounded."""
    return np.abs(replicas[:2]).max(axis=0)  # type: ignore[no-any-return]


def _times(errors: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return lambda y, x: errors * y


# How far an honest y = f(x) may be off, in units of one rounding error, from |y| and |x| (the first operand).
# What is absent here and not decided or plain below is exact: it moves, selects or flips a sign.
_ROUNDED: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "square", "sqrt", "reciprocal"), _times(1.0)),
    **dict.fromkeys(("log", "tanh", "power"), _times(3.0)),
    # The argument may have been rounded on its way: exp(x − logsumexp x) is as good a softmax as any.
    **dict.fromkeys(("exp", "expm1"), lambda y, x: y * (3.0 + x)),
    **dict.fromkeys(("sin", "cos"), lambda y, x: 3.0 * y + x),
    "log1p": lambda y, x: 3.0 * (1.0 + y),  # as inexact as log(1 + x), which is what most compute
}
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
        return self.replicas[0]  # type: ignore[no-any-return]

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
            return np.mean(off, axis=0) * (math.sqrt(math.pi / 2) / self.noise.level)  # type: ignore[no-any-return]

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
        return Noisy(self.replicas[_behind(index)], self.noise)

    def __setitem__(self, index: Any, value: Any) -> None:
        target = self.replicas[_behind(index)]
        given = _aligned(_replicas(value), target.ndim) if target.ndim else _replicas(value)
        if len(given) > len(self.replicas):
            self.replicas = np.repeat(self.replicas, len(given), axis=0)
        self.replicas[_behind(index)] = given

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any
    ) -> Any:
        name = ufunc.__name__
        if method == "at" and name == "add":
            return _add_at(*inputs)
        if method != "__call__":
            return NotImplemented
        given = [_replicas(x) for x in inputs]
        if name != "matmul":
            rank = max(x.ndim for x in given)
            given = [_aligned(x, rank) for x in given]
        if name in _DECISIONS:
            return Decision.between(ufunc, given[0], given[1], self.noise)
        if name in _PLAIN:
            return ufunc(given[0][0])
        if name == "matmul":
            result = _matmul(given[0], given[1], self.noise)
        elif name in ("add", "subtract") and any(x.size == 1 and not x.any() for x in given):
            result = ufunc(*given, **kwargs)  # x ± 0 does not round
        elif name in _ROUNDED:
            if name in ("sqrt", "log"):
                given = [_mirrored(given[0])]
            value = ufunc(*given, **kwargs)
            result = self.noise.perturb(value, _ROUNDED[name](_magnitude(value), _magnitude(given[0])))
        elif name in _EXACT:
            result = ufunc(*given, **kwargs)
        else:
            return NotImplemented
        if out is not None:
            out[0].replicas = result
            return out[0]
        return Noisy(result, self.noise)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        handler = _HANDLERS.get(function)
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
        handler = _HANDLERS.get(function)
        return handler(*args, **kwargs) if handler else NotImplemented


def _tuple(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def _behind(index: Any) -> tuple[Any, ...]:
    """`index` of the array itself, behind the leading axis."""
    return (slice(None), *_tuple(index))


def _mirrored(replicas: np.ndarray) -> np.ndarray:
    """What noise alone carried below 0, back above it: no rounding makes a sum of squares negative."""
    return np.where((replicas < 0) & (replicas[:1] >= 0), -replicas, replicas)


def _replicas(value: Any) -> np.ndarray:
    return value.replicas if isinstance(value, Noisy) else np.asarray(value)[None]


def _aligned(replicas: np.ndarray, rank: int) -> np.ndarray:
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
    a, b = _aligned(a, rank), _aligned(b, rank)
    terms = a.shape[-1]
    magnitude = (np.abs(a[:2]) @ np.abs(b[:2])).max(axis=0)
    return noise.perturb(a @ b, math.sqrt(terms) * magnitude) if terms else a @ b


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    """The axes behind the leading one that `axis` of the array itself names."""
    if axis is None:
        return tuple(range(1, rank + 1))
    return tuple(a % rank + 1 for a in _tuple(axis))


def _noise_of(*values: Any) -> Noise:
    for value in values:
        for entry in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(entry, (Noisy, Decision)):
                return entry.noise
    raise TypeError("no noisy number among the arguments")


def _add_at(target: Noisy, index: Any, values: Any) -> None:
    added = _replicas(values)
    if len(target.replicas) < REPLICAS + 1:
        target.replicas = np.repeat(target.replicas, REPLICAS + 1, axis=0)
    where = _behind(index)
    size, count = np.abs(target.replicas[:2]), np.zeros(target.shape)
    np.add.at(size, where, np.abs(added[:2]))
    np.add.at(count, _tuple(index), 1.0)
    np.add.at(target.replicas, where, np.broadcast_to(added, (REPLICAS + 1, *added.shape[1:])))
    # The first number lands on a zero, exactly; each further one is an addition that rounds.
    target.replicas = target.noise.perturb(
        target.replicas, size.max(axis=0) * np.sqrt(np.maximum(count - 1.0, 0.0))
    )


def _sum(a: Noisy, axis: Any = None, keepdims: bool = False) -> Noisy:
    over = _axes(axis, a.ndim)
    terms = math.prod(a.shape[i - 1] for i in over)
    total = a.replicas.sum(axis=over, keepdims=keepdims)
    if terms <= 1:
        return Noisy(total, a.noise)
    magnitude = np.abs(a.replicas[:2]).sum(axis=over, keepdims=keepdims).max(axis=0)
    return Noisy(a.noise.perturb(total, math.sqrt(terms - 1) * magnitude), a.noise)


def _max(a: Noisy, axis: Any = None, keepdims: bool = False) -> Noisy:
    return Noisy(a.replicas.max(axis=_axes(axis, a.ndim), keepdims=keepdims), a.noise)


def _where(condition: Any, a: Any, b: Any) -> Any:
    left, right = _replicas(a), _replicas(b)
    if not isinstance(condition, Decision):
        noise = _noise_of(a, b)
        chosen = np.asarray(condition)[None]
    else:
        noise = condition.noise
        chosen = condition.answer[None]
        if condition.within.any():
            noise.undecided |= _differ(condition, Noisy(left, noise), Noisy(right, noise))
    rank = max(chosen.ndim, left.ndim, right.ndim)
    result = np.where(_aligned(chosen, rank), _aligned(left, rank), _aligned(right, rank))
    return Noisy(result, noise) if isinstance(a, Noisy) or isinstance(b, Noisy) else result[0]


def _differ(condition: Decision, a: Noisy, b: Noisy) -> bool:
    """Whether the branches differ by more than their noise anywhere that the decision is within its own."""
    unit = SLACK * condition.noise.precision.unit
    jump = np.abs(a.value - b.value) > unit * (a.spread + b.spread + np.abs(a.value) + np.abs(b.value))
    return bool(np.any(jump & condition.within))


def _joined(join: Callable[..., np.ndarray], arrays: Sequence[Any], axis: int) -> Noisy:
    parts = [_replicas(x) for x in arrays]
    longest = max(map(len, parts))
    parts = [np.broadcast_to(x, (longest, *x.shape[1:])) for x in parts]
    return Noisy(join(parts, axis=axis if axis < 0 else axis + 1), _noise_of(*arrays))


def _full_like(fill: float) -> Callable[..., Noisy]:
    def like(a: Noisy, dtype: Any = None, shape: Any = None) -> Noisy:
        wanted = a.shape if shape is None else _tuple(shape)
        return Noisy(np.full((1, *wanted), fill), a.noise)

    return like


def _split(a: Noisy, sections: Any, axis: int = 0) -> list[Noisy]:
    return [Noisy(x, a.noise) for x in np.split(a.replicas, sections, axis if axis < 0 else axis + 1)]


def _swapaxes(a: Noisy, first: int, second: int) -> Noisy:
    (i,), (j,) = _axes(first, a.ndim), _axes(second, a.ndim)
    return Noisy(np.swapaxes(a.replicas, i, j), a.noise)


def _transpose(a: Noisy, axes: Any = None) -> Noisy:
    order = range(a.ndim, 0, -1) if axes is None else (i % a.ndim + 1 for i in axes)
    return Noisy(a.replicas.transpose(0, *order), a.noise)


def _broadcast_to(a: Noisy, shape: Any) -> Noisy:
    wanted = _tuple(shape)
    return Noisy(np.broadcast_to(_aligned(a.replicas, len(wanted) + 1), (len(a.replicas), *wanted)), a.noise)


_HANDLERS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum,
    np.max: _max,
    np.where: _where,
    np.concatenate: lambda arrays, axis=0: _joined(np.concatenate, arrays, axis),
    np.stack: lambda arrays, axis=0: _joined(np.stack, arrays, axis),
    np.split: _split,
    np.swapaxes: _swapaxes,
    np.transpose: _transpose,
    np.broadcast_to: _broadcast_to,
    np.reshape: lambda a, shape: a.reshape(shape),
    np.zeros_like: _full_like(0.0),
    np.empty_like: _full_like(0.0),
    np.ones_like: _full_like(1.0),
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
}
