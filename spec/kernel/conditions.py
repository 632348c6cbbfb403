"""Under which conditions a term has a value, and a theorem holds at other indices than it was proved at."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from . import terms
from .normal import canonical, is_positive
from .terms import Index, rename

Domain = set[tuple[sp.Expr, str]]
"""Each (b, "≠"), (b, "≥") or (b, ">") says so of b and 0."""
Ranges = frozenset[tuple[Index, sp.Expr]]
"""Each (i, n) says that the index i is among 1 … n."""


def domain(e: sp.Expr) -> Domain:
    """What has to hold for `e` to be a real number, beyond what its form shows."""
    found: Domain = set().union(*map(domain, () if isinstance(e, sp.Indexed) else e.args))
    if isinstance(e, sp.log):
        found.add((e.args[0], ">"))
    elif isinstance(e, sp.Pow) and not isinstance(e, sp.exp):
        below = not _is_count(e.exp)  # under a bar, as far as its form shows
        if not e.exp.is_integer:
            found.add((e.base, ">" if below else "≥"))
        elif below:
            found.add((e.base, "≠"))
    return {(b, relation) for b, relation in found if not is_positive(b)}


def _is_count(q: sp.Expr) -> bool:
    """Whether the exponent q ≥ 0 by its form: t − 1, or t − k where k runs up to t."""
    for k in q.atoms(sp.Idx):
        if terms.is_partial(k) and q.coeff(k) == -1:
            q = q + k - k.upper
    parts = sp.Add.make_args(q)
    number = sum((a for a in parts if a.is_Rational), sp.S.Zero)
    others = [a for a in parts if not a.is_Rational]
    whole = all(is_positive(a) and a.is_integer for a in others)  # each is at least its number
    least = number + sum((a.as_coeff_Mul()[0] for a in others), sp.S.Zero)
    return (whole and bool(least >= 0)) or bool(q.is_nonnegative)


def is_nonnegative(e: sp.Expr, assumed: frozenset[sp.Expr], fixed: frozenset[sp.Idx] = frozenset()) -> bool:
    """Whether `e` ≥ 0 by its form: squares, sizes, exponentials, what is assumed; sums, products, roots."""
    if is_positive(e) or isinstance(e, terms.step) or canonical(e) in assumed:
        return True
    if isinstance(e, (sp.Add, sp.Mul)):
        return all(is_nonnegative(a, assumed, fixed) for a in e.args)
    if isinstance(e, sp.Sum):
        return not fixed & set(terms.bound(e)) and is_nonnegative(e.function, assumed, fixed)
    if isinstance(e, sp.Pow):
        return bool(e.exp.is_even) or is_nonnegative(e.base, assumed, fixed)
    return isinstance(e, (sp.Rational, sp.Symbol)) and bool(e.is_nonnegative)


def ranges_at(label: str, ranges: Ranges, from_0: sp.Idx | None, at: Mapping[sp.Idx, Index]) -> Ranges:
    """What has to be said of the indices for a theorem to hold `at` them. Raises KernelError if it may not.

    It holds for 1 … dim, and where it was proved by induction over `from_0` also for 0 and one step before.
    """
    found = {(rename(j, at), upper) for j, upper in ranges}
    for i, j in at.items():
        upper = rename(i.upper, at)
        if terms.lies_in(j, upper) or (i == from_0 and _is_0_or_before(j)):
            continue
        if terms.is_partial(i):
            raise terms.KernelError(f"{label} is used at {j}, which may be past {i.upper}")
        found.add((j, upper))
    return frozenset(found)


def _is_0_or_before(j: Index) -> bool:
    return bool(j == 0) or (bool(j.is_Add) and isinstance(j + 1, sp.Idx))


def in_words(j: Index, upper: sp.Expr) -> str:
    """`t ≥ 2` for t − 1, `t + 1 ≤ T` for t + 1."""
    if j.is_Add and terms.is_earlier(j):
        (number,) = [a for a in j.args if a.is_Integer]
        return f"{j - number} ≥ {1 - number}"
    return f"{j} ≤ {upper}"
