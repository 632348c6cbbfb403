"""The oracle: the specification's own definitions and gradients, evaluated on any kind of number.

A term becomes an array whose axes are its free indices. Indices run from 1, so an index tensor holds 1 … its
dim. Time is no axis: a tensor in time has one array for each step, and a sum over time is a loop. What the
chapter writes is evaluated as it is written; a gradient that nobody wrote, as the kernel derives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from ...spec.chapters import Chapter
from ...spec.kernel import Definition, System, Tensor, terms, theorem
from ...spec.kernel.system import adjoints
from .axes import laid_out
from .functions import NotLowered
from .values import value, whole


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """A chapter with numbers for its dims and symbols, arrays by name, and what has been evaluated so far.

    `arrays` are the given tensors and the cotangents, in the shapes of the chapter; one in time, a list with
    step 1 first. A number that depends on the layer is a tuple, from layer 0 on.
    """

    chapter: Chapter
    numbers: Mapping[str, Any]
    arrays: Mapping[str, Any]
    activation: str = ""
    known: dict[tuple[str, int | None], Any] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.chapter.system

    @cached_property
    def last(self) -> int:
        """T, the number of steps; 0 without a time."""
        return whole(self, self.system.time.upper, {}) if self.system.time else 0

    @cached_property
    def gradients(self) -> dict[str, Tensor]:
        """By the title of each gradient that the system has, what it is the gradient of."""
        return {dx.title: x for x, dx in adjoints(self.system)}

    @cached_property
    def rules(self) -> dict[str, Definition]:
        """By title, what defines each tensor; one in time, at the steps from 1 on."""
        return {d.tensor.title: d for d in (*self.system.definitions, *self.chapter.gradients)}

    def is_beyond(self, x: Tensor, step: int | None) -> bool:
        """Whether this is a gradient at T + 1, which is 0."""
        return step == self.last + 1 and x.title in self.gradients

    def number(self, name: str) -> Any:
        """The value of a dim or a symbol."""
        if name not in self.numbers:
            raise NotLowered(f"{self.system.name}: no value for {name}")
        return self.numbers[name]

    def entries(self, x: Tensor, step: int | None) -> Any:
        """All entries of `x`, at a step where it has one. Raises NotLowered where nothing defines them."""
        key = x.title, step
        if key not in self.known:
            if x.title in self.arrays and step != 0:
                given = self.arrays[x.title]
                self.known[key] = np.asarray(given if step is None else given[step - 1], object)
            else:
                self.known[key] = _defined(self, _rule(self, x, step), step)
        return self.known[key]


def forward(oracle: Oracle, names: Iterable[str] = ()) -> dict[str, Any]:
    """The outputs, or the tensors of these names; one in time, as the list of its steps."""
    system = oracle.system
    _evaluate(oracle, [d.tensor for d in system.live], range(1, oracle.last + 1))
    named = [d.tensor for d in system.definitions if d.tensor.title in names] or system.outputs
    return {y.title: _all_of(oracle, y) for y in named}


def backward(oracle: Oracle) -> dict[str, Any]:
    """The gradient of each given tensor that has one, by the name of that tensor."""
    forward(oracle)
    sources = list(oracle.gradients.values())
    adjoint = oracle.system.adjoint
    _evaluate(oracle, [adjoint(x) for x in sources], range(oracle.last, 0, -1))
    return {x.title: _all_of(oracle, adjoint(x)) for x in sources if x in oracle.system.given}


def _evaluate(oracle: Oracle, tensors: list[Tensor], steps: range) -> None:
    """In the order of time, so that no step has to ask for all those before it."""
    for step in steps:
        for x in tensors:
            if oracle.system.is_timed(x):
                oracle.entries(x, step)


def _all_of(oracle: Oracle, x: Tensor) -> Any:
    """The array of a tensor, or the list of those of its steps."""
    if not oracle.system.is_timed(x):
        return oracle.entries(x, None)
    return [oracle.entries(x, step) for step in range(1, oracle.last + 1)]


def _defined(oracle: Oracle, definition: Definition, step: int | None) -> Any:
    """The body for all values of the entry's indices, as an array in their order."""
    indices: tuple[Any, ...] = definition.entry.indices if definition.tensor.shape else ()
    steps = {indices[0]: step} if step else {}
    axes = indices if step is None else indices[1:]
    if not all(isinstance(axis, sp.Idx) for axis in axes):
        raise NotLowered(f"{oracle.system.name}: {definition.entry} is not all of its tensor")
    shape = tuple(whole(oracle, axis.upper, steps) for axis in axes)
    return np.broadcast_to(laid_out(value(oracle, definition.body, steps), axes), shape)


def _rule(oracle: Oracle, x: Tensor, step: int | None) -> Definition:
    """What defines `x` at this step: as it is written, or as it is derived."""
    system = oracle.system
    for definition in system.initial if step == 0 else ():
        if definition.tensor == x:
            return definition
    if step != 0 and x.title not in oracle.rules and x.title in oracle.gradients:
        letters = tuple(terms.index(f"i{k}", dim) for k, dim in enumerate(x.shape or ()))
        at = (system.time, *letters[1:]) if system.is_timed(x) else letters or (sp.Integer(0),)
        derived = theorem.differentiate(x.title, system, oracle.gradients[x.title], at)
        oracle.rules[x.title] = Definition(derived.lhs, theorem.normalise(x.title, derived).rhs)
    if step == 0 or x.title not in oracle.rules:
        raise NotLowered(f"{system.name}: nothing defines {x}" + ("" if step is None else f" at step {step}"))
    return oracle.rules[x.title]
