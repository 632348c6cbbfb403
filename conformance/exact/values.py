"""The value of a term of the specification: an array, with the term's free indices for its axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product as tuples
from operator import eq
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from ...spec.kernel import terms
from .axes import Named, added, laid_out, product, union
from .functions import ACTIVATIONS, FUNCTIONS, NotLowered, power

if TYPE_CHECKING:
    from .lower import Oracle

Steps = Mapping[sp.Idx, int]
"""The step that each index in time stands for."""

ZERO = Named(0)


def value(oracle: Oracle, e: sp.Expr, steps: Steps) -> Named:
    """The term at these steps. Raises NotLowered where a part of it has no value."""
    if isinstance(e, sp.Rational):
        return Named(int(e) if e.is_Integer else Fraction(int(e.p), int(e.q)))
    if isinstance(e, sp.Symbol):
        return Named(oracle.number(e.name))
    if isinstance(e, sp.Idx):
        return Named(steps[e]) if e in steps else Named(np.arange(1, whole(oracle, e.upper, steps) + 1), (e,))
    if isinstance(e, sp.Indexed):
        return _entries(oracle, e, steps)
    if isinstance(e, sp.Add):
        return added([value(oracle, a, steps) for a in e.args])
    if isinstance(e, sp.Mul):
        return _product(oracle, e, (), steps)
    if isinstance(e, sp.Sum):
        return _sum(oracle, e, steps)
    if isinstance(e, AppliedUndef):  # a width that depends on the layer: D(i)
        return Named(oracle.number(type(e).__name__)[whole(oracle, e.args[0], steps)])
    parts = [value(oracle, a, steps) for a in e.args]
    axes = union(parts)
    function = np.frompyfunc(_function(oracle, e), len(parts), 1)
    return Named(function(*(laid_out(part, axes) for part in parts)), axes)


def whole(oracle: Oracle, e: sp.Expr, steps: Steps) -> int:
    """A term without axes that is a whole number: a size, or a step."""
    return int(value(oracle, e, steps).array)


def _function(oracle: Oracle, e: sp.Expr) -> Callable[..., Any]:
    """The function of numbers that the term is of its parts."""
    name = type(e).__name__
    if isinstance(e, sp.KroneckerDelta):
        return lambda i, j: int(eq(i, j))
    if isinstance(e, sp.Pow):
        return power
    if isinstance(e, (terms.g, terms.dg)) and oracle.activation in ACTIVATIONS:
        return ACTIVATIONS[oracle.activation][isinstance(e, terms.dg)]
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    raise NotLowered(f"{oracle.system.name}: no value for {name}")


def _entries(oracle: Oracle, e: sp.Indexed, steps: Steps) -> Named:
    """x[…]: plain indices are axes as they stand; where there is any other, all entries are looked up."""
    x, step = e.base, None
    indices: tuple[Any, ...] = e.indices if x.shape else ()
    if oracle.system.is_timed(x):
        step, indices = whole(oracle, indices[0], steps), indices[1:]
        if oracle.is_beyond(x, step):
            return ZERO
    array = oracle.entries(x, step)
    if len({*indices}) == len(indices) and all(isinstance(i, sp.Idx) and i not in steps for i in indices):
        return Named(array, indices)
    places = [value(oracle, i, steps) for i in indices]
    axes = union(places)
    return Named(array[tuple(np.asarray(laid_out(place, axes) - 1, int) for place in places)], axes)


def _sum(oracle: Oracle, e: sp.Sum, steps: Steps) -> Named:
    """Σ over time step by step, over all other indices at once."""
    over = terms.bound(e)
    timed = [i for i in over if _is_time(oracle, i)]
    ranges = [range(1, whole(oracle, i.upper, steps) + 1) for i in timed]
    moments = [{**steps, **dict(zip(timed, at, strict=True))} for at in tuples(*ranges)]
    others = [i for i in over if i not in timed]
    return added([_product(oracle, e.function, others, moment) for moment in moments]) if moments else ZERO


def _product(oracle: Oracle, e: sp.Expr, over: Sequence[sp.Idx], steps: Steps) -> Named:
    """Σ over some of its axes of a product."""
    factors = sp.Mul.make_args(e)
    if any(_vanishes(oracle, factor, steps) for factor in factors):  # the others need not exist at T + 1
        return ZERO
    values = [value(oracle, factor, steps) for factor in factors]
    found = union(values)
    counts = [Named(whole(oracle, i.upper, steps)) for i in over if i not in found]
    return product([*values, *counts], over)


def _vanishes(oracle: Oracle, e: sp.Expr, steps: Steps) -> bool:
    """Whether `e` is 0 for being a gradient at T + 1."""
    if isinstance(e, sp.Indexed):
        if not (e.base.title in oracle.gradients and oracle.system.is_timed(e.base)):
            return False
        return oracle.is_beyond(e.base, whole(oracle, e.indices[0], steps))
    if isinstance(e, sp.Sum):
        inner = not any(_is_time(oracle, i) for i in terms.bound(e))
        return inner and _vanishes(oracle, e.function, steps)
    if isinstance(e, sp.Add):
        return all(_vanishes(oracle, a, steps) for a in e.args)
    return isinstance(e, sp.Mul) and any(_vanishes(oracle, a, steps) for a in e.args)


def _is_time(oracle: Oracle, i: sp.Idx) -> bool:
    time = oracle.system.time
    return time is not None and terms.dim_of(i) == time.upper
