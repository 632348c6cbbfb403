"""The terms: SymPy expressions over typed indices, and the operations on them that cannot capture a name.

An index runs over 1 … its dim. Dims are nominal types: an index of dim N never meets one of dim D, whatever
sizes the two may have. SymPy gives the carriers (`Idx`, `Indexed`, `Sum`, `KroneckerDelta`, functions of one
argument) and the arithmetic of scalars. Its `subs`, `xreplace`, `diff`, `doit` and `simplify` capture bound
indices or answer wrongly on such terms, so nothing here calls them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

Index = Any
"""An `Idx`; one shifted in time (`t - 1`); an entry of an index tensor (`labels[n]`); the last time `T`."""


class KernelError(Exception):
    """A term that the kernel has no rule for, or that does not fit. One line."""


class Tensor(sp.IndexedBase):  # type: ignore[misc]
    """A named array with a shape of dims.

    `below` is set where its entries are themselves indices, of that dim. `depends` names the Jacobian of an
    unknown tensor: where `loss` depends on `weight`, ∂loss[n]/∂weight[d] is `depends["weight"][n, d]`.
    """

    below: sp.Symbol | None = None
    depends: Mapping[str, Tensor] = {}

    def _hashable_content(self) -> tuple[Any, ...]:
        # SymPy keeps terms that compare equal as one: a tensor is also what its entries are and depend on.
        depends = ", ".join(f"{x}: {self.depends[x]}{self.depends[x].shape}" for x in sorted(self.depends))
        return (*super()._hashable_content(), str(self.below), depends)

    @property
    def title(self) -> str:
        return str(self.label)

    def __getitem__(self, indices: Any, **options: Any) -> sp.Expr:
        # SymPy has no entry without an index; the entry of a scalar carries a 0.
        return super().__getitem__(indices if indices != () else (sp.Integer(0),), **options)


def dims(names: str) -> Any:
    """Symbolic sizes, whole and at least 1: `N, D = dims("N D")`."""
    made = tuple(sp.Symbol(name, integer=True, positive=True) for name in names.split())
    return made[0] if len(made) == 1 else made


def index(names: str, dim: sp.Expr) -> Any:
    """Indices of one dim: `n, m = index("n m", N)`."""
    made = tuple(sp.Idx(sp.Symbol(name, integer=True), (1, dim)) for name in names.split())
    return made[0] if len(made) == 1 else made


def tensor(
    name: str, *shape: sp.Expr, below: sp.Symbol | None = None, depends: Mapping[str, Tensor] | None = None
) -> Tensor:
    """The array `name` with these dims; a scalar without any, written `name[()]`."""
    made = Tensor(sp.Symbol(name), shape=shape)
    made.below = below
    made.depends = depends or {}
    return made


class sigma(sp.Function):  # type: ignore[misc]
    """The logistic function 1 / (1 + exp(−x))."""


class relu(sp.Function):  # type: ignore[misc]
    """max(x, 0)."""


class step(sp.Function):  # type: ignore[misc]
    """1 where x > 0, else 0."""


class g(sp.Function):  # type: ignore[misc]
    """An arbitrary differentiable activation."""


class dg(sp.Function):  # type: ignore[misc]
    """The derivative of `g`."""


def dim_of(i: Index) -> sp.Expr:
    """The dim that an index runs over. Raises KernelError where it has none."""
    if isinstance(i, sp.Idx):
        return dim_of(i.upper) if is_partial(i) else i.upper
    if isinstance(i, sp.Indexed) and i.base.below is not None:
        return i.base.below
    if isinstance(i, sp.Symbol):
        return i  # the last time
    if i.is_Add:
        (moved,) = [a for a in i.args if not a.is_Integer]
        return dim_of(moved)
    raise KernelError(f"{i} is no index")


def is_partial(i: sp.Idx) -> bool:
    """Whether `i` runs only up to another index: s in 1 … t."""
    return not (i.upper.is_Integer or is_dim(i.upper))


def is_dim(e: sp.Expr) -> bool:
    """Whether `e` is a symbolic size: N, or the width D(i) of a layer."""
    return isinstance(e, (sp.Symbol, AppliedUndef)) and bool(e.is_integer and e.is_positive)


def lies_in(j: Index, upper: sp.Expr) -> bool:
    """Whether `j` is among 1 … upper by its form."""
    if isinstance(j, sp.Integer):
        return bool(j >= 1) and bool(j <= upper if upper.is_Integer else j == 1 and is_dim(upper))
    if isinstance(j, sp.Idx):
        return bool(j.lower == 1) and _is_at_most(j.upper, upper)
    return bool(j == upper and is_dim(upper)) or (isinstance(j, sp.Indexed) and j.base.below == upper)


def _is_at_most(n: sp.Expr, upper: sp.Expr) -> bool:
    """Whether n ≤ upper by its form: the same, an index in its range, or one less than that."""
    if n.is_Add:
        moved = [a for a in n.args if not a.is_Integer]
        return len(moved) == 1 and is_earlier(n) and _is_at_most(moved[0], upper)
    return n == upper or (isinstance(n, sp.Idx) and lies_in(n, upper))


def delta(i: Index, j: Index) -> sp.Expr:
    """1 where the two indices are equal, else 0. Raises KernelError where they are of different dims."""
    if not (isinstance(i, sp.Integer) or isinstance(j, sp.Integer)) and dim_of(i) != dim_of(j):
        raise KernelError(f"index {i} runs over {dim_of(i)}, but {j} over {dim_of(j)}")
    if any(a == 0 and isinstance(b, sp.Idx) for a, b in ((i, j), (j, i))):
        return sp.S.Zero  # an index begins at 1
    return sp.KroneckerDelta(i, j)


def total(body: Any, *over: sp.Idx) -> sp.Expr:
    """Σ over the given indices of `body`."""
    return sp.Sum(body, *((i, i.lower, i.upper) for i in over)) if over else body


def fresh(i: sp.Idx) -> sp.Idx:
    """An index of the same dim that occurs nowhere else."""
    return sp.Idx(sp.Dummy(i.name, integer=True), (i.lower, i.upper))


def bound(e: sp.Sum) -> tuple[sp.Idx, ...]:
    """The indices that `e` itself binds. Raises KernelError where it binds one twice, as SymPy lets it."""
    found = tuple(limit[0] for limit in e.limits)
    if len(set(found)) < len(found):
        raise KernelError(f"{e} binds an index twice")
    return found


def free_indices(e: sp.Expr) -> set[sp.Idx]:
    """The indices that no sum inside `e` binds."""
    if isinstance(e, sp.Idx):
        return {e} | free_indices(e.upper)
    if isinstance(e, sp.Sum):
        inner: set[sp.Idx] = set().union(*(free_indices(limit[2]) for limit in e.limits))
        return (free_indices(e.function) - set(bound(e))) | inner
    parts = e.indices if isinstance(e, sp.Indexed) else e.args
    return set().union(*map(free_indices, parts))


def rename(e: sp.Expr, to: Mapping[sp.Idx, Index]) -> sp.Expr:
    """`e` with free indices replaced, bound ones moved away: Σ_i x_i y_j with j → i is Σ_k x_k y_i."""
    if not to:
        return e
    if isinstance(e, sp.Idx):
        return to[e] if e in to else _retyped(e, to)
    if isinstance(e, sp.Indexed):
        return e.base[tuple(rename(i, to) for i in e.indices)]
    if isinstance(e, sp.Sum):
        own = bound(e)
        to = {i: j for i, j in to.items() if i not in own}
        others = (free_indices(e.function) - set(own)).union(*map(free_indices, to.values()))
        taken = {i.label for i in others}  # by label: a new range may make two of one label equal
        moved = {i: fresh(i) if i.label in taken else i for i in own}
        body = rename(rename(e.function, {i: j for i, j in moved.items() if i != j}), to)
        typed = {i: _retyped(i, to) for i in moved.values()}
        return total(rename(body, {i: j for i, j in typed.items() if i != j}), *typed.values())
    return e.func(*(rename(a, to) for a in e.args)) if e.args else e


def _retyped(i: sp.Idx, to: Mapping[sp.Idx, Index]) -> sp.Idx:
    """`i` over its renamed dim, where the dim itself depends on an index: a width D(i), a sum over 1 … t."""
    upper = rename(i.upper, to)
    return i if upper == i.upper else sp.Idx(i.label, (i.lower, upper))


def freshen(e: sp.Expr) -> sp.Expr:
    """`e` with an index of its own for every sum, so that nothing can be captured."""
    if isinstance(e, sp.Sum):
        own = {i: fresh(i) for i in bound(e)}
        return total(freshen(rename(e.function, own)), *own.values())
    if isinstance(e, (sp.Idx, sp.Indexed)) or not e.args:
        return e
    return e.func(*map(freshen, e.args))


def substitute(
    e: sp.Expr, entry: sp.Expr, body: sp.Expr, from_0: sp.Idx | None = None, seen: list[Any] | None = None
) -> sp.Expr:
    """`e` with every entry that has the form of `entry` replaced by `body`.

    Plain indices of `entry` stand for any index, but for the time 0 and for t − 1 only where the equation
    holds `from_0`; others, such as `t - 1`, for themselves. Any other term is replaced where it occurs.
    """
    if e == entry:
        if seen is not None:
            seen.append({})
        return body
    if isinstance(e, sp.Indexed) and isinstance(entry, sp.Indexed):
        found = _instance(e, entry, from_0)
        if found is not None and seen is not None:
            seen.append(found)
        return e if found is None else rename(freshen(body), found)
    if isinstance(e, sp.Sum):
        own = {i: fresh(i) for i in bound(e)}
        return total(substitute(rename(e.function, own), entry, body, from_0, seen), *own.values())
    if isinstance(e, (sp.Idx, sp.Indexed)) or not e.args:
        return e
    return e.func(*(substitute(a, entry, body, from_0, seen) for a in e.args))


def _instance(e: sp.Indexed, entry: sp.Indexed, from_0: sp.Idx | None) -> dict[sp.Idx, Index] | None:
    """What the plain indices of `entry` stand for where it is `e`."""
    if e.base != entry.base:
        return None
    found: dict[sp.Idx, Index] = {}
    for i, j in zip(entry.indices, e.indices, strict=True):
        if isinstance(i, sp.Idx) and i not in found and (i == from_0 or not is_earlier(j)):
            found[i] = j
        elif found.get(i, i) != j:
            return None
    within = (not is_partial(i) or lies_in(j, rename(i.upper, found)) for i, j in found.items())
    return found if all(within) else None


def is_earlier(i: Index) -> bool:
    """Whether it may be the time 0, for which other definitions hold: 0 itself, or t − 1."""
    return bool(i == 0 or (i.is_Add and any(a.is_negative for a in i.args)))


def uses(e: sp.Expr, base: Tensor) -> bool:
    """Whether an entry of `base` occurs in `e`, as a value or as an unknown's argument."""
    if isinstance(e, sp.Indexed):
        return e.base == base or base.title in e.base.depends
    return any(uses(a, base) for a in e.args)


