"""Definitions, and systems of them: what is given, what is defined from it, in which order, over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sympy as sp

from . import terms
from .terms import KernelError, Tensor, uses


@dataclass(frozen=True)
class Definition:
    """`entry`, such as `p[n, k]`, is `body` for all values of its indices."""

    entry: sp.Indexed
    body: sp.Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", sp.sympify(self.body))

    @property
    def tensor(self) -> Tensor:
        base: Tensor = self.entry.base
        return base

    @property
    def indices(self) -> tuple[sp.Idx, ...]:
        return tuple(i for i in self.entry.indices if isinstance(i, sp.Idx))


@dataclass(frozen=True, kw_only=True)
class System:
    """Definitions in order, from the tensors `given` to the `outputs`.

    With a `time` t, a definition of an entry at t may use entries at t − 1; `initial` defines those at 0. The
    gradient of the tensor x is called `dx`, unless `called` says otherwise; the cotangent of an output y is
    the free tensor `dy`. Tensors in `fixed` have no gradient. Raises KernelError, with the label, where an
    entry does not fit its tensor, or the definitions do not follow from each other.
    """

    name: str
    given: tuple[Tensor, ...]
    definitions: tuple[Definition, ...]
    outputs: tuple[Tensor, ...] = ()
    fixed: tuple[Tensor, ...] = ()
    time: sp.Idx | None = None
    initial: tuple[Definition, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for d in (*self.initial, *self.definitions):
            try:
                _check_entries(d)
            except KernelError as error:
                raise KernelError(f"{self.name}.{d.tensor.title}: {error}") from None
        _check_order(self)
        _check_steps(self)
        _check_names(self)

    @cached_property
    def live(self) -> tuple[Definition, ...]:
        """The definitions that an output depends on, through a first state too."""
        found = [d for d in self.definitions if d.tensor in self.outputs]
        for f in found:  # which grows
            readers = [f, *(s for s in self.initial if uses(f.body, s.tensor))]
            read = [d for d in self.definitions if any(uses(r.body, d.tensor) for r in readers)]
            found += [d for d in read if d not in found]
        return tuple(d for d in self.definitions if d in found)

    def is_timed(self, x: Tensor) -> bool:
        return self.time is not None and bool(x.shape) and x.shape[0] == self.time.upper

    def consumers(self, x: Tensor) -> list[Definition]:
        """The definitions that use `x` on the way to an output."""
        return [d for d in (*self.live, *self.initial) if uses(d.body, x)]

    def cotangent(self, y: Tensor) -> Tensor:
        """The free tensor that an output's gradient starts from."""
        return terms.tensor(f"d{y.title}", *(y.shape or ()))

    def adjoint(self, x: Tensor) -> Tensor:
        """The gradient with respect to `x`."""
        own = f"{x.title}_total" if x in self.outputs and self.consumers(x) else f"d{x.title}"
        return terms.tensor(self.called.get(x.title, own), *(x.shape or ()))


def adjoints(system: System) -> list[tuple[Tensor, Tensor]]:
    """Each tensor that has a gradient, with that gradient, in the order in which one needs the other."""
    if not system.outputs:
        return []
    free = [*(d.tensor for d in reversed(system.definitions)), *system.given]
    wanted = [x for x in free if x not in system.fixed and system.consumers(x)]
    return [(x, system.adjoint(x)) for x in wanted]


def _check_entries(d: Definition) -> None:
    terms.well_formed(d.entry, d.indices)
    terms.well_formed(d.body, d.indices)
    if len(set(d.indices)) < len(d.indices):
        raise KernelError(f"{d.entry} repeats an index")


def _check_order(system: System) -> None:
    """Holds each definition to what is given, was defined before it, or belongs to another step."""
    later = [d.tensor for d in system.definitions]
    for d in system.definitions:
        label = f"{system.name}.{d.tensor.title}"
        if d.tensor in system.given:
            raise KernelError(f"{label} is given and defined")
        if later.count(d.tensor) > 1:
            raise KernelError(f"{label} is defined twice")
        for e in d.body.atoms(sp.Indexed):
            if e.base in later and not e.indices[0].is_Add:
                raise KernelError(f"{label} uses {e} before it is defined")
        later.remove(d.tensor)


def _check_steps(system: System) -> None:
    """Holds a step to itself and the one before, as the chain rule requires, and time 0 to other tensors."""
    states = [d.tensor for d in system.initial]
    for d in system.initial:
        label = f"{system.name}.{d.tensor.title}"
        if d.entry.indices[0] != 0 or states.count(d.tensor) > 1 or any(uses(d.body, s) for s in states):
            raise KernelError(f"{label}: the value at 0 is one, and of other tensors")
    before = system.time - 1 if system.time is not None else None
    steps = (d for d in system.definitions if system.is_timed(d.tensor))
    for e in {e for d in steps for e in d.body.atoms(sp.Indexed) if system.is_timed(e.base)}:
        if system.outputs and e.indices[0] not in (system.time, before):
            raise KernelError(f"{system.name}: {e} is neither of step {system.time} nor of the one before")
        if e.indices[0] == before and e.base not in states:
            raise KernelError(f"{system.name}.{e.base.title} is used at t − 1, but has no initial value")


def _check_names(system: System) -> None:
    """Holds tensors, cotangents and gradients to names of their own."""
    if system.outputs:
        tensors = [*system.given, *(d.tensor for d in system.definitions)]
        names = [x.title for x in tensors] + [system.cotangent(y).title for y in system.outputs]
        names += [system.adjoint(x).title for x in tensors if x not in system.outputs or system.consumers(x)]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise KernelError(f"{system.name}: two tensors are called {twice[0]}")
