"""What an explanation is: a way in which an implementation can be wrong, exact enough to predict its
numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ... import reference
from ...spec import Operator, Size
from ..oracle import named, variants_for

Answer = list[np.ndarray]
"""The results of a call in order, lists flattened: outputs, or one gradient for each differentiable input."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a backend was asked, in float64. Without `cotangents` it is a forward call, else a vjp."""

    operator: Operator
    inputs: tuple[Any, ...]
    attributes: Mapping[str, Any]
    cotangents: tuple[np.ndarray, ...] | None
    sizes: Mapping[str, Size]
    variants: Mapping[str, Any]
    """The conventions in force."""
    dtype: np.dtype[Any]
    """The format that the backend computes in."""

    @property
    def backward(self) -> bool:
        return self.cotangents is not None

    def given(self, name: str) -> Any:
        """The input of this name."""
        return self.inputs[self.position(name)]

    def position(self, name: str) -> int:
        return next(i for i, a in enumerate(self.operator.inputs) if a.name == name)

    def with_input(self, name: str, value: Any) -> Question:
        at = self.position(name)
        return replace(self, inputs=(*self.inputs[:at], value, *self.inputs[at + 1 :]))

    def with_attribute(self, name: str, value: Any) -> Question:
        return replace(self, attributes={**self.attributes, name: value})

    def with_cotangent(self, at: int, value: np.ndarray) -> Question:
        assert self.cotangents is not None
        return replace(self, cotangents=(*self.cotangents[:at], value, *self.cotangents[at + 1 :]))


def specified(question: Question) -> Answer:
    """What the reference gives. Raises whatever it raises."""
    name = question.operator.name
    return answered(question, reference.vjp(name) if question.backward else reference.operator(name))


def answered(question: Question, function: Callable[..., Any]) -> Answer:
    """What a function with the reference's signature gives. Raises whatever it raises."""
    operator = question.operator
    keywords = {**question.attributes, **variants_for(function, operator, question.variants)}
    with np.errstate(all="ignore"):
        result = function(*(question.cotangents or ()), *question.inputs, **keywords)
    results = result if isinstance(result, tuple) else (result,)
    return [np.asarray(entry) for value in results for _, entry in named("", value)]


def names(question: Question) -> list[str]:
    """The names of the results: `h`, `c_last`; `dx`, `dweights[0]`, …"""
    operator = question.operator
    if not question.backward:
        first = operator.outputs[0]
        if first.many:
            return [f"{first.name}[{i}]" for i in range(len(question.inputs[0]))]
        return [a.name for a in operator.outputs]
    pairs = zip(operator.inputs, question.inputs, strict=True)
    varied = [(f"d{a.name}", x) for a, x in pairs if a in operator.differentiable_inputs]
    return [entry for name, x in varied for entry, _ in named(name, x)]


@dataclass(frozen=True)
class Explanation:
    """A hypothesis: `answer` is what a backend gives to a question if it is true of it.

    None where it says nothing of that question. `cause` is its stable id, `sentence` what a person is told.
    """

    cause: str
    sentence: str
    answer: Callable[[Question], Answer | None]
    quantity: str = ""
    """The one result it speaks of, without the index of a list; empty where it predicts all of them."""


Catalogue = Callable[[Operator], Sequence[Explanation]]
