"""One case put to one backend in one dtype: what was asked, what is due, what came back.

Everything is computed once and on demand, so that one draw serves every check that can share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ..spec import declaration
from . import oracle
from .arguments import Arguments, arguments
from .backend import Backend
from .case import Case
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

    def on(self, backend: Backend) -> Trial:
        """The same case on another backend, with what is due already known."""
        other = Trial(backend, self.case, self.precision, self._recorded)
        for known in ("due_outputs", "due_gradients"):
            if known in self.__dict__:
                other.__dict__[known] = self.__dict__[known]
        return other

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

    def call(self, backward: bool = False) -> list[np.ndarray]:
        """The outputs or the gradients; also for what a call leaves behind, where nobody looks at them."""
        return self.gradients if backward else self.outputs

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
            "forward", lambda t, p: oracle.forward(t.operator, t.inputs, t.attributes, p, t._variants)
        )

    @cached_property
    def due_gradients(self) -> tuple[Expected, ...]:
        """The gradients that are due. Raises Uninformative."""
        return self._due(
            "vjp",
            lambda t, p: oracle.vjp(
                t.operator, t.arguments.cotangents, t.inputs, t.attributes, p, t._variants
            ),
        )

    @property
    def _variants(self) -> Mapping[str, Any]:
        return self.backend.conventions

    def _due(self, kind: str, answer: Callable[[Trial, Precision], oracle.Answer]) -> tuple[Expected, ...]:
        found = self.shared(kind, answer)
        if not found.fair:
            raise Uninformative
        return tuple(array.expected(self.precision) for array in found.arrays)

    def shared(self, kind: str, compute: Callable[[Trial, Precision], T]) -> T:
        """`compute` of this trial, on arrays that no backend has touched, and of the precision whose noise
        is due: once for all dtypes that see the same numbers.

        The noise of float32 is then also that of float64: a few cases too many are left out, none too few.
        What is due does not depend on the backend, so a later one in the same process is told the same.
        """
        if not self.is_drawn:
            return compute(self, self.precision)
        coarse = precision("float32")
        format_ = coarse if self.case.coarse and self.precision.unit <= coarse.unit else self.precision
        key = (kind, self.case.key, format_.name, repr(sorted(self._variants.items())))
        if key not in _shared:
            while len(_shared) >= _KEPT:
                del _shared[next(iter(_shared))]  # the oldest
            # Whoever looks into the padding finds a NaN there, but for the reference, which does not look.
            case = replace(self.case, values="normal") if self.case.values == "padding" else self.case
            _shared[key] = compute(Trial(self.backend, case, self.precision), format_)
        return _shared[key]  # type: ignore[no-any-return]


_KEPT = 3000
_shared: dict[tuple[str, str, str, str], Any] = {}
