"""A chapter proved line by line: definitions, derivations, gradients, laws, each a theorem of the kernel."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from sympy import Idx, Indexed, Integer, Sum

from ..kernel import Definition, KernelError, NotProved, System, Tensor, Theorem, theorem
from ..kernel.system import adjoints
from ..kernel.terms import index, rename
from ._chapter import Bound, Chapter, Hypothesis, Induction, Law, Names, Using

Kind = Literal["hypothesis", "definition", "derived", "gradient", "law"]


@dataclass(frozen=True)
class Line:
    """One line of a chapter: a theorem, what it is, what it means, and the time that proving it took."""

    theorem: Theorem
    kind: Kind
    about: str = ""
    seconds: float = 0.0

    @property
    def label(self) -> str:
        return self.theorem.label


class Unproved(Exception):
    """A line of a chapter that the kernel does not prove. Begins with the label."""


def proof(chapter: Chapter) -> list[Line]:
    """Every line of the chapter, in reading order. Raises Unproved with the label of one that is not."""
    lines: list[Line] = []
    known: dict[str, Theorem] = {}

    def add(kind: Kind, label: str, make: Callable[[], Theorem]) -> None:
        began = time.perf_counter()
        try:
            made = make()
        except (NotProved, KernelError) as error:
            said = str(error)
            raise Unproved(said if said.startswith(label) else f"{label}: {said}") from None
        part = label.removeprefix(f"{chapter.name}.")
        known[part] = made
        lines.append(Line(made, kind, chapter.notes.get(part, ""), time.perf_counter() - began))

    for said in chapter.hypotheses:
        label = f"{chapter.name}.{said.name}"
        add("hypothesis", label, partial(_assumed, label, said))
        lines[-1] = replace(lines[-1], about=said.about)
    system = chapter.system
    for definition in (*system.initial, *system.definitions):
        suffix = ".0" if definition in system.initial else ""
        label = f"{chapter.name}.{definition.tensor.title}{suffix}"
        add("definition", label, partial(theorem.define, label, definition))
    for label, kind, make in _derivation(chapter, known):
        add(kind, label, make)
    for law in chapter.laws:
        label = f"{chapter.name}.{law.name}"
        add("law", label, partial(restated, chapter, known, label, law))
        lines[-1] = replace(lines[-1], about=law.about)
    return lines


def _derivation(
    chapter: Chapter, known: dict[str, Theorem]
) -> Iterable[tuple[str, Kind, Callable[[], Theorem]]]:
    """The lines of each gradient: .1 by the chain rule, .2 its normal form, and as a person writes it."""
    written = {d.tensor.title: d for d in chapter.gradients}
    for x, dx in adjoints(chapter.system):
        display = written.pop(dx.title, None)
        label = f"{chapter.name}.{dx.title}"
        at = display.entry.indices if display else _letters(chapter.system, x)
        yield f"{label}.1", "derived", partial(theorem.differentiate, f"{label}.1", chapter.system, x, at)
        first = known[f"{dx.title}.1"]
        if display is None:
            yield label, "derived", partial(theorem.normalise, label, first)
            continue
        yield f"{label}.2", "derived", partial(theorem.normalise, f"{label}.2", first)
        yield label, "gradient", partial(rewritten, chapter, known, label, display)
    if written:
        raise Unproved(f"{chapter.name}.{next(iter(written))}: the system has no such gradient")


def rewritten(chapter: Chapter, known: dict[str, Theorem], label: str, gradient: Definition) -> Theorem:
    """The gradient as a person writes it, equal to the derived one, which is `known`. Raises NotProved."""
    put_in = [known[name] for name in chapter.by.get(gradient.tensor.title, ())]
    derived = [theorem.Use(known[f"{gradient.tensor.title}.2"])]
    return theorem.equate(label, gradient.entry, gradient.body, put_in, derived)


def _letters(system: System, x: Tensor) -> tuple[Idx, ...]:
    """Indices for a gradient that nobody wrote: those of the definition, or the dims in lower case."""
    for d in system.definitions:
        if d.tensor == x:
            return tuple(d.entry.indices)
    if not x.shape:
        return (Integer(0),)
    made: list[Idx] = []
    for dim in x.shape:
        name = str(dim).lower()
        taken = sum(str(i).rstrip("′") == name for i in made)
        made.append(
            system.time if system.time and dim == system.time.upper else index(name + "′" * taken, dim)
        )
    return tuple(made)


def _assumed(label: str, said: Hypothesis) -> Theorem:
    return theorem.assume(label, said.lhs, said.rhs, said.relation)  # type: ignore[arg-type]


def restated(
    chapter: Chapter, known: dict[str, Theorem], label: str, law: Law | Bound | Induction
) -> Theorem:
    """The law as a theorem, from the lines `known` by their names. Raises NotProved, KernelError."""
    if isinstance(law, Induction):
        return _induced(chapter, known, label, law)
    put_in = _put_in(chapter, known, law.by)
    if isinstance(law, Bound):
        uses = _uses(known, law.using)
        given = [known[name] for name in law.given]
        return theorem.bounded(label, law.lhs, law.rhs, law.witness, put_in, uses, given)
    if law.exponentially:
        return theorem.by_exponential(label, law.lhs, law.rhs, put_in)
    return theorem.equate(label, law.lhs, law.rhs, put_in, _uses(known, law.using))


def _put_in(chapter: Chapter, known: dict[str, Theorem], by: Names | None) -> list[Theorem]:
    if by is not None:
        return [known[name] for name in by]
    if chapter.system.time is not None:
        return []  # which step to put in is for the law to say
    gradients = [dx.title for _, dx in reversed(adjoints(chapter.system))]
    definitions = [d.tensor.title for d in reversed(chapter.system.definitions)]
    return [known[name] for name in (*gradients, *definitions)]


def _uses(known: dict[str, Theorem], using: Iterable[Using]) -> list[theorem.Use]:
    return [theorem.Use(known[u.of], u.times, u.at, u.over) for u in using]


def _induced(chapter: Chapter, known: dict[str, Theorem], label: str, law: Induction) -> Theorem:
    """By induction over t: the base, the hypothesis at t − 1, the step, and what follows for every t."""
    at_0 = [theorem.without_empty_sums(rename(side, {law.time: Integer(0)})) for side in (law.lhs, law.rhs)]
    before = [rename(side, {law.time: law.time - 1}) for side in (law.lhs, law.rhs)]
    relation: theorem.Relation = "=" if law.witness is None else "≥"
    given = theorem.assume(f"{label}.hypothesis", before[0], before[1], relation, fixed=(law.time,))
    initial = [known[f"{d.tensor.title}.0"] for d in chapter.system.initial]
    base_by = [*(known[name] for name in law.base_by), *initial]
    step_by = [known[name] for name in law.by]
    uses = _uses({**known, "hypothesis": given}, law.using)
    if law.witness is None:
        if isinstance(before[0], Indexed):
            step_by.append(given)
        # Sums come first: what is put in gives them other index names.
        sums = [s for side in (law.lhs, law.rhs) for s in _sums_to(side, law.time)]
        step_by = [*(theorem.split(f"{label}.split", s) for s in sums), *step_by]
        base = theorem.equate(f"{label}.base", at_0[0], at_0[1], base_by)
        step = theorem.equate(f"{label}.step", law.lhs, law.rhs, step_by, uses)
    else:
        bounds = [{**known, "hypothesis": given}[name] for name in law.given]
        base = theorem.bounded(f"{label}.base", at_0[0], at_0[1], law.base_witness or Integer(0), base_by)
        step = theorem.bounded(f"{label}.step", law.lhs, law.rhs, law.witness, step_by, uses, bounds)
    return theorem.induct(label, law.time, base, step, given)


def _sums_to(e: object, time: Idx) -> list[Sum]:
    """The sums over 1 … t in `e`."""
    return [s for s in getattr(e, "atoms", lambda _: ())(Sum) if s.limits[0][2] == time]
