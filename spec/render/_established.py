"""How far a theorem is established, and where, in words."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from ..kernel import Theorem
from ._text import text

STATUS = {
    "definition": "definition",
    "proved": "proved for all shapes",
    "induction": "proved by induction for all T",
    "assumed": "assumed",
}
"""How far a theorem of the kernel is established, in words."""


def _plain(lhs: Expr, relation: str, rhs: Expr) -> str:
    return f"{text(lhs)} {relation} {text(rhs)}"


def established(
    theorem: Theorem,
    condition: Callable[[Expr, str, Expr], str] = _plain,
    words: Callable[[str], str] = str,
) -> str:
    """`proved for all shapes, where padding, 1 − rate ≠ 0, t + 1 ≤ T`; its parts in another notation."""
    if theorem.status == "assumed":
        return words(STATUS[theorem.status])
    own = theorem.label.split(".", 1)[0] + "."
    where = [
        words(name.removeprefix(own))
        if name.startswith(own) or name not in theorem.rests
        else condition(*theorem.rests[name])
        for name in theorem.hypotheses
    ]
    return words(STATUS[theorem.status]) + (f", where {', '.join(where)}" if where else "")
