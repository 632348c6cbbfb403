"""What a slip of the pen makes of a gradient or a law: each variant is another term for some sizes."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp


def variants(e: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    """`e` with one slip each: what it is, and the result."""
    yield "one too many", e + 1
    if e == 0:
        return
    yield "twice as much", 2 * e
    yield "the other sign", -e
    if isinstance(e, sp.Add):
        for term in e.args:
            yield f"without {term}", e - term
            yield f"twice {term}", e + term
    for dim in sorted({f.base for f in _mean_factors(e)}, key=str):
        yield f"without the mean over {dim}", e * dim
    for entry in sorted(e.atoms(sp.Indexed), key=str):
        for a, b in _alike(entry):
            yield f"{entry} transposed", _swapped(e, entry, a, b)


def _mean_factors(e: sp.Expr) -> list[sp.Expr]:
    return [f for f in sp.Mul.make_args(e) if isinstance(f, sp.Pow) and f.exp == -1 and f.base.is_Symbol]


def _alike(entry: sp.Indexed) -> list[tuple[int, int]]:
    """The pairs of axes that have one dim and different indices."""
    shape = entry.base.shape or ()
    return [
        (a, b)
        for a in range(len(shape))
        for b in range(a + 1, len(shape))
        if shape[a] == shape[b] and entry.indices[a] != entry.indices[b]
    ]


def _swapped(e: sp.Expr, entry: sp.Indexed, a: int, b: int) -> sp.Expr:
    indices = list(entry.indices)
    indices[a], indices[b] = indices[b], indices[a]
    return _replaced(e, entry, entry.base[tuple(indices)])


def _replaced(e: sp.Expr, old: sp.Expr, new: sp.Expr) -> sp.Expr:
    if e == old:
        return new
    if isinstance(e, (sp.Indexed, sp.Idx)) or not e.args:
        return e
    if isinstance(e, sp.Sum):
        return sp.Sum(_replaced(e.function, old, new), *e.limits)
    return e.func(*(_replaced(a, old, new) for a in e.args))
