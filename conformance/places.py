"""Where an array stands among the inputs of a call, some of which are lists, and others in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..spec import Operator

Place = tuple[int, int | None]
"""Which input, and which entry of it where that is a list."""


def places(inputs: Sequence[Any]) -> list[tuple[Place, np.ndarray]]:
    """Every array of `inputs` with its place, in order."""
    found: list[tuple[Place, np.ndarray]] = []
    for i, value in enumerate(inputs):
        if isinstance(value, list):
            found += [((i, n), x) for n, x in enumerate(value)]
        else:
            found.append(((i, None), value))
    return found


def replaced(inputs: Sequence[Any], changed: Mapping[Place, np.ndarray]) -> list[Any]:
    """`inputs` with other arrays in these places."""
    return [
        [changed.get((i, n), x) for n, x in enumerate(value)]
        if isinstance(value, list)
        else changed.get((i, None), value)
        for i, value in enumerate(inputs)
    ]


def called(place: Place, operator: Operator) -> str:
    """`weights[1]`, or `key`."""
    position, entry = place
    name = operator.inputs[position].name
    return name if entry is None else f"{name}[{entry}]"
