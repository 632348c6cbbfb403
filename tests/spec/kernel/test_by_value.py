"""The kernel against plain evaluation: what it says of random terms is true; a broken one is found out."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp
from gradspec.spec.kernel import KernelError, calculus, canonical, normal, terms
from gradspec.spec.kernel.calculus import derivative
from terms_by_value import FREE, TENSORS, M, N, Values, random_term

MANY, FEW = 2400, 1500
DEPTH = 4
"""How deep terms are nested; exponentials spend as many levels of the tower."""


def disagreements(seed: int, count: int) -> list[str]:
    """Of so many random terms, those whose normal form or derivative has another value than the term."""
    rng = random.Random(seed)
    found = []
    for number in range(count):
        e = random_term(rng, rng.choice((2, 3, DEPTH)))
        if any(len({limit[0] for limit in s.limits}) < len(s.limits) for s in e.atoms(sp.Sum)):
            continue  # Σ_k Σ_k, of which SymPy makes one sum: the kernel refuses it
        sizes = {N: rng.choice((1, 2, 3)), M: rng.choice((1, 2, 3))}
        values = Values(seed * count + number, sizes, depth=DEPTH + 1)
        try:
            found += [f"{e}: {said}" for said in _disagreements(e, values, rng)]
        except ZeroDivisionError:
            continue
        if len(found) > 3:
            break
    return found


def _disagreements(e: sp.Expr, values: Values, rng: random.Random) -> list[str]:
    sizes = values.sizes
    x = rng.choice(TENSORS)
    entry = tuple(rng.randrange(sizes[dim]) for dim in x.shape)
    # The derivative's indices bear names that the term itself uses.
    at = tuple(
        sp.Idx(sp.Symbol(name, integer=True), (1, dim))
        for name, dim in zip(("k", "l"), x.shape, strict=False)
    )
    form, slope = canonical(e), derivative(e, x, at)
    slope_form = canonical(slope)
    dual = values.with_slope(x, entry)
    found = []
    for place in itertools.product(*(range(sizes[i.upper]) for i in FREE)):
        here = dict(zip(FREE, place, strict=True))
        there = {**here, **dict(zip(at, entry, strict=True))}
        by_dual = dual.value(e, here)
        if values.value(form, here) != values.value(e, here):
            found.append(f"normal form {form}")
        for said in (slope, slope_form):
            if values.value(said, there) != getattr(by_dual, "slope", 0):
                found.append(f"derivative {said}")
    return found[:1]


@pytest.mark.parametrize("seed", range(4))
def test_normal_forms_keep_the_value_and_derivatives_equal_forward_duals(seed: int) -> None:
    assert disagreements(seed, MANY // 4) == []


def same_names_for_all(height: int, k: int, upper: sp.Expr) -> sp.Idx:
    return sp.Idx(sp.Symbol("β", integer=True), (1, upper))


def one_name_a_dim(height: int, k: int, upper: sp.Expr) -> sp.Idx:
    return sp.Idx(sp.Symbol(f"β{height}_0", integer=True), (1, upper))


def free_sums_are_1(term: Any) -> Any:
    c, indices, factors = term
    used = set().union(*map(terms.free_indices, factors)) if factors else set()
    return CLOSED((c, tuple(i for i in indices if i in used), factors))


def a_delta_is_dropped(term: Any) -> Any:
    c, indices, factors = term
    deltas = [b for b in factors if isinstance(b, sp.KroneckerDelta)]
    return [(c, indices, normal._without(factors, *deltas))] if deltas else None


def negative_powers_are_lost(factors: Any, *bases: Any) -> Any:
    return Counter({b: q for b, q in factors.items() if b not in bases and q > 0})


def exponents_lose_their_coefficient(power: Any, exponent: sp.Expr) -> Any:
    factors: Any = Counter()
    for inner in normal._form(exponent):
        factors[power(normal._product(dict(inner)))] += sp.S.One
    return sp.S.One, (), factors


def any_sum_cancels_its_inverse(term: Any) -> Any:
    c, indices, factors = term
    sums = [b for b, q in factors.items() if isinstance(b, sp.Sum) and q < 0]
    return [(c, indices, normal._without(factors, sums[0]))] if sums else None


def index_bound_as_it_is(i: sp.Idx) -> sp.Idx:
    return i


CLOSED = normal._closed
BROKEN: dict[str, tuple[Any, str, Callable[..., Any] | dict[Any, Any]]] = {
    "bound indices keep their names": (normal, "fresh", index_bound_as_it_is),
    "bound indices keep their names, in a derivative": (calculus, "fresh", index_bound_as_it_is),
    "all bound indices get one name": (normal, "_place", same_names_for_all),
    "bound indices of one dim get one name": (normal, "_place", one_name_a_dim),
    "a sum of ones is 1": (normal, "_closed", free_sums_are_1),
    "a delta is dropped": (normal, "_contracted", a_delta_is_dropped),
    "negative powers are lost": (normal, "_without", negative_powers_are_lost),
    "exp(2 a) is exp(a)": (normal, "_exponential", exponents_lose_their_coefficient),
    "any sum cancels an inverse": (normal, "_cancelled", any_sum_cancels_its_inverse),
    "tanh′ = 1 + tanh²": (calculus, "SLOPES", {**calculus.SLOPES, sp.tanh: lambda a: 1 + sp.tanh(a) ** 2}),
    "σ′ = σ": (calculus, "SLOPES", {**calculus.SLOPES, terms.sigma: terms.sigma}),
    "every delta is 1": (terms, "delta", lambda i, j: sp.S.One),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_kernel_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, attribute, broken = BROKEN[name]
    monkeypatch.setattr(module, attribute, broken)
    monkeypatch.setattr(normal, "_CACHE", {})
    try:
        found = disagreements(7, FEW)
    except (KernelError, KeyError, RecursionError, AttributeError, IndexError):
        return  # found out by falling over
    assert found
