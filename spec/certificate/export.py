"""A proved chapter as JSON, for `check` to verify without the kernel, SymPy or anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sympy as sp

from ..chapters import Bound, Chapter, Induction, Law, Line, Using
from ..kernel import System, Tensor, Theorem, canonical
from ..kernel.system import adjoints
from ..kernel.terms import bound, free_indices, rename
from ..kernel.theorem import assume

SCHEMA = "gradspec-certificate/1"
_OPERATIONS = {sp.Add: "+", sp.Mul: "*", sp.Pow: "^"}


def certificate(chapter: Chapter, lines: Sequence[Line]) -> dict[str, Any]:
    """What `lines`, the proof of the chapter, claims, as a JSON object. Labels lack the chapter's name."""
    laws = {law.name: law for law in chapter.laws}
    theorems = {_part(chapter, line.label): line.theorem for line in lines}
    said = [
        line
        for p, t in theorems.items()
        if t.status != "assumed"
        for line in _lines(p, t, laws.get(p), theorems)
    ]
    assumed = {p: t for p, t in theorems.items() if t.status == "assumed"} | _before(chapter)
    terms = [side for theorem in theorems.values() for side in (theorem.lhs, theorem.rhs)]
    terms += [
        e
        for law in chapter.laws
        for e in (*(u.times for u in law.using), getattr(law, "witness", None))
        if e is not None
    ]
    return {
        "schema": SCHEMA,
        "chapter": chapter.name,
        "dims": sorted(map(str, _dims(chapter, terms))),
        "sizes": {str(dim): size for dim, size in chapter.sizes.items()},
        "symbols": _symbols(terms),
        "tensors": _free(chapter, terms),
        "hypotheses": {name: _statement(t) for name, t in assumed.items()},
        "system": _system(chapter.system, theorems),
        "lines": said,
    }


def term(e: sp.Expr) -> list[Any]:
    """`e` as nested lists, each with its operation first."""
    if isinstance(e, sp.Rational):
        return ["q", int(e.p), int(e.q)]
    if isinstance(e, sp.Indexed) and e.base.below is not None:
        return ["time", _index(e)]
    if isinstance(e, sp.Indexed):
        return ["t", str(e.base.label), *(map(_index, e.indices) if e.base.shape else ())]
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
    return ["f", type(e).__name__, *map(term, e.args)]


def _part(chapter: Chapter, label: str) -> str:
    return label.removeprefix(f"{chapter.name}.")


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
    """Dummies with one printed name are different indices, and so are letters over different dims."""
    return f"{i.name}{i.label.dummy_index}" if i.label.is_Dummy else f"{i.name}:{i.upper}"


def _bound(i: sp.Idx) -> list[Any]:
    return [_name(i), _dim(i.upper)]


def _dim(upper: sp.Expr) -> Any:
    """A dim by its name, 1 … an index, or the width D(i) of a layer."""
    if isinstance(upper, sp.Function):
        return ["width", str(upper.func), _index(upper.args[0])]
    return str(upper) if isinstance(upper, sp.Symbol) else _index(upper)


def _dims(chapter: Chapter, terms: Iterable[sp.Expr]) -> set[sp.Symbol]:
    found = {s for e in terms for s in e.atoms(sp.Symbol) if s.is_integer and s.is_positive}
    shapes = [x.shape or () for x in chapter.system.given] + [
        d.tensor.shape or () for d in chapter.system.definitions
    ]
    found |= {dim for shape in shapes for dim in shape if isinstance(dim, sp.Symbol)}
    found |= {x.below for x in chapter.system.given if x.below is not None}
    return found - set(chapter.sizes)


