"""A proved chapter as JSON, for `check` to verify without the kernel, SymPy or anything else of this project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp

from ..chapters import Bound, Chapter, Induction, Law, Line
from ..chapters._proof import adjoints
from ..kernel import System, Tensor, Theorem
from ..kernel.terms import bound, rename
from ..kernel.theorem import Use

SCHEMA = "gradspec-certificate/1"
_OPERATIONS = {sp.Add: "+", sp.Mul: "*", sp.Pow: "^"}


def certificate(chapter: Chapter, lines: Sequence[Line]) -> dict[str, Any]:
    """What `lines`, the proof of the chapter, claims: a JSON object."""
    terms = [side for line in lines for side in (line.theorem.lhs, line.theorem.rhs)]
    statements = {law.name: law for law in chapter.laws}
    theorems = {line.label.removeprefix(f"{chapter.name}."): line.theorem for line in lines}
    return {
        "schema": SCHEMA,
        "chapter": chapter.name,
        "tensors": _tensors(chapter, terms),
        "symbols": _symbols(terms),
        "sizes": {str(dim): size for dim, size in chapter.sizes.items()},
        "hypotheses": {
            h.name: {"lhs": term(h.lhs), "rhs": term(h.rhs), "relation": h.relation}
            for h in chapter.hypotheses
        },
        "systems": [_system(chapter.system, theorems)],
        "lines": [
            _line(line, statements.get(line.label.removeprefix(f"{chapter.name}.")), chapter, theorems)
            for line in lines
            if line.kind != "hypothesis"
        ],
    }


def term(e: sp.Expr) -> list[Any]:
    """`e` as nested lists, each with its operation first."""
    if isinstance(e, sp.Rational):
        return ["q", int(e.p), int(e.q)]
    if isinstance(e, sp.Indexed):
        scalar = not e.base.shape
        return ["t", str(e.base.label), *([] if scalar else map(_index, e.indices))]
    if isinstance(e, sp.KroneckerDelta):
        return ["delta", *map(_index, e.args)]
    if isinstance(e, sp.Sum):
        return ["sum", [_bound(i) for i in bound(e)], term(e.function)]
    if isinstance(e, sp.Idx):
        return ["time", _index(e)]
    if isinstance(e, sp.exp):  # SymPy counts it among the powers
        return ["f", "exp", term(e.args[0])]
    if type(e) in _OPERATIONS:
        return [_OPERATIONS[type(e)], *map(term, e.args)]
    if isinstance(e, sp.Symbol):
        return ["dim" if e.is_integer and e.is_positive else "sym", e.name]
    if e.is_integer:
        return ["dim", str(e)]
    return ["f", type(e).__name__, *map(term, e.args)]


def _index(i: sp.Expr) -> list[Any]:
    if isinstance(i, sp.Integer):
        return ["int", int(i)]
    if isinstance(i, sp.Indexed):
        return ["at", str(i.base.label), *map(_index, i.indices)]
    if isinstance(i, sp.Add):
        moved, by = sorted(i.args, key=lambda a: bool(a.is_Integer))
        return ["shift", _index(moved), int(by)]
    return ["i", _name(i)] if isinstance(i, sp.Idx) else ["last", str(i)]


def _name(i: sp.Idx) -> str:
    """Dummies with one printed name are different indices."""
    return f"{i.name}{i.label.dummy_index}" if i.label.is_Dummy else str(i.name)


def _bound(i: sp.Idx) -> list[Any]:
    return [_name(i), _index(i.upper) if isinstance(i.upper, sp.Idx) or i.upper.is_Add else str(i.upper)]


def _tensors(chapter: Chapter, terms: Iterable[sp.Expr]) -> dict[str, Any]:
    """What is free: the given tensors, the cotangents of the outputs, and whatever else a line mentions."""
    system = chapter.system
    made = {d.tensor.title for d in system.definitions} | {dx.title for _, dx in adjoints(system)}
    seeds = {system.cotangent(y) for y in system.outputs}
    found = {e.base for side in terms for e in side.atoms(sp.Indexed)} | {*system.given} | seeds
    said = {}
    for x in sorted(found, key=lambda x: str(x.title)):
        if x.title not in made:
            kind = {"kind": "real"} if x.below is None else {"kind": "index", "below": str(x.below)}
            said[x.title] = {"shape": [str(dim) for dim in x.shape or ()], **kind}
    return said


def _symbols(terms: Iterable[sp.Expr]) -> dict[str, str]:
    found = {
        s for side in terms for s in side.atoms(sp.Symbol) if not s.is_integer and not isinstance(s, sp.Idx)
    }
    labels = {e.base.label for side in terms for e in side.atoms(sp.Indexed)}
    free = sorted(found - labels, key=str)
    return {
        s.name: "positive" if s.is_positive else "nonnegative" if s.is_nonnegative else "real" for s in free
    }


def _system(system: System, theorems: dict[str, Theorem]) -> dict[str, Any]:
    time = system.time
    return {
        "name": system.name,
        "time": None if time is None else _bound(time),
        "given": [x.title for x in system.given],
        "not_differentiable": [x.title for x in system.fixed],
        "definitions": [_definition(d.tensor, d.entry, d.body) for d in system.definitions],
        "initial": {
            d.tensor.title: {"indices": _indices(d.entry), "body": term(d.body)} for d in system.initial
        },
        "outputs": {y.title: system.cotangent(y).title for y in system.outputs},
        "adjoints": [
            {"of": x.title, **_definition(dx, theorems[dx.title].lhs, theorems[dx.title].rhs)}
            for x, dx in adjoints(system)
        ],
    }


def _definition(tensor: Tensor, entry: sp.Indexed, body: sp.Expr) -> dict[str, Any]:
    return {"tensor": tensor.title, "indices": _indices(entry), "body": term(body)}


def _indices(entry: sp.Indexed) -> list[Any]:
    return [_bound(i) for i in entry.indices if isinstance(i, sp.Idx)]


def _line(
    line: Line, law: Law | Bound | Induction | None, chapter: Chapter, theorems: dict[str, Theorem]
) -> dict[str, Any]:
    theorem = line.theorem
    said: dict[str, Any] = {
        "label": line.label,
        "kind": line.kind,
        "status": theorem.status,
        "rule": theorem.rule,
        "relation": theorem.relation,
        "lhs": term(theorem.lhs),
        "rhs": term(theorem.rhs),
        "hypotheses": sorted(theorem.hypotheses),
    }
    if isinstance(law, Bound):
        said["witness"] = term(law.witness)
        said["nonnegative"] = [
            {"from": name, "lhs": term(theorems[name].lhs), "rhs": term(theorems[name].rhs)}
            for name in law.given
        ]
    if law is not None:
        assumed = {h.name for h in chapter.hypotheses}
        said["put_in"] = [name for name in law.by or () if name in assumed]
        used = [(u, theorems[u.of]) for u in law.using if u.of in theorems]
        said["uses"] = [_use(Use(theorem, u.times, u.at, u.over), u.of) for u, theorem in used]
    return said


def _use(use: Use, name: str) -> dict[str, Any]:
    lhs, rhs = (rename(side, use.at) for side in (use.theorem.lhs, use.theorem.rhs))
    over = [_bound(i) for i in use.over]
    return {"over": over, "times": term(use.times), "lhs": term(lhs), "rhs": term(rhs), "from": name}
