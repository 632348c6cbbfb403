"""One case put to one backend in one dtype: what was asked, what is due, what came back.

Everything is computed once and on demand, so that one draw serves every check that can share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ..spec import declaration
from . import oracle
from .backend import Backend
from .case import Arguments, Case, arguments
from .oracle import Expected
from .precision import Precision, precision

T = TypeVar("T")


class Uninformative(Exception):
    """The case says nothing of the backend: a decision within the noise, a number past the dtype's range."""


class Trial:
    """A case on a backend. `recorded` replaces the arrays that the recipe would give."""

    def __init__(
        self, backend: Backend, case: Case, precision: Precision, recorded: Arguments | None = None
    ) -> None:
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
        """What the backend returned for the cotangents: outputs (where the hook gives them), gradients."""
        return self.backend.vjp(self.operator, self.arguments.cotangents, self.inputs, self.attributes)

    @property
    def gradients(self) -> list[np.ndarray]:
        return self.pullback[1]

    @cached_property
    def due_outputs(self) -> tuple[Expected, ...]:
        """What is due. Raises Uninformative."""
        return self._due(
            "forward",
            lambda p: oracle.forward(self.operator, self.inputs, self.attributes, p, self._variants),
        )

    @cached_property
    def due_gradients(self) -> tuple[Expected, ...]:
        """The gradients that are due. Raises Uninformative."""
        given = (self.arguments.cotangents, self.inputs, self.attributes)
        return self._due("vjp", lambda p: oracle.vjp(self.operator, *given, p, self._variants))

    @property
    def _variants(self) -> Mapping[str, Any]:
        return self.backend.conventions

    def _due(self, kind: str, answer: Callable[[Precision], oracle.Answer]) -> tuple[Expected, ...]:
        found = self.shared(kind, answer)
        if not found.fair:
            raise Uninformative
        return tuple(array.expected(self.precision) for array in found.arrays)

    def shared(self, kind: str, compute: Callable[[Precision], T]) -> T:
        """`compute` of the precision whose noise is due: once for all dtypes that see the same numbers.

        The noise of float32 is then also that of float64: a few cases too many are left out, none too few.
        """
        coarse = precision("float32")
        if not self.case.coarse or self.precision.unit > coarse.unit or not self.is_drawn:
            return compute(self.precision)
        key = (kind, self.case.key, repr(sorted(self._variants.items())))
        if key not in _shared:
            if len(_shared) > _KEPT:
                _shared.clear()
            _shared[key] = compute(coarse)
        return _shared[key]  # type: ignore[no-any-return]


_KEPT = 1000
_shared: dict[tuple[str, str, str], Any] = {}