def _dims_at(shape: Any, indices: Any) -> list[sp.Expr]:
    """The dims of an entry: a width D(i) is that of the entry's own layer."""
    at = dict(zip(shape, indices, strict=False))
    return [rename(dim, {i: at[i.upper] for i in free_indices(dim) if i.upper in at}) for dim in shape]


def well_formed(e: sp.Expr, scope: Iterable[sp.Idx]) -> None:
    """Holds every entry to its tensor's dims, every index to a sum or to `scope`. Raises KernelError."""
    scope = set(scope)
    if isinstance(e, sp.Sum):
        for i, low, high in e.limits:
            if any(i.label == j.label for j in scope):
                raise KernelError(f"the index {i} is bound twice")
            if not (low == i.lower == 1 and high == i.upper):
                raise KernelError(f"{e}: {i} does not run over 1 … {i.upper}")
            well_formed(high, scope | set(bound(e)))
        well_formed(e.function, scope | set(bound(e)))
    elif isinstance(e, sp.Indexed):
        shape = e.base.shape or ()
        if len(e.indices) != max(1, len(shape)):
            raise KernelError(f"{e} has {len(e.indices)} indices, the tensor {len(shape)}")
        for i, dim in zip(e.indices, _dims_at(shape, e.indices), strict=False):
            if not isinstance(i, sp.Integer) and dim_of(i) != dim:
                raise KernelError(f"{e}: index {i} runs over {dim_of(i)}, the tensor over {dim}")
            well_formed(i, scope)
    elif isinstance(e, sp.Idx):
        if e not in scope:
            raise KernelError(f"the index {e} is bound by nothing")
    elif isinstance(e, sp.KroneckerDelta):
        delta(*e.args)
        for a in e.args:
            well_formed(a, scope)
    elif isinstance(e, (sp.Number, sp.NumberSymbol, type(sp.I))):
        if not (e.is_Rational or e is sp.E):
            raise KernelError(f"{e} is not a number of the kernel's")
    elif e.is_real is False:
        raise KernelError(f"{e} is not real")
    else:
        for a in e.args:
            well_formed(a, scope)


Σ = total
