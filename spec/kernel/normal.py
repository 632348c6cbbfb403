"""The normal form: a sum of products that equals the term for all sizes. Equality is by normal forms.

Rules, each an identity for all sizes, wherever what is written is defined (no denominator is 0):

    products     distribute over sums; Σ_i (a + b) = Σ_i a + Σ_i b; c Σ_i a = Σ_i c a; Σ_i Σ_j = Σ_j Σ_i
    deltas       Σ_i [i=j] F(i) = F(j); [i=j] F(i) = [i=j] F(j); [i=i] = 1; [i=j]² = [i=j]
    free sums    Σ_i 1 = n, where i runs over 1 … n
    splitting    Σ_i Σ_j a(i) b(j) = (Σ_i a(i)) (Σ_j b(j)), so every sum left is connected
    names        bound indices are named by their place, whatever they were called
    powers       b^p b^q = b^(p+q); (a b)^n = a^n b^n for whole n, for any n where a and b are positive
    exponents    exp(a+b) = exp(a) exp(b), exp(c a) = exp(a)^c; the same for b^(s+t)
    logarithms   log(a b) = log a + log b for positive a, b; log exp a = a
    circle       sin and cos by Euler's formulas, i² = −1
    rectifier    relu(a) = a [a > 0]; [a > 0]² = [a > 0]
    inverses     S⁻¹ Σ_k F(k) = 1 for S = Σ_k F(k), also inside another sum

Every other function of a normal form is an atom. The form is complete for sums of products of such atoms.
What it cannot decide it leaves apart: a missing rule refuses a true equation and never accepts a false one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import permutations, product
from math import ceil, factorial, prod

import sympy as sp

from .terms import (
    Index,
    KernelError,
    bound,
    free_indices,
    fresh,
    is_dim,
    lies_in,
    relu,
    rename,
    sigma,
    step,
    total,
)

Factors = Counter[sp.Expr]
"""base → exponent, a rational number"""
Term = tuple[sp.Rational, tuple[sp.Idx, ...], Factors]
"""coefficient · Σ over the indices of the product of the factors"""
Form = dict[frozenset[tuple[sp.Expr, sp.Rational]], sp.Rational]
"""product of powers → coefficient, every sum inside a factor of its own"""

_CACHE: dict[sp.Expr, Form] = {}
_MOST_RELABELLINGS = 5040


def canonical(e: sp.Expr) -> sp.Expr:
    """The normal form of `e`. Raises KernelError where a part of it has none."""
    return _joined(_form(sp.sympify(e)))


def is_zero(e: sp.Expr) -> tuple[bool, tuple[sp.Expr, ...]]:
    """Whether `e` is 0 for all sizes by the rules above, and what had to be assumed not to be 0 for that.

    Sums in a denominator are cleared first: e = 0 where e · b = 0 and b ≠ 0.
    """
    form, cleared = _form(sp.sympify(e)), []
    while form:
        below = [(base, ceil(-q)) for factors in form for base, q in factors if base.is_Add and q < 0]
        if not below:
            return False, ()
        powers = {base: max(n for b, n in below if b == base) for base, _ in below}
        cleared += [base for base in powers if not is_positive(base)]
        form = _form(_joined(form, sp.Mul(*(base**n for base, n in powers.items()))))
    return True, tuple(dict.fromkeys(cleared))


def is_positive(e: sp.Expr) -> bool:
    """Whether `e` is above 0 by its form alone; every tensor and symbol is real."""
    if isinstance(e, (sigma, sp.Idx)) or _is_dim(e) or (isinstance(e, sp.exp) and not e.has(sp.I)):
        return True
    if isinstance(e, sp.Sum):
        return is_positive(e.function) and all(is_positive(limit[2]) for limit in e.limits)
    if isinstance(e, (sp.Add, sp.Mul)):
        return all(map(is_positive, e.args))
    return is_positive(e.base) and not e.has(sp.I) if isinstance(e, sp.Pow) else bool(e.is_positive)


def _form(e: sp.Expr) -> Form:
    if e not in _CACHE:
        found: Counter[frozenset[tuple[sp.Expr, sp.Rational]]] = Counter()
        todo = list(_expand(e))
        while todo:
            term = todo.pop()
            reduced = _contracted(term) or _multiplied_out(term) or _cancelled(term)
            if reduced is not None:
                todo += reduced
            else:
                c, factors = _closed(term)
                found[frozenset((b, q) for b, q in factors.items() if q)] += c
        _CACHE[e] = {place: c for place, c in found.items() if c}
    return _CACHE[e]


def _joined(form: Form, times: sp.Expr = sp.S.One) -> sp.Expr:
    return sp.Add(*(_product(dict(factors), c) * times for factors, c in form.items()))


def _product(factors: dict[sp.Expr, sp.Rational], c: sp.Rational = sp.S.One) -> sp.Expr:
    return sp.Mul(c, *(base**q for base, q in factors.items()))


# -- expansion: into sums of products


def _expand(e: sp.Expr) -> Iterator[Term]:
    if e.is_Rational:
        yield e, (), Counter()
    elif isinstance(e, sp.Add):
        for a in e.args:
            yield from _expand(a)
    elif isinstance(e, sp.Mul):
        yield from _multiplied(list(_expand(a)) for a in e.args)
    elif isinstance(e, sp.Sum):
        own = {i: fresh(i) for i in bound(e)}
        for i, low, high in e.limits:
            if not (low == i.lower == 1 and high == i.upper and _is_size(high)):
                raise KernelError(f"no normal form for a sum over {i} = {low} … {high}")
        if any(free_indices(i.upper) & set(own) for i in own):
            raise KernelError(f"no normal form for a sum whose range depends on another: {e}")
        for c, more, factors in _expand(rename(e.function, own)):
            if any(free_indices(i.upper) & set(own.values()) for i in more):
                raise KernelError(f"no normal form for a sum whose range depends on another: {e}")
            yield c, (*own.values(), *more), factors
    elif isinstance(e, sp.exp) and not isinstance(e, sp.Pow):
        yield _exponential(sp.exp, e.args[0])
    elif isinstance(e, sp.Pow):
        yield from _power(e.base, e.exp)
    elif isinstance(e, sp.log):
        yield from _logarithm(e.args[0])
    elif isinstance(e, (sp.sin, sp.cos)):
        yield from _expand(_by_euler(e))
    elif isinstance(e, relu):
        yield from _expand(e.args[0] * step(e.args[0]))
    elif isinstance(e, (sp.Symbol, sp.Idx, sp.Indexed, sp.KroneckerDelta)) or e in (sp.I, sp.E) or _is_dim(e):
        yield _atom(e)
    elif isinstance(e, sp.Function) and len(e.args) == 1:
        yield _atom(e.func(canonical(e.args[0])))
    else:
        raise KernelError(f"no normal form for {type(e).__name__}")


def _is_size(n: sp.Expr) -> bool:
    """Whether it is 0 or more by its form: a dim, a step, the one before."""
    if n.is_Add:
        return (
            len(n.args) == 2
            and any(a.is_Integer and a >= -1 for a in n.args)
            and any(isinstance(a, sp.Idx) or is_dim(a) for a in n.args)
        )
    return isinstance(n, (sp.Idx, sp.Indexed)) or is_dim(n) or bool(n.is_Integer and n >= 0)


def _atom(e: sp.Expr, q: sp.Rational = sp.S.One) -> Term:
    return sp.S.One, (), Counter({e: q})


def _is_dim(e: sp.Expr) -> bool:
    """A width that depends on a layer: D(i)."""
    return isinstance(e, sp.Function) and is_dim(e)


def _multiplied(parts: Iterable[list[Term]]) -> list[Term]:
    """The product of sums, each a list of terms."""
    made = []
    for choice in product(*parts):
        factors: Factors = Counter()
        for _, _, more in choice:
            factors.update(more)
        indices = tuple(i for _, own, _ in choice for i in own)
        made.append((sp.Mul(*(c for c, _, _ in choice)), indices, factors))
    return made


def _power(base: sp.Expr, q: sp.Expr) -> Iterator[Term]:
    if q.is_Integer and q > 0:
        # Each copy has its own bound indices, since expanding a sum makes fresh ones.
        yield from _multiplied(list(_expand(base)) for _ in range(q))
    elif not q.is_Rational:
        of = canonical(base)
        whole = is_positive(of) or all(c.is_Integer for c in _form(q).values())
        kept = isinstance(of, sp.exp) or all(
            not m or (isinstance(p, sp.Pow) and p.base == of)
            for m, p in ((m, of ** _product(dict(m))) for m in _form(q))
        )
        yield (
            _exponential(lambda m: of**m, q)
            if whole and kept
            else _atom(sp.Pow(of, canonical(q), evaluate=False))
        )
    else:
        c, factors = _only_term(base)
        if c != 0 and (q.is_Integer or (c == 1 and all(map(is_positive, factors)))):
            yield c**q, (), Counter({b: p * q for b, p in factors.items()})
        else:
            yield _atom(canonical(base), q)


def _exponential(power: Callable[[sp.Expr], sp.Expr], exponent: sp.Expr) -> Term:
    """b^(Σ c m) as the product of the (b^m)^c."""
    factors: Factors = Counter()
    for inner, c in _form(exponent).items():
        factors[power(_product(dict(inner)))] += c
    return sp.S.One, (), factors


def _logarithm(of: sp.Expr) -> Iterator[Term]:
    c, factors = _only_term(of)
    if c <= 0 or not all(map(is_positive, factors)):
        c, factors = sp.S.One, {canonical(of): sp.S.One}
    if c != 1:
        yield _atom(sp.log(c))
    for base, q in factors.items():
        inner = list(_expand(base.args[0])) if isinstance(base, sp.exp) else [_atom(sp.log(base))]
        yield from _multiplied([[(q, (), Counter())], inner])


def _only_term(e: sp.Expr) -> tuple[sp.Rational, dict[sp.Expr, sp.Rational]]:
    """The coefficient and the factors of `e` where it is one product; the coefficient 0 where it is not."""
    form = _form(e)
    ((factors, c),) = form.items() if len(form) == 1 else ((frozenset(), sp.S.Zero),)
    return c, dict(factors)


def _by_euler(e: sp.Expr) -> sp.Expr:
    """The addition theorem is then that of the exponential."""
    turn, back = (sp.exp(sign * sp.I * e.args[0], evaluate=False) for sign in (1, -1))
    return (turn + back) / 2 if isinstance(e, sp.cos) else (back - turn) * sp.I / 2


# -- reduction: deltas, powers of sums, inverses


def _contracted(term: Term) -> list[Term] | None:
    """One delta used, or None where none can be."""
    c, indices, factors = term
    for base in [b for b, q in factors.items() if isinstance(b, sp.KroneckerDelta) and q > 0]:
        rest = _without(factors, base)
        if base.args[0] == base.args[1]:
            return [(c, indices, rest)]
        # What goes: a bound index before a free one, and of two alike the later in the alphabet.
        order = sorted(base.args, key=lambda i: (isinstance(i, sp.Idx), i in indices, str(i)))
        for b, a in [order, order[::-1]]:
            summed = a in indices and lies_in(b, a.upper)
            if not isinstance(a, sp.Idx) or b.is_Add or a in free_indices(b) or not (summed or a == order[1]):
                continue
            if summed or any(a in free_indices(x) for x in rest):
                kept = (
                    (c, tuple(rename(i, {a: b}) for i in indices if i != a), Counter())
                    if summed
                    else (c, tuple(i if i == a else rename(i, {a: b}) for i in indices), Counter({base: 1}))
                )
                return _multiplied([[kept], *(_moved(x, q, a, b) for x, q in rest.items())])
    return None


def _moved(x: sp.Expr, q: sp.Rational, a: sp.Idx, b: Index) -> list[Term]:
    """The factor x^q with index `a` replaced by `b`, in normal form again."""
    return list(_expand(rename(x, {a: b}) ** q)) if a in free_indices(x) else [_atom(x, q)]


def _without(factors: Factors, *bases: sp.Expr) -> Factors:
    return Counter({b: q for b, q in factors.items() if b not in bases})


def _multiplied_out(term: Term) -> list[Term] | None:
    """A whole power multiplied out: of a sum of terms, of i, of what is 0 or 1. None where there is none."""
    c, indices, factors = term
    for base, q in factors.items():
        rest = _without(factors, base)
        if isinstance(base, (sp.KroneckerDelta, step)) and q > 1:
            rest[base] = sp.S.One
            return [(c, indices, rest)]
        if (base.is_Add and q >= 1) or (base is sp.I and q not in (0, 1)):
            whole = sp.floor(q)
            rest[base] = q - whole
            return _multiplied([[(c, indices, rest)], list(_expand(base**whole))])
    return None


def _cancelled(term: Term) -> list[Term] | None:
    """S⁻¹ Σ_k F(k) = 1 where S = Σ_k F(k), inside a larger sum; None where that does not occur."""
    c, indices, factors = term
    for base, q in factors.items():
        if isinstance(base, sp.Sum) and q <= -1 and len(bound(base)) == 1:
            for i in indices:
                inner = {b: p for b, p in factors.items() if p and i in free_indices(b)}
                if inner and base not in inner and canonical(total(_product(inner), i)) == base:
                    left = _without(factors, *inner)
                    left[base] += 1
                    return [(c, tuple(x for x in indices if x != i), left)]
    return None


# -- closing: every connected sum becomes one factor, its indices named by their place


def _closed(term: Term) -> tuple[sp.Rational, Factors]:
    c, indices, factors = term
    left = {b: q for b, q in factors.items() if q}
    closed: Factors = Counter()
    todo = set(indices)
    while todo:
        component: set[sp.Idx] = set()
        grown = {next(iter(todo))}
        while grown != component:
            component = grown
            inside = {b: q for b, q in left.items() if free_indices(b) & component}
            grown = component.union(*(free_indices(b) & todo for b in inside))
        todo -= component
        left = {b: q for b, q in left.items() if b not in inside}
        closed[_named(component, inside) if inside else sp.Mul(*(i.upper for i in component))] += 1
    closed.update(left)
    return c, closed


def _named(indices: set[sp.Idx], factors: dict[sp.Expr, sp.Rational]) -> sp.Expr:
    """The sum with its indices named by their place: the least of all namings that their roles allow."""
    height = 1 + max(map(_height, factors))
    roles = {i: _key(i.upper) for i in indices}
    for _ in range(2):
        roles = {i: _role(i, roles, factors) for i in indices}
    classes = [[i for i in indices if roles[i] == role] for role in sorted(set(roles.values()))]
    if prod(factorial(len(c)) for c in classes) > _MOST_RELABELLINGS:
        raise KernelError("too many indices that play the same role in one sum")
    namings = []
    for orders in product(*(permutations(c) for c in classes)):
        order = [i for part in orders for i in part]
        names = {i: _place(height, k, i.upper) for k, i in enumerate(order)}
        renamed = [rename(b, names) ** q for b, q in factors.items()]
        namings.append((sorted(map(_key, renamed)), renamed, names))
    _, renamed, names = min(namings, key=lambda naming: naming[0])
    return total(sp.Mul(*renamed), *names.values())


def _role(i: sp.Idx, roles: dict[sp.Idx, str], factors: dict[sp.Expr, sp.Rational]) -> str:
    """Where `i` stands in the factors, the other bound indices known by their roles so far."""
    marks = {j: sp.Idx("@" if j == i else f"@{role}", (1, j.upper)) for j, role in roles.items()}
    seen = [f"{_key(rename(b, marks))}^{q}" for b, q in factors.items() if i in free_indices(b)]
    return f"{_key(i.upper)}|{';'.join(sorted(seen))}"


class _Place(sp.Symbol):  # type: ignore[misc]
    """A name that no other index has."""


@cache
def _place(height: int, k: int, upper: sp.Expr) -> sp.Idx:
    return sp.Idx(_Place(f"β{height}_{k}", integer=True), (1, upper))


@cache
def _height(e: sp.Expr) -> int:
    """How deep sums are nested in `e`: the names of an outer sum differ from those of the inner ones."""
    parts = e.indices if isinstance(e, sp.Indexed) else e.args
    return max(map(_height, parts), default=0) + isinstance(e, sp.Sum)


@cache
def _key(e: sp.Expr) -> str:
    """A name of `e` that does not depend on the order in which SymPy keeps sums and products."""
    if isinstance(e, sp.Idx):
        return f"{e.label}:{_key(e.upper)}" + (f"#{e.label.dummy_index}" if e.label.is_Dummy else "")
    if isinstance(e, sp.Indexed):
        return f"{e.base.label}[{','.join(map(_key, e.indices))}]"
    if not e.args:
        return str(e)
    parts = list(map(_key, e.args))
    return f"{type(e).__name__}({','.join(sorted(parts) if isinstance(e, (sp.Add, sp.Mul)) else parts)})"
