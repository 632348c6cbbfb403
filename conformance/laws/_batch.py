"""Laws of what is computed row by row: the batch is only there for speed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def rows(batched: int) -> tuple[Law, Law]:
    """The laws where the first `batched` inputs have a row per example and the others are parameters."""

    def alone(calls: Calls, at: At) -> Iterator[Sides]:
        if at.inputs[0].shape[0] < 2:
            return
        name, attributes = at.case.operator, at.attributes
        first, rest = (
            calls.forward(name, *_part(at.inputs, batched, part), **_attributes(attributes, part))
            for part in _PARTS
        )
        yield np.concatenate([first, rest]), calls.forward(name, *at.inputs, **attributes)

    def gradients_alone(calls: Calls, at: At) -> Iterator[Sides]:
        if at.inputs[0].shape[0] < 2:
            return
        (dy,), name, attributes = at.cotangents, at.case.operator, at.attributes
        first, rest = (
            calls.vjp(name, [dy[part]], *_part(at.inputs, batched, part), **_attributes(attributes, part))
            for part in _PARTS
        )
        whole = calls.vjp(name, at.cotangents, *at.inputs, **attributes)
        for a, b, w in zip(first[:batched], rest[:batched], whole[:batched], strict=True):
            yield np.concatenate([a, b]), w
        for a, b, w in zip(*(_flat(g[batched:]) for g in (first, rest, whole)), strict=True):
            yield a + b, w

    return (
        Law("rows", "y[n] depends on row n alone", alone),
        Law(
            "rows_gradient",
            "dx[n] depends on row n alone; dweight = Σ_n of row n's",
            gradients_alone,
            backward=True,
        ),
    )


def _mean(calls: Calls, at: At) -> Iterator[Sides]:
    N = at.inputs[0].shape[0]
    if N < 2:
        return
    name = at.case.operator
    first, rest = (calls.forward(name, *_part(at.inputs, len(at.inputs), part)) for part in _PARTS)
    yield first + (N - 1) * rest, N * calls.forward(name, *at.inputs)


MEAN = Law("mean", "N loss = Σ_n of the loss of row n", _mean)

_PARTS = slice(None, 1), slice(1, None)


def _part(inputs: Sequence[Any], batched: int, part: slice) -> list[Any]:
    return [*(x[part] for x in inputs[:batched]), *inputs[batched:]]


def _attributes(attributes: dict[str, Any], part: slice) -> dict[str, Any]:
    return {
        name: value[part] if isinstance(value, np.ndarray) else value for name, value in attributes.items()
    }


def _flat(gradients: Sequence[Any]) -> list[Any]:
    return [g for entry in gradients for g in (entry if isinstance(entry, list) else [entry])]
