"""Arrays whose axes have names: Σ over some of them of a product, two factors at a time."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

Axis = Any
"""Whatever names an axis: an index of the specification."""


class Named(NamedTuple):
    """An array, and what each of its axes runs over."""

    array: Any
    axes: tuple[Axis, ...] = ()


def laid_out(named: Named, axes: Sequence[Axis]) -> Any:
    """The array with its axes in this order, and length 1 where it has no such axis."""
    array = np.transpose(_array(named.array), [named.axes.index(axis) for axis in axes if axis in named.axes])
    return array[tuple(slice(None) if axis in named.axes else None for axis in axes)]


def added(parts: Sequence[Named]) -> Named:
    axes = union(parts)
    return Named(reduce(add, (laid_out(part, axes) for part in parts)), axes)


def product(factors: Sequence[Named], over: Collection[Axis] = ()) -> Named:
    """Σ over the axes `over` of the product of the factors.

    Two factors at a time, those first whose product is smallest: each sum is taken as soon as no other factor
    has its axis, as a matrix product. So x @ weight costs N D H products, and is no array of that size.
    """
    plain = [Named(math.prod(f.array for f in factors if not f.axes))]
    left = [_summed(f, set(over) - _but(factors, f)) for f in factors if f.axes] or plain
    while len(left) > 1:
        pairs = [(a, b) for k, a in enumerate(left) for b in left[:k]]
        a, b = min(pairs, key=lambda pair: _size(pair, set(over) - _but(left, *pair)))
        left = [f for f in left if f is not a and f is not b] + [_pair(a, b, set(over) - _but(left, a, b))]
    (last,) = left
    # A factor without axes, such as 1/N, is cheapest at the end: there is least to multiply.
    return last if last is plain[0] or _is_one(plain[0]) else Named(last.array * plain[0].array, last.axes)


def _pair(a: Named, b: Named, over: set[Axis]) -> Named:
    """Σ over the axes `over`, which both have, of a · b: one matrix product for each value of the others."""
    both = [axis for axis in a.axes if axis in b.axes]
    summed = [axis for axis in both if axis in over]
    batch = [axis for axis in both if axis not in over]
    rows = [axis for axis in a.axes if axis not in both]
    columns = [axis for axis in b.axes if axis not in both]
    axes = (*batch, *rows, *columns)
    if not summed:
        return Named(laid_out(a, axes) * laid_out(b, axes), axes)
    left, right = laid_out(a, batch + rows + summed), laid_out(b, batch + summed + columns)
    shared, high = left.shape[: len(batch)], left.shape[len(batch) : len(batch) + len(rows)]
    wide = right.shape[len(batch) + len(summed) :]
    m, n = math.prod(high), math.prod(wide)
    array = left.reshape((*shared, m, -1)) @ right.reshape((*shared, -1, n))
    return Named(array.reshape((*shared, *high, *wide)), axes)


def _summed(named: Named, over: set[Axis]) -> Named:
    """Σ over those of the axes that are among `over`."""
    places = tuple(place for place, axis in enumerate(named.axes) if axis in over)
    if not places:
        return named
    return Named(_array(np.sum(named.array, axis=places)), tuple(a for a in named.axes if a not in over))


def _size(pair: tuple[Named, Named], over: set[Axis]) -> int:
    """How many entries the product of the two has."""
    lengths = {axis: n for named in pair for axis, n in zip(named.axes, named.array.shape, strict=True)}
    return math.prod(n for axis, n in lengths.items() if axis not in over)


def _but(factors: Sequence[Named], *without: Named) -> set[Axis]:
    """The axes of all factors but these."""
    return {axis for f in factors if not any(f is w for w in without) for axis in f.axes}


def union(parts: Sequence[Named]) -> tuple[Axis, ...]:
    return tuple(dict.fromkeys(axis for part in parts for axis in part.axes))


def _is_one(named: Named) -> bool:
    return isinstance(named.array, int) and named.array == 1


def _array(value: Any) -> Any:
    """An array of any number; NumPy would look for entries in what it does not know."""
    if isinstance(value, np.ndarray):
        return value
    array = np.empty((), object)
    array[()] = value
    return array