def _symbols(terms: Iterable[sp.Expr]) -> dict[str, str]:
    """The free scalars, and which of them are known to be positive."""
    no_scalars = {e.base.label for side in terms for e in side.atoms(sp.Indexed)}
    no_scalars |= {i.label for side in terms for i in side.atoms(sp.Idx)}
    found = {s for side in terms for s in side.atoms(sp.Symbol) if not (s.is_integer and s.is_positive)}
    signs = {True: "positive", False: "nonnegative", None: "real"}
    return {
        s.name: signs[s.is_positive or (False if s.is_nonnegative else None)]
        for s in sorted(found - no_scalars, key=str)
        if not isinstance(s, sp.Idx)
    }


def _free(chapter: Chapter, terms: Iterable[sp.Expr]) -> dict[str, Any]:
    """What is free: the given tensors, the cotangents of the outputs, and whatever else a line mentions."""
    system = chapter.system
    made = {d.tensor.title for d in system.definitions} | {dx.title for _, dx in adjoints(system)}
    seeds = {system.cotangent(y) for y in system.outputs}
    found = {e.base for side in terms for e in side.atoms(sp.Indexed)} | {*system.given} | seeds
    return {
        x.title: {
            "shape": [_dim(dim) for dim in x.shape or ()],
            "depends": {y: jacobian.title for y, jacobian in x.depends.items()},
            **({} if x.below is None else {"below": str(x.below)}),
        }
        for x in sorted(found, key=lambda x: str(x.title))
        if x.title not in made
    }


def _system(system: System, theorems: dict[str, Theorem]) -> dict[str, Any]:
    return {
        "name": system.name,
        "time": None if system.time is None else _bound(system.time),
        "given": [x.title for x in system.given],
        "not_differentiable": [x.title for x in system.fixed],
        "definitions": [_definition(d.tensor, d.entry, d.body) for d in system.definitions],
        "initial": {d.tensor.title: _definition(d.tensor, d.entry, d.body) for d in system.initial},
        "outputs": [_output(system, y) for y in system.outputs],
        "adjoints": [
            {"of": x.title, **_definition(dx, theorems[dx.title].lhs, theorems[dx.title].rhs)}
            for x, dx in adjoints(system)
        ],
    }


def _output(system: System, y: Tensor) -> dict[str, Any]:
    (entry,) = [d.entry for d in system.definitions if d.tensor == y]
    return {"tensor": y.title, "cotangent": system.cotangent(y).title, "indices": _indices(entry)}


def _definition(tensor: Tensor, entry: sp.Indexed, body: sp.Expr) -> dict[str, Any]:
    return {"tensor": tensor.title, "indices": _indices(entry), "body": term(body)}


def _indices(entry: sp.Indexed) -> list[Any]:
    return [_bound(i) for i in entry.indices if isinstance(i, sp.Idx)]


def _before(chapter: Chapter) -> dict[str, Theorem]:
    """What each induction assumes of the step before."""
    laws = [law for law in chapter.laws if isinstance(law, Induction)]
    return {f"{law.name}.before": _assumed_before(law) for law in laws}


def _lines(
    part: str, theorem: Theorem, law: Law | Bound | Induction | None, theorems: dict[str, Theorem]
) -> Iterator[dict[str, Any]]:
    """The line as it is checked; an induction that rests on its hypothesis as its base and its step."""
    rules: dict[str, tuple[sp.Idx, ...]] = dict.fromkeys(_put_in(theorem, theorems, law), ())
    granted = list(getattr(law, "given", ()))
    time = None
    if isinstance(law, Induction) and (law.witness is not None or law.using or rules):
        base, step = theorem.premises
        base_witness = None if law.witness is None else law.base_witness or sp.S.Zero
        yield _line(
            f"{part}.base",
            base,
            base_witness,
            {},
            [],
            dict.fromkeys(_put_in(base, theorems, law), ()),
            theorems,
        )
        granted = [f"{part}.before" if name == "hypothesis" else name for name in granted]
        rules = dict.fromkeys(_put_in(step, theorems, law), ())
        rules |= {f"{part}.before": (law.time,)} if law.witness is None else {}
        time = law.time
        theorems = {**theorems, f"{part}.before": _assumed_before(law)}
    bounds = {canonical(theorems[name].lhs - theorems[name].rhs): name for name in granted}
    uses = [_use(u, theorems[u.of]) for u in (law.using if law else ()) if u.of in theorems]
    yield _line(part, theorem, getattr(law, "witness", None), bounds, uses, rules, theorems, time)


