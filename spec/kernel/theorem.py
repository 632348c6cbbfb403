"""Theorems, which only the rules of this module can make, each with what it rests on.

A theorem says lhs = rhs, or lhs ≥ rhs, for every size of every dim, every value of its free indices and all
entries of its tensors, as far as its hypotheses hold. A fixed index, such as the t of an induction step,
stands for one value: nothing puts another in its place or sums over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

import sympy as sp

from . import calculus, terms
from .normal import canonical, is_positive, is_zero
from .terms import Index, KernelError, free_indices, rename, total

Relation = Literal["=", "≥"]
Said = tuple[sp.Expr, str, sp.Expr]
Status = Literal["definition", "proved", "induction", "assumed"]

_RULE: Final = object()
"""What only this module holds, so that nothing else makes a theorem."""


class NotProved(Exception):
    """The rules do not give the statement; the message ends in what is left between the two sides."""


@dataclass(frozen=True, kw_only=True)
class Theorem:
    """`lhs relation rhs`, by `rule` from `premises`, under `hypotheses` (name → statement)."""

    label: str
    lhs: sp.Expr
    rhs: sp.Expr
    rule: str
    relation: Relation = "="
    premises: tuple[Theorem, ...] = ()
    uses: tuple[Use, ...] = ()
    witness: sp.Expr = sp.S.Zero
    rests: Mapping[str, Said] = field(default_factory=dict)
    fixed: frozenset[sp.Idx] = frozenset()
    ranges: frozenset[tuple[Index, sp.Expr]] = frozenset()
    """Each index, beside its dim, that has to be among 1 … dim."""
    from_0: sp.Idx | None = None
    """The time at which it holds from 0 on, where it was proved by induction; a definition begins at 1."""
    made_by: InitVar[object] = None

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _RULE:
            raise TypeError("a theorem is made by a rule of the kernel")
        object.__setattr__(self, "rests", MappingProxyType(dict(self.rests)))

    @property
    def hypotheses(self) -> dict[str, str]:
        said = {name: " ".join(map(str, s)) for name, s in self.rests.items()}
        return said | {_in_words(j, dim): _in_words(j, dim) for j, dim in self.ranges}

    @property
    def status(self) -> Status:
        """How far it is established, under its hypotheses."""
        if self.rule in ("definition", "assumption"):
            return "definition" if self.rule == "definition" else "assumed"
        by_induction = "induction" in self.rule or any(p.status == "induction" for p in self.premises)
        return "induction" if by_induction else "proved"


@dataclass(frozen=True)
class Use:
    """`times` · (lhs − rhs) of a theorem, at other indices where `at` says so, summed `over` some of them."""

    theorem: Theorem
    times: sp.Expr = sp.S.One
    at: Mapping[sp.Idx, Index] = field(default_factory=dict)
    over: tuple[sp.Idx, ...] = ()

    @property
    def ranges(self) -> frozenset[tuple[Index, sp.Expr]]:
        """What must be said of the indices where the theorem is used before its range, or past it."""
        return _ranges(self.theorem, self.at)

    @property
    def gap(self) -> sp.Expr:
        if self.theorem.fixed & {*self.at, *self.over}:
            raise KernelError(f"{self.theorem.label} does not hold there")
        if any(terms.dim_of(i) != terms.dim_of(j) for i, j in self.at.items()):
            raise KernelError(f"{self.theorem.label} is used at an index of another dim")
        if set(self.over) & set().union(*(free_indices(j) for j, _ in self.ranges)):
            raise KernelError(f"{self.theorem.label} does not hold for every index it is summed over")
        return total(self.times * rename(self.theorem.lhs - self.theorem.rhs, self.at), *self.over)


def assume(
    label: str, lhs: sp.Expr, rhs: sp.Expr, relation: Relation = "=", fixed: Sequence[sp.Idx] = ()
) -> Theorem:
    """A hypothesis: the theorem that rests on itself, visible in all that is proved from it."""
    if relation not in ("=", "≥"):
        raise KernelError(f"{label}: {relation} is no relation")
    for side in (lhs, rhs):
        terms.well_formed(side, free_indices(lhs) | free_indices(rhs))
    return _made(
        label,
        lhs,
        rhs,
        "assumption",
        relation=relation,
        rests={label: (lhs, relation, rhs)},
        fixed=frozenset(fixed),
    )


def define(label: str, definition: calculus.Definition) -> Theorem:
    """entry = body, by definition."""
    terms.well_formed(definition.entry, definition.indices)
    terms.well_formed(definition.body, definition.indices)
    first = definition.entry.indices[0]
    for e in definition.body.atoms(sp.Indexed):
        if e.base == definition.tensor and not (e.indices[0].is_Add and first in e.indices[0].args):
            raise KernelError(f"{label} is defined by itself")
    return _made(label, definition.entry, definition.body, "definition")


def differentiate(label: str, system: calculus.System, x: terms.Tensor, at: tuple[Index, ...]) -> Theorem:
    """The gradient with respect to x[at] by the chain rule, over all steps where the system has a time."""
    rule = "chain rule, by induction over time" if system.time is not None else "chain rule"
    return _made(label, system.adjoint(x)[at], calculus.chain_rule(system, x, at), rule)


def normalise(label: str, theorem: Theorem) -> Theorem:
    """The same left side is the normal form of the right one."""
    return _made(
        label, theorem.lhs, canonical(theorem.rhs), "normal form", [theorem], relation=theorem.relation
    )


def equate(
    label: str, lhs: sp.Expr, rhs: sp.Expr, rewriting: Sequence[Theorem] = (), uses: Sequence[Use] = ()
) -> Theorem:
    """lhs = rhs: lhs − rhs − Σ c (a − b) has the normal form 0; each a = b is a theorem and c any factor.

    Each of `rewriting`, which says entry = body, is put in before. Raises NotProved with what is left.
    """
    return _closed(label, lhs, rhs, sp.S.Zero, rewriting, uses)


def by_exponential(label: str, lhs: sp.Expr, rhs: sp.Expr, rewriting: Sequence[Theorem] = ()) -> Theorem:
    """lhs = rhs, both real, since exp lhs = exp rhs."""
    for side in (lhs, rhs):
        terms.well_formed(side, free_indices(side))
    lifted = equate(label, sp.exp(lhs), sp.exp(rhs), rewriting)
    return _made(label, lhs, rhs, "exp is one-to-one", [lifted])


def bounded(
    label: str, lhs: sp.Expr, rhs: sp.Expr, witness: sp.Expr,
    rewriting: Sequence[Theorem] = (), uses: Sequence[Use] = (), given: Sequence[Theorem] = (),
) -> Theorem:  # fmt: skip
    """lhs ≥ rhs: their difference is `witness`, not negative by its form and by the bounds in `given`."""
    if any(theorem.relation != "≥" for theorem in given):
        raise KernelError(f"{label}: an equation is no bound")
    assumed = {canonical(theorem.lhs - theorem.rhs) for theorem in given}
    if not is_nonnegative(witness, assumed, frozenset().union(*(theorem.fixed for theorem in given))):
        raise NotProved(f"{label}: {witness} may be negative")
    equal = _closed(label, lhs, rhs, witness, rewriting, uses, assumed)
    return _made(label, lhs, rhs, "not negative", [equal, *given], relation="≥", witness=witness)


def induct(label: str, time: sp.Idx, base: Theorem, step: Theorem, hypothesis: Theorem) -> Theorem:
    """The statement of `step` for all t ≥ 0; `hypothesis` is that statement at t − 1, `base` that at 0."""
    for part, t in ((base, sp.S.Zero), (hypothesis, time - 1)):
        sides = [without_empty_sums(rename(side, {time: t})) for side in (step.lhs, step.rhs)]
        pairs = list(zip((part.lhs, part.rhs), sides, strict=True))
        same = all(is_zero(a - b) == (True, ()) and _domain(a) <= _domain(b) for a, b in pairs)
        if part.relation != step.relation or not same:
            raise NotProved(f"{label}: {part.label} is not the statement at t = {t}")
    if (
        base.fixed
        or hypothesis.fixed != {time}
        or not step.fixed <= {time}
        or any(terms.is_earlier(j) for j, _ in step.ranges)
        or base.ranges
        or hypothesis.rule != "assumption"
        or step.rests.get(hypothesis.label, hypothesis.rests[hypothesis.label])
        != hypothesis.rests[hypothesis.label]
    ):
        raise NotProved(f"{label}: the step must be for one {time} ≥ 1, and the base for none")
    return _made(
        label, step.lhs, step.rhs, "induction", [base, step], relation=step.relation, from_0=time,
        discharged=hypothesis.label,
    )  # fmt: skip


def split(label: str, whole: sp.Sum) -> Theorem:
    """Σ_(s=1)^t a(s) = Σ_(s=1)^(t−1) a(s) + a(t), which is what a finite sum is."""
    ((s, _, last),) = whole.limits
    if not is_positive(last):
        raise KernelError(f"{label}: the sum may be empty")
    terms.well_formed(whole, free_indices(whole))
    before = sp.Idx(s.label, (1, last - 1))
    parts = total(rename(whole.function, {s: before}), before) + rename(whole.function, {s: last})
    return _made(label, whole, parts, "last term of a sum")


def is_nonnegative(e: sp.Expr, assumed: set[sp.Expr], fixed: frozenset[sp.Idx] = frozenset()) -> bool:
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


def _closed(
    label: str,
    lhs: sp.Expr,
    rhs: sp.Expr,
    witness: sp.Expr,
    rewriting: Sequence[Theorem],
    uses: Sequence[Use],
    assumed: set[sp.Expr] | None = None,
) -> Theorem:
    """The theorem that lhs − rhs is `witness`, by normal forms. Raises NotProved with what is left."""
    for e in (lhs, rhs, witness, *(use.times for use in uses)):
        terms.well_formed(e, free_indices(e))
    if any(type(use) is not Use for use in uses):
        raise TypeError("not a use of a theorem")
    if any(theorem.relation != "=" for theorem in (*rewriting, *(use.theorem for use in uses))):
        raise KernelError(f"{label}: only an equation can be used as one")
    left = lhs - rhs - witness - sp.Add(*(use.gap for use in uses))
    ranges = set().union(*(use.ranges for use in uses))
    needed = {d: None for e in (witness, *(use.times for use in uses)) for d in _domain(e)}
    for use in uses:
        for side in (use.theorem.lhs, use.theorem.rhs):
            needed |= dict.fromkeys(_domain(rename(side, use.at)))
    for theorem in rewriting:
        if isinstance(theorem.lhs, sp.Indexed) and theorem.fixed & set(theorem.lhs.indices):
            raise KernelError(f"{theorem.label} holds for one {', '.join(map(str, theorem.fixed))}")
        seen: list[Any] = []
        left = terms.substitute(left, theorem.lhs, theorem.rhs, theorem.from_0, seen)
        for at in seen:
            ranges |= _ranges(theorem, at)
        needed = {
            (terms.substitute(b, theorem.lhs, theorem.rhs, theorem.from_0), above): None
            for b, above in needed
        }
        if seen:
            needed |= {d: None for side in (theorem.lhs, theorem.rhs) for d in _domain(side)}
    if any(i.label.is_Dummy for j, _ in ranges for i in free_indices(j)):
        raise KernelError(f"{label}: an entry under a sum may lie outside its range")
    zero, cleared = is_zero(left)
    if not zero:
        raise NotProved(f"{label}: what is left is {canonical(left)}")
    written = _domain(lhs) | _domain(rhs)
    needed = {**dict.fromkeys((b, "≠") for b in cleared), **{d: None for d in needed if d not in written}}
    said = {}
    for b, above in needed:
        form = canonical(b)
        if not (is_positive(form) or (above == "≥" and is_nonnegative(b, assumed or set()))):
            said[f"{form} {above} 0"] = (form, above, sp.S.Zero)
    premises = [*rewriting, *(use.theorem for use in uses)]
    return _made(
        label,
        lhs,
        rhs + witness,
        "normal form",
        premises,
        rests=dict(sorted(said.items())),
        ranges=ranges,
        uses=tuple(uses),
    )


def _made(
    label: str, lhs: sp.Expr, rhs: sp.Expr, rule: str, premises: Sequence[Theorem] = (), **rest: Any
) -> Theorem:
    """A theorem with the hypotheses and the fixed indices of its premises, and its own."""
    if any(type(p) is not Theorem for p in premises):
        raise TypeError("a premise is no theorem")
    rests: dict[str, Said] = {}
    gone = rest.pop("discharged", None)
    for name, said in (*(r for p in premises for r in p.rests.items()), *rest.pop("rests", {}).items()):
        if rests.setdefault(name, said) != said:
            raise KernelError(f"{label}: two hypotheses are called {name}")
    rests.pop(gone, None)
    fixed = frozenset().union(rest.pop("fixed", ()), *(p.fixed for p in premises))
    ranges = frozenset().union(
        rest.pop("ranges", ()),
        *(() if rule == "normal form" and "uses" in rest else p.ranges for p in premises),
    )
    return Theorem(
        label=label, lhs=lhs, rhs=rhs, rule=rule, premises=tuple(premises), made_by=_RULE,
        fixed=frozenset() if gone else fixed, ranges=ranges, rests=rests, **rest,
    )  # fmt: skip


def _ranges(theorem: Theorem, at: Mapping[sp.Idx, Index]) -> frozenset[tuple[Index, sp.Expr]]:
    """What has to be said of the indices for the theorem to hold `at` them."""
    found = {(rename(j, at), dim) for j, dim in theorem.ranges}
    for i, j in at.items():
        before = i == theorem.from_0 and (
            j == 0
            or (j.is_Add and len(j.args) == 2 and -1 in j.args and any(isinstance(a, sp.Idx) for a in j.args))
        )
        if terms.is_partial(i) and not terms.lies_in(j, rename(i.upper, at)):
            raise KernelError(f"{theorem.label} is used at {j}, which may be past {i.upper}")
        upper = rename(i.upper, at)
        if not before and not terms.is_partial(i) and not terms.lies_in(j, upper):
            found.add((j, upper))
    return frozenset(found)


def _in_words(j: Index, dim: sp.Expr) -> str:
    if j.is_Add and terms.is_earlier(j):
        (number,) = [a for a in j.args if a.is_Integer]
        return f"{j - number} ≥ {1 - number}"
    return f"{j} ≤ {dim}"


def _domain(e: sp.Expr) -> set[tuple[sp.Expr, str]]:
    """Where `e` is a real number: each base that has to be ≠, ≥ or > 0."""
    found = set().union(*map(_domain, () if isinstance(e, sp.Indexed) else e.args))
    if isinstance(e, sp.log):
        found.add((e.args[0], ">"))
    elif isinstance(e, sp.Pow) and not isinstance(e, sp.exp):
        may_be_negative = not _is_count(e.exp)
        if not e.exp.is_integer:
            found.add((e.base, ">" if may_be_negative else "≥"))
        elif may_be_negative:
            found.add((e.base, "≠"))
    return {(b, above) for b, above in found if not is_positive(b)}


def _is_count(q: sp.Expr) -> bool:
    """Whether q ≥ 0 by its form: t − 1, or t − k where k runs up to t."""
    for k in q.atoms(sp.Idx):
        if terms.is_partial(k) and q.coeff(k) == -1:
            q = q + k - k.upper
    if q.is_Rational:
        return bool(q >= 0)
    terms_ = sp.Add.make_args(q)
    numbers = sum((a for a in terms_ if a.is_Rational), sp.S.Zero)
    others = [a for a in terms_ if not a.is_Rational]
    return (
        (all(is_positive(a) and a.is_integer for a in others)
        and bool(numbers + len(others) >= 0))
        or bool(q.is_nonnegative)
    )


def without_empty_sums(e: sp.Expr) -> sp.Expr:
    """`e` with every sum over 1 … 0 replaced by 0."""
    if isinstance(e, sp.Sum) and any(limit[2] == 0 for limit in e.limits):
        return sp.S.Zero
    if isinstance(e, (sp.Sum, sp.Idx)) or not e.args:
        return e
    return e.func(*map(without_empty_sums, e.args))
