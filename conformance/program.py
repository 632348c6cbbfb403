"""Programs over operators: laws and training runs, written once, run on a backend and on the noisy reference.

A program takes `Calls` and arrays and never asks which of the two it got: on the backend the arrays are
NumPy's, in the dtype under test; on the reference they are noisy, and the spread of what the program returns
is its tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from .. import reference
from ..spec import declaration
from . import detours
from .backend import Backend
from .errors import BackendError, in_words
from .noise import Noise
from .oracle import lift, lifted, variants_for
from .precision import Precision

T = TypeVar("T")


class Calls(Protocol):
    """How a program calls operators and makes constants."""

    def forward(self, operator: str, *inputs: Any, **attributes: Any) -> Any:
        """The output; a tuple of them where the operator has several; a list where it returns one."""

    def vjp(
        self, operator: str, cotangents: Sequence[Any], *inputs: Any, **attributes: Any
    ) -> tuple[Any, ...]:
        """One gradient for each differentiable input, nested as the input is."""

    def constant(self, value: Any) -> Any:
        """An array of the kind the program works on."""


class OnBackend:
    """Calls of a backend."""

    def __init__(self, backend: Backend, precision: Precision) -> None:
        self.backend = backend
        self.precision = precision

    def forward(self, operator: str, *inputs: Any, **attributes: Any) -> Any:
        declared = declaration(operator)
        outputs = self.backend.forward(declared, self._cast(inputs), attributes)
        if declared.outputs[0].many:
            return outputs
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def vjp(
        self, operator: str, cotangents: Sequence[Any], *inputs: Any, **attributes: Any
    ) -> tuple[Any, ...]:
        declared = declaration(operator)
        given = (self._cast(cotangents), self._cast(inputs), attributes)
        left = iter(self.backend.vjp(declared, *given)[1])
        varied = [x for array, x in zip(declared.inputs, inputs, strict=True) if array.differentiable]
        return tuple([next(left) for _ in x] if isinstance(x, list) else next(left) for x in varied)

    def constant(self, value: Any) -> Any:
        array = np.asarray(value)
        return array if array.dtype.kind in "iub" else array.astype(self.precision.dtype)

    def _cast(self, values: Sequence[Any]) -> list[Any]:
        """What the program made of results may have been promoted: NumPy multiplies bfloat16 to float32."""
        return [self._cast(v) if isinstance(v, (list, tuple)) else self.constant(v) for v in values]


def on_backend(name: str, program: Callable[[Calls], T], backend: Backend, precision: Precision) -> T:
    """What the program called `name` returns on the backend. Raises Unsupported, BackendError."""
    try:
        return program(OnBackend(backend, precision))
    except (
        ValueError,
        IndexError,
        TypeError,
    ) as error:  # it has run on the reference: these are other shapes
        raise BackendError(f"{name}: results do not fit one another: {in_words(error)}") from error


class OnReference:
    """Calls of the reference on noisy numbers."""

    def __init__(self, precision: Precision, variants: Mapping[str, Any]) -> None:
        self.noise = Noise(precision)
        self.variants = variants

    def forward(self, operator: str, *inputs: Any, **attributes: Any) -> Any:
        return self._call(reference.operator(operator), operator, inputs, attributes)

    def vjp(
        self, operator: str, cotangents: Sequence[Any], *inputs: Any, **attributes: Any
    ) -> tuple[Any, ...]:
        gradients = self._call(detours.vjp(operator), operator, (*cotangents, *inputs), attributes)
        assert isinstance(gradients, tuple)
        return gradients

    def constant(self, value: Any) -> Any:
        array = np.asarray(value)
        return lift(array if array.dtype.kind in "iub" else self.noise.precision.round(array), self.noise)

    def _call(
        self, function: Any, operator: str, arrays: Sequence[Any], attributes: Mapping[str, Any]
    ) -> Any:
        declared = declaration(operator)
        keywords = lifted(self.noise, declared, attributes, variants_for(function, declared, self.variants))
        return function(*arrays, **keywords)
