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
from .conditions import Ranges, domain, in_words, is_nonnegative, ranges_at
from .normal import canonical, is_positive, is_zero
from .system import Definition, System
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
    ranges: Ranges = frozenset()
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
        return said | {in_words(j, upper): in_words(j, upper) for j, upper in sorted(self.ranges, key=str)}

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
    def ranges(self) -> Ranges:
        """What must be said of the indices where the theorem is used before its range, or past it."""
        return ranges_at(self.theorem.label, self.theorem.ranges, self.theorem.from_0, self.at)

    @property
    def gap(self) -> sp.Expr:
        if self.theorem.fixed & {*self.at, *self.over}:
            raise KernelError(f"{self.theorem.label} does not hold there")
        if any(terms.dim_of(i) != terms.dim_of(j) for i, j in self.at.items()):
            raise KernelError(f"{self.theorem.label} is used at an index of another dim")
        if _in_ranges(self.ranges) & set(self.over):
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
    return _made(label, lhs, rhs, "assumption", relation=relation, fixed=frozenset(fixed),
                 rests={label: (lhs, relation, rhs)})  # fmt: skip


def define(label: str, definition: Definition) -> Theorem:
    """entry = body, by definition."""
    terms.well_formed(definition.entry, definition.indices)
    terms.well_formed(definition.body, definition.indices)
    first = definition.entry.indices[0]
    for e in definition.body.atoms(sp.Indexed):
        if e.base == definition.tensor and not (e.indices[0].is_Add and first in e.indices[0].args):
            raise KernelError(f"{label} is defined by itself")
    return _made(label, definition.entry, definition.body, "definition")


def differentiate(label: str, system: System, x: terms.Tensor, at: tuple[Index, ...]) -> Theorem:
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
    assumed = frozenset(canonical(theorem.lhs - theorem.rhs) for theorem in given)
    held = frozenset().union(*(theorem.fixed | _in_ranges(theorem.ranges) for theorem in given))
    if not is_nonnegative(witness, assumed, held):
        raise NotProved(f"{label}: {witness} may be negative")
    equal = _closed(label, lhs, rhs, witness, rewriting, uses, assumed, held)
    return _made(label, lhs, rhs, "not negative", [equal, *given], relation="≥", witness=witness)


def induct(label: str, time: sp.Idx, base: Theorem, step: Theorem, hypothesis: Theorem) -> Theorem:
    """The statement of `step` for all t ≥ 0; `hypothesis` is that statement at t − 1, `base` that at 0."""
    for part, t in ((base, sp.S.Zero), (hypothesis, time - 1)):
        sides = [without_empty_sums(rename(side, {time: t})) for side in (step.lhs, step.rhs)]
        pairs = list(zip((part.lhs, part.rhs), sides, strict=True))
        same = all(is_zero(a - b) == (True, ()) and domain(a) <= domain(b) for a, b in pairs)
        if part.relation != step.relation or not same:
            raise NotProved(f"{label}: {part.label} is not the statement at t = {t}")
    own = (hypothesis.label, hypothesis.rests.get(hypothesis.label))
    foreign = hypothesis.rule != "assumption" or step.rests.get(own[0], own[1]) != own[1]
    if foreign or base.ranges or any(terms.is_earlier(j) for j, _ in step.ranges):
        raise NotProved(f"{label}: the step or the base rests on more than {hypothesis.label}")
    if base.fixed or hypothesis.fixed != {time} or not step.fixed <= {time}:
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


