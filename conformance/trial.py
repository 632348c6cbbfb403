"""One case put to one backend in one dtype: what was asked, what is due, what came back.

Everything is computed once and on demand, so that one draw serves every check that can share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ..spec import declaration
from . import oracle
from .backend import Backend
from .case import Arguments, Case, arguments
from .precision import Precision


class Uninformative(Exception):
    """The case says nothing about the backend: a decision within the noise, or a number past the dtype's range."""


class Trial:
    """A case on a backend. `recorded` replaces the arrays that the recipe would give."""

    def __init__(self, backend: Backend, case: Case, precision: Precision, recorded: Arguments | None = None) -> None:
        self.backend = backend
        self.case = case
        self.precision = precision
        self.operator = declaration(case.operator)
        self._recorded = recorded

    @property
    def is_drawn(self) -> bool:
        """Whether the arrays are those of the recipe, not recorded ones."""
        return self._recorded is None

    @cached_property
    def arguments(self) -> Arguments:
        return self._recorded or arguments(self.case, self.precision)

    @property
    def inputs(self) -> list[Any]:
        return self.arguments.inputs

    @property
    def attributes(self) -> Mapping[str, Any]:
        return self.arguments.attributes

    @cached_property
    def outputs(self) -> list[np.ndarray]:
        """What the backend returned."""
        return self.backend.forward(self.operator, self.inputs, self.attributes)

    @cached_property
    def pullback(self) -> tuple[list[np.ndarray] | None, list[np.ndarray]]:
        """What the backend returned for the cotangents: the outputs of that very run, where the hook gives them; gradients."""
        return self.backend.vjp(self.operator, self.arguments.cotangents, self.inputs, self.attributes)

    @property
    def gradients(self) -> list[np.ndarray]:
        return self.pullback[1]

    @cached_property
    def due_outputs(self) -> tuple[oracle.Expected, ...]:
        """What is due. Raises Uninformative."""
        conventions = self.backend.conventions
        return _fair(oracle.forward(self.operator, self.inputs, self.attributes, self.precision, conventions))

    @cached_property
    def due_gradients(self) -> tuple[oracle.Expected, ...]:
        """The gradients that are due. Raises Uninformative."""
        given = (self.arguments.cotangents, self.inputs, self.attributes)
        return _fair(oracle.vjp(self.operator, *given, self.precision, self.backend.conventions))


def _fair(answer: oracle.Answer) -> tuple[oracle.Expected, ...]:
    if not answer.fair:
        raise Uninformative
    return answer.arrays