def _put_in(
    theorem: Theorem, theorems: Mapping[str, Theorem], law: Law | Bound | Induction | None
) -> list[str]:
    """What was put in that the checker has to put in, too: a hypothesis or a law. It knows definitions."""
    names = {id(t): name for name, t in theorems.items() if t.status == "assumed" or name.startswith("law.")}
    by = (*(law.by or ()), *getattr(law, "base_by", ())) if law else ()
    found: dict[str, None] = {}
    left = list(theorem.premises)
    while left:
        premise = left.pop(0)
        name = names.get(id(premise))
        if name is not None and name in by:
            found[name] = None
        left += [] if id(premise) in names else premise.premises
    return [name for name in by if name in found]


def _assumed_before(law: Induction) -> Theorem:
    sides = [rename(side, {law.time: law.time - 1}) for side in (law.lhs, law.rhs)]
    return assume(f"{law.name}.before", sides[0], sides[1], "=" if law.witness is None else "≥")


def _line(
    part: str,
    theorem: Theorem,
    witness: sp.Expr | None,
    bounds: dict[sp.Expr, str],
    uses: list[Any],
    rules: Mapping[str, tuple[sp.Idx, ...]],
    theorems: Mapping[str, Theorem],
    time: sp.Idx | None = None,
) -> dict[str, Any]:
    free = free_indices(theorem.lhs - theorem.rhs)
    for hypothesis in (theorems[name] for name in rules):  # which may speak of more than the line does
        free |= free_indices(hypothesis.rhs) - free_indices(hypothesis.lhs)
    return {
        "label": part,
        "rule": theorem.rule,
        "status": theorem.status,
        "hypotheses": sorted(theorem.hypotheses),
        "free": [_bound(i) for i in sorted(free, key=_by_range)],
        **_statement(theorem),
        "witness": ["+"] if witness is None else _witness(witness, bounds),
        "uses": uses,
        "induction": None if time is None else _name(time),
        "rules": [{"of": name, "fixed": [_name(i) for i in fixed]} for name, fixed in rules.items()],
    }


def _statement(theorem: Theorem) -> dict[str, Any]:
    return {"relation": theorem.relation, "lhs": term(theorem.lhs), "rhs": term(theorem.rhs)}


def _use(using: Using, theorem: Theorem) -> dict[str, Any]:
    """What is used, with the value of each of its index letters."""
    at = {_name(i): _index(rename(i, using.at)) for i in free_indices(theorem.lhs - theorem.rhs)}
    return {"of": using.of, "times": term(using.times), "at": at, "over": [_bound(i) for i in using.over]}


def _by_range(i: sp.Idx) -> tuple[bool, str]:
    """Indices before those whose range depends on them."""
    return not isinstance(i.upper, sp.Symbol), str(i)


def _witness(e: sp.Expr, granted: dict[sp.Expr, str]) -> list[Any]:
    """A witness, in which what is known to be not negative stands by name."""
    name = granted.get(canonical(e))
    if name is not None:
        return ["given", name, {}]
    if isinstance(e, (sp.Add, sp.Mul)):
        return [_OPERATIONS[type(e)], *(_witness(a, granted) for a in e.args)]
    if isinstance(e, sp.Sum):
        return ["sum", [_bound(i) for i in bound(e)], _witness(e.function, granted)]
    if isinstance(e, sp.Pow) and not isinstance(e, sp.exp):
        return ["^", _witness(e.base, granted), term(e.exp)]
    return term(e)
