"""Theorems, which only the rules of this module can make, each with what it rests on.

A theorem says lhs = rhs, or lhs ≥ rhs, for every size of every dim, every value of its free indices and all
entries of its tensors, as far as its hypotheses hold. A fixed index, such as the t of an induction step,
stands for one value: nothing puts another in its place or sums over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import sympy as sp

from . import calculus, terms
from .normal import canonical, is_positive, is_zero
from .terms import Index, KernelError, free_indices, rename, total

Relation = Literal["=", "≥"]
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
    hypotheses: Mapping[str, str] = field(default_factory=dict)
    fixed: frozenset[sp.Idx] = frozenset()
    made_by: object = None

    def __post_init__(self) -> None:
        if self.made_by is not _RULE:
            raise TypeError("a theorem is made by a rule of the kernel")

    @property
    def from_0(self) -> bool:
        """Whether it holds at time 0 too, as what is proved by induction does; a definition begins at 1."""
        return self.rule == "induction"

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
    def later(self) -> set[str]:
        """What must be said of the time where a theorem that begins at 1 is used one step earlier."""
        return (
            set() if self.theorem.from_0 else {f"{i} ≥ 2" for i, j in self.at.items() if terms.is_earlier(j)}
        )

    @property
    def gap(self) -> sp.Expr:
        if self.theorem.fixed & {*self.at, *self.over} or (self.later & set(self.theorem.hypotheses)):
            raise KernelError(f"{self.theorem.label} does not hold there")
        if any(terms.dim_of(i) != terms.dim_of(j) for i, j in self.at.items()):
            raise KernelError(f"{self.theorem.label} is used at an index of another dim")
        return total(self.times * rename(self.theorem.lhs - self.theorem.rhs, self.at), *self.over)


def assume(
    label: str, lhs: sp.Expr, rhs: sp.Expr, relation: Relation = "=", fixed: Sequence[sp.Idx] = ()
) -> Theorem:
    """A hypothesis: the theorem that rests on itself, visible in all that is proved from it."""
    said = {label: f"{lhs} {relation} {rhs}"}
    return _made(label, lhs, rhs, "assumption", relation=relation, hypotheses=said, fixed=frozenset(fixed))


def define(label: str, definition: calculus.Definition) -> Theorem:
    """entry = body, by definition."""
    return _made(label, definition.entry, definition.body, "definition")


def differentiate(label: str, system: calculus.System, x: terms.Tensor, at: tuple[Index, ...]) -> Theorem:
    """The gradient with respect to x[at] by the chain rule, over all steps where the system has a time."""
    rule = "chain rule, by induction over time" if system.time is not None else "chain rule"
    return _made(label, system.adjoint(x)[at], calculus.chain_rule(system, x, at), rule)


def normalise(label: str, theorem: Theorem) -> Theorem:
    """The same left side is the normal form of the right one."""
    return _made(label, theorem.lhs, canonical(theorem.rhs), "normal form", [theorem])


def equate(
    label: str, lhs: sp.Expr, rhs: sp.Expr, rewriting: Sequence[Theorem] = (), uses: Sequence[Use] = ()
) -> Theorem:
    """lhs = rhs: lhs − rhs − Σ c (a − b) has the normal form 0; each a = b is a theorem and c any factor.

    Each of `rewriting`, which says entry = body, is put in before. Raises NotProved with what is left.
    """
    return _closed(label, lhs, rhs, sp.S.Zero, rewriting, uses)


def by_exponential(label: str, lhs: sp.Expr, rhs: sp.Expr, rewriting: Sequence[Theorem] = ()) -> Theorem:
    """lhs = rhs, both real, since exp lhs = exp rhs."""
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
    equal = _closed(label, lhs, rhs, witness, rewriting, uses)
    return _made(label, lhs, rhs, "not negative", [equal, *given], relation="≥", witness=witness)


def induct(label: str, time: sp.Idx, base: Theorem, step: Theorem, hypothesis: Theorem) -> Theorem:
    """The statement of `step` for all t ≥ 0; `hypothesis` is that statement at t − 1, `base` that at 0."""
    for part, t in ((base, sp.S.Zero), (hypothesis, time - 1)):
        sides = [without_empty_sums(rename(side, {time: t})) for side in (step.lhs, step.rhs)]
        same = all(is_zero(a - b)[0] for a, b in zip((part.lhs, part.rhs), sides, strict=True))
        if part.relation != step.relation or not same:
            raise NotProved(f"{label}: {part.label} is not the statement at t = {t}")
    if (
        base.fixed
        or hypothesis.fixed != {time}
        or not step.fixed <= {time}
        or f"{time} ≥ 2" in step.hypotheses
    ):
        raise NotProved(f"{label}: the step must be for one {time} ≥ 1, and the base for none")
    left = {name: said for name, said in step.hypotheses.items() if name != hypothesis.label}
    made = _made(label, step.lhs, step.rhs, "induction", [base, step], relation=step.relation)
    return replace(made, hypotheses={**base.hypotheses, **left}, fixed=frozenset())


def split(label: str, whole: sp.Sum) -> Theorem:
    """Σ_(s=1)^t a(s) = Σ_(s=1)^(t−1) a(s) + a(t), which is what a finite sum is."""
    ((s, _, last),) = whole.limits
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
) -> Theorem:
    """The theorem that lhs − rhs is `witness`, by normal forms. Raises NotProved with what is left."""
    terms.well_formed(lhs - rhs, free_indices(lhs) | free_indices(rhs))
    if any(theorem.relation != "=" for theorem in (*rewriting, *(use.theorem for use in uses))):
        raise KernelError(f"{label}: only an equation can be used as one")
    left = lhs - rhs - witness - sp.Add(*(use.gap for use in uses))
    for theorem in rewriting:
        if isinstance(theorem.lhs, sp.Indexed) and theorem.fixed & set(theorem.lhs.indices):
            raise KernelError(f"{theorem.label} holds for one {', '.join(map(str, theorem.fixed))}")
        left = terms.substitute(left, theorem.lhs, theorem.rhs, theorem.from_0)
    zero, cleared = is_zero(left)
    if not zero:
        raise NotProved(f"{label}: what is left is {canonical(left)}")
    powers = [p for e in (witness, *(use.times for use in uses)) for p in e.atoms(sp.Pow)]
    divisors = [*cleared, *(p.base for p in powers if p.exp.is_negative)]
    said = {f"{b} ≠ 0" for b in divisors if not is_positive(b)}.union(*(use.later for use in uses))
    premises = [*rewriting, *(use.theorem for use in uses)]
    return _made(
        label,
        lhs,
        rhs + witness,
        "normal form",
        premises,
        hypotheses={h: h for h in sorted(said)},
        uses=tuple(uses),
    )


def _made(
    label: str, lhs: sp.Expr, rhs: sp.Expr, rule: str, premises: Sequence[Theorem] = (), **rest: Any
) -> Theorem:
    """A theorem with the hypotheses and the fixed indices of its premises, and its own."""
    hypotheses = {name: said for p in premises for name, said in p.hypotheses.items()}
    fixed = frozenset().union(rest.pop("fixed", ()), *(p.fixed for p in premises))
    return Theorem(
        label=label, lhs=lhs, rhs=rhs, rule=rule, premises=tuple(premises), fixed=fixed, made_by=_RULE,
        hypotheses=hypotheses | rest.pop("hypotheses", {}), **rest,
    )  # fmt: skip


def without_empty_sums(e: sp.Expr) -> sp.Expr:
    """`e` with every sum over 1 … 0 replaced by 0."""
    if isinstance(e, sp.Sum) and any(limit[2] == 0 for limit in e.limits):
        return sp.S.Zero
    if isinstance(e, (sp.Sum, sp.Idx)) or not e.args:
        return e
    return e.func(*map(without_empty_sums, e.args))
