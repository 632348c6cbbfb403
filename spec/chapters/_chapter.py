"""What a chapter consists of. It is data: whether it is true is the kernel's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Idx, S, sympify

from ..kernel import Definition, System

Names = tuple[str, ...]


class _Terms:
    """Lets a plain number stand for a term."""

    def __post_init__(self) -> None:
        for name in ("lhs", "rhs", "times", "witness", "base_witness"):
            if getattr(self, name, None) is not None:
                object.__setattr__(self, name, sympify(getattr(self, name)))


@dataclass(frozen=True, kw_only=True)
class Hypothesis(_Terms):
    """What is assumed, under a name that everything proved from it carries."""

    name: str
    lhs: Expr
    rhs: Expr
    relation: str = "="
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Using(_Terms):
    """`times` · (lhs − rhs) of the hypothesis or earlier law `of`, at other indices, summed `over` some."""

    of: str
    times: Expr = S.One
    at: Mapping[Idx, Expr] = field(default_factory=dict)
    over: tuple[Idx, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Law(_Terms):
    """lhs = rhs for all sizes. `by` names what is put in, in this order; None is all definitions, last first.

    `exponentially` proves exp lhs = exp rhs instead.
    """

    name: str
    lhs: Expr
    rhs: Expr
    about: str = ""
    by: Names | None = None
    using: tuple[Using, ...] = ()
    exponentially: bool = False


@dataclass(frozen=True, kw_only=True)
class Bound(_Terms):
    """lhs ≥ rhs: their difference is `witness`, not negative by its form and by the bounds in `given`."""

    name: str
    lhs: Expr
    rhs: Expr
    witness: Expr
    about: str = ""
    by: Names | None = None
    using: tuple[Using, ...] = ()
    given: Names = ()


@dataclass(frozen=True, kw_only=True)
class Induction(_Terms):
    """lhs = rhs (or ≥) at every t ≥ 0, by induction: `time` is t, `lhs` and `rhs` its statement at t.

    At t = 0 the initial definitions and `base_by` are put in, at t those of `by`. The statement at t − 1 is
    put in too where its left side is an entry; otherwise `using` or `given` may name it as "hypothesis".
    With a `witness` the statement is lhs ≥ rhs, and the difference is `base_witness` at t = 0.
    """

    name: str
    time: Idx
    lhs: Expr
    rhs: Expr
    about: str = ""
    by: Names = ()
    base_by: Names = ()
    using: tuple[Using, ...] = ()
    witness: Expr | None = None
    base_witness: Expr | None = None
    given: Names = ()


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A system of definitions, its gradients, and what holds of them.

    `gradients` are the gradients as a person writes them, in the order of their derivation: each entry
    belongs to an adjoint of the system, its body must equal the derived one and stands for it from there on.
    `by` names the definitions that have to be put in for that, where some do.
    """

    title: str
    about: str = ""
    system: System
    gradients: tuple[Definition, ...] = ()
    by: Mapping[str, Names] = field(default_factory=dict)
    sizes: Mapping[Expr, int] = field(default_factory=dict)
    """Dims that are one number, such as the four gates of an LSTM."""
    hypotheses: tuple[Hypothesis, ...] = ()
    laws: tuple[Law | Bound | Induction, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    """What a line means, by the last part of its label."""
    pitfalls: Names = ()
    references: Names = ()
    """Beside those of the operator's declaration."""
    covers: Names = ()
    """Operators whose mathematics is this chapter's too."""

    @property
    def name(self) -> str:
        return self.system.name