def _closed(
    label: str, lhs: sp.Expr, rhs: sp.Expr, witness: sp.Expr,
    rewriting: Sequence[Theorem], uses: Sequence[Use], assumed: frozenset[sp.Expr] = frozenset(),
    held: frozenset[sp.Idx] = frozenset(),
) -> Theorem:  # fmt: skip
    """The theorem that lhs − rhs is `witness`, by normal forms. Raises NotProved with what is left."""
    brought = [witness, *(use.times for use in uses)]
    for e in (lhs, rhs, *brought):
        terms.well_formed(e, free_indices(e))
    if any(theorem.relation != "=" for theorem in (*rewriting, *(use.theorem for use in uses))):
        raise KernelError(f"{label}: only an equation can be used as one")
    brought += [rename(side, use.at) for use in uses for side in (use.theorem.lhs, use.theorem.rhs)]
    needed = set().union(*map(domain, brought))
    ranges: set[Any] = set().union(*(use.ranges for use in uses))
    left = lhs - rhs - witness - sp.Add(*(use.gap for use in uses))
    used = []
    for theorem in rewriting:
        left, found = _put_in(theorem, left)
        needed = {(_put_in(theorem, b)[0], relation) for b, relation in needed}
        used += [theorem] if found else []
        for at in found:
            shown = {i: j for i, j in at.items() if not any(k.label.is_Dummy for k in free_indices(j))}
            needed |= domain(rename(theorem.lhs, shown)) | domain(rename(theorem.rhs, shown))
            ranges |= ranges_at(theorem.label, theorem.ranges, theorem.from_0, at)
    if any(i.label.is_Dummy for j, _ in ranges for i in free_indices(j)):
        raise KernelError(f"{label}: an entry under a sum may lie outside its range")
    zero, cleared = is_zero(left)
    if not zero:
        raise NotProved(f"{label}: what is left is {canonical(left)}")
    needed = needed - domain(lhs) - domain(rhs) | {(b, "≠") for b in cleared}
    said = {(canonical(b), r) for b, r in needed if not (r == "≥" and is_nonnegative(b, assumed, held))}
    said = {(b, r) for b, r in said if not is_positive(b) and (r == ">" or (b, ">") not in said)}
    rests = {f"{b} {r} 0": (b, r, sp.S.Zero) for b, r in sorted(said, key=str)}
    premises = [*used, *(use.theorem for use in uses)]
    return _made(label, lhs, rhs + witness, "normal form", premises, rests=rests, uses=tuple(uses),
                 ranges=frozenset(ranges))  # fmt: skip


def _in_ranges(ranges: Ranges) -> frozenset[sp.Idx]:
    """The indices that a theorem holds for only some values of."""
    return frozenset().union(*(free_indices(j) for j, _ in ranges))


def _put_in(theorem: Theorem, e: sp.Expr) -> tuple[sp.Expr, list[Mapping[sp.Idx, Index]]]:
    """`e` with the left side of an equation replaced by the right one, and at which indices it was."""
    if isinstance(theorem.lhs, sp.Indexed) and theorem.fixed & set(theorem.lhs.indices):
        raise KernelError(f"{theorem.label} holds for one {', '.join(map(str, theorem.fixed))}")
    found: list[Mapping[sp.Idx, Index]] = []
    return terms.substitute(e, theorem.lhs, theorem.rhs, theorem.from_0, found), found


def _made(
    label: str, lhs: sp.Expr, rhs: sp.Expr, rule: str, premises: Sequence[Theorem] = (), *,
    rests: Mapping[str, Said] = MappingProxyType({}), fixed: frozenset[sp.Idx] = frozenset(),
    ranges: Ranges | None = None, discharged: str = "", **rest: Any,
) -> Theorem:  # fmt: skip
    """A theorem with the hypotheses, fixed indices and ranges of its premises, less what is `discharged`."""
    if any(type(p) is not Theorem for p in premises):
        raise TypeError("a premise is no theorem")
    all_rests: dict[str, Said] = {}
    for name, said in (*(r for p in premises for r in p.rests.items()), *rests.items()):
        if all_rests.setdefault(name, said) != said:
            raise KernelError(f"{label}: two hypotheses are called {name}")
    all_rests.pop(discharged, None)
    fixed = frozenset() if discharged else fixed.union(*(p.fixed for p in premises))
    if ranges is None:
        ranges = frozenset().union(*(p.ranges for p in premises))
    return Theorem(label=label, lhs=lhs, rhs=rhs, rule=rule, premises=tuple(premises), rests=all_rests,
                   fixed=fixed, ranges=ranges, made_by=_RULE, **rest)  # fmt: skip


def without_empty_sums(e: sp.Expr) -> sp.Expr:
    """`e` with every sum over 1 … 0 replaced by 0."""
    if isinstance(e, sp.Sum) and any(limit[2] == 0 for limit in e.limits):
        return sp.S.Zero
    if isinstance(e, (sp.Sum, sp.Idx)) or not e.args:
        return e
    return e.func(*map(without_empty_sums, e.args))
