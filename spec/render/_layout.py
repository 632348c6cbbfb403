"""The reading order of a term, and the names of its bound indices, whatever it is printed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sympy import Add, Expr, Idx, Indexed, Integer, KroneckerDelta, Mul, Pow, Rational, S, Sum, Symbol, exp

from ..kernel import step
from ..kernel.terms import bound, free_indices, is_partial, rename

SUM, PRODUCT, POWER, ATOM = range(4)
"""How tightly a printed term holds together; looser ones are put in parentheses."""


@dataclass(frozen=True)
class Style:
    """How the parts of a term are written in one notation."""

    name: Callable[[str], str]
    entry: Callable[[str, list[str]], str]
    call: Callable[[str, str], str]
    bracket: Callable[[str, str, str], str]  # a condition that is 1 where it holds
    sigma: Callable[[list[tuple[str, str]], str], str]  # each letter, and where it ends before its dim does
    fraction: Callable[[str, str], str]
    power: Callable[[str, str], str]
    root: Callable[[str], str]
    parentheses: Callable[[str], str]
    times: str
    minus: str


def written(e: Expr, style: Style) -> str:
    """`e` in the notation of `style`."""
    return _write(readable(e), style)[0]


def readable(e: Expr, taken: frozenset[str] = frozenset()) -> Expr:
    """`e` with a letter for every bound index: its own, else its dim's, with primes where that is taken."""
    taken |= {i.name for i in free_indices(e)}
    if isinstance(e, Sum):
        names, inner = {}, taken
        for i in bound(e):
            letter = str(i.upper).lower()[:1] if i.name.startswith("β") else i.name.lstrip("_").rstrip("′")
            while letter in inner:
                letter += "′"
            inner |= {letter}
            names[i] = Idx(Symbol(letter, integer=True), (i.lower, i.upper))
        return Sum(
            readable(rename(e.function, names), inner), *((i, i.lower, i.upper) for i in names.values())
        )
    if isinstance(e, (Idx, Indexed)) or not e.args:
        return e
    return e.func(
        *(readable(a, taken) for a in e.args), **({"evaluate": False} if isinstance(e, (Add, Mul)) else {})
    )


def _write(e: Expr, style: Style) -> tuple[str, int]:
    if isinstance(e, Add):
        return _sum(e, style), SUM
    if isinstance(e, (Mul, Pow)) and not (isinstance(e, Pow) and not _is_below(e)):
        return _product(e, style)
    if isinstance(e, Rational):
        if e < 0:
            return style.minus + _write(-e, style)[0], SUM
        return (str(e.p), ATOM) if e.q == 1 else (style.fraction(str(e.p), str(e.q)), PRODUCT)
    if isinstance(e, Pow):
        return _power(e.base, e.exp, style)
    if isinstance(e, Sum):
        inside, tightness = _write(e.function, style)
        over = [(_index(i, style), _index(i.upper, style) if is_partial(i) else "") for i in bound(e)]
        return style.sigma(over, style.parentheses(inside) if tightness == SUM else inside), PRODUCT
    if isinstance(e, KroneckerDelta):
        i, j = sorted(e.args, key=lambda i: (not isinstance(i, Idx), str(i)))
        return style.bracket(_index(i, style), "=", _index(j, style)), ATOM
    if isinstance(e, step):
        return style.bracket(_write(e.args[0], style)[0], ">", "0"), ATOM
    if isinstance(e, Indexed):
        indices = [] if e.indices == (S.Zero,) and not e.base.shape else [_index(i, style) for i in e.indices]
        return style.entry(str(e.base.label), indices), ATOM
    if isinstance(e, (Idx, Symbol)):
        return style.name(e.name), ATOM
    return style.call(type(e).__name__, _write(e.args[0], style)[0]), ATOM


def _index(i: Expr, style: Style) -> str:
    if isinstance(i, Add):  # t − 1
        moved, by = sorted(i.args, key=lambda a: a.is_Integer)
        return f"{_index(moved, style)}{style.minus if by < 0 else '+'}{abs(by)}".replace(" ", "")
    return _write(i, style)[0]


def in_order(terms: Iterable[Expr]) -> list[Expr]:
    """The terms of a sum in reading order: what is subtracted comes last."""
    return sorted(terms, key=lambda a: (_is_negative(a), _rank(a), str(a)))


def _sum(e: Add, style: Style) -> str:
    said = ""
    for term in in_order(e.args):
        negative = _is_negative(term)
        inside, tightness = _write(-term if negative else term, style)
        if tightness == SUM:
            inside = style.parentheses(inside)
        joint = f" {style.minus} " if negative else " + "
        said += joint + inside if said else (style.minus + inside if negative else inside)
    return said


def _product(e: Expr, style: Style) -> tuple[str, int]:
    sign, above, below = "", [], []
    for factor in sorted(Mul.make_args(e), key=lambda a: (_rank(a), str(a))):
        if isinstance(factor, Rational):
            sign = style.minus if factor < 0 else ""
            above += [Integer(abs(factor.p))] if abs(factor.p) != 1 else []
            below += [Integer(factor.q)] if factor.q != 1 else []
        elif _is_below(factor):
            below.append(Pow(factor.base, -factor.exp))
        else:
            above.append(factor)
    top = _factors(above, style)
    if below:
        return sign + style.fraction(top, _factors(below, style, alone=False)), PRODUCT
    return sign + top, SUM if sign else (_write(above[0], style)[1] if len(above) == 1 else PRODUCT)


def _factors(factors: list[Expr], style: Style, alone: bool = True) -> str:
    if not factors:
        return "1"
    written = []
    for place, factor in enumerate(factors):
        inside, tightness = _write(factor, style)
        last = place == len(factors) - 1
        loose = tightness == SUM or (tightness == PRODUCT and not (last and isinstance(factor, Sum)))
        written.append(
            style.parentheses(inside) if loose and (len(factors) > 1 or tightness == SUM) else inside
        )
    return style.times.join(written)


def _power(base: Expr, q: Expr, style: Style) -> tuple[str, int]:
    inside, tightness = _write(base, style)
    if q == Rational(1, 2):
        return style.root(inside), ATOM
    return style.power(style.parentheses(inside) if tightness < ATOM else inside, _write(q, style)[0]), POWER


def _is_below(e: Expr) -> bool:
    """Whether a factor belongs under the bar."""
    return isinstance(e, Pow) and not isinstance(e, exp) and bool(e.exp.is_Rational) and e.exp < 0


def _is_negative(e: Expr) -> bool:
    return any(bool(a.is_Rational and a < 0) for a in Mul.make_args(e))


def _rank(e: Expr) -> int:
    """Numbers, sizes, gradients, entries, conditions, functions, sums of terms, sums over indices."""
    if isinstance(e, Mul):
        return max(map(_rank, e.args))
    base = e.base if isinstance(e, Pow) and not isinstance(e, exp) else e
    if base.is_Rational:
        return 0
    if isinstance(base, (Symbol, Idx)):
        return 1
    if isinstance(base, Indexed):
        return 2 if str(base.base.label).startswith("d") or not base.base.shape else 3
    if isinstance(base, (KroneckerDelta, step)):
        return 5 if isinstance(e, Pow) else 4
    return {Add: 6, Sum: 8}.get(type(base), 5)
