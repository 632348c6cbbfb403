"""A case: an operator, its sizes and its values, as a recipe small enough to read, store and shrink."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..spec import Array, Operator, Size, declaration

DRAWN = "drawn"
"""Stands for an attribute that is an array (`mask`, `lengths`): present, with values drawn."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A recipe for one call. `about` says in words what it is there for."""

    operator: str
    sizes: Mapping[str, Size]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    values: str = "normal"
    scale: float = 1.0
    target: int = 0
    """Which of the real inputs takes the values where they are extreme; the others stay normal."""
    discrete: str = "any"
    cotangent: float = 1.0
    """The scale of the cotangents; 0 makes them all zero."""
    layout: str = "plain"
    coarse: bool = False
    """Whether values are rounded to float32 even where the dtype is wider, so that one oracle serves both."""
    seed: int = 0
    about: str = "drawn"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @cached_property
    def key(self) -> str:
        """The recipe as one line: what two equal cases have in common."""
        return json.dumps(self.to_json(), sort_keys=True)

    @property
    def plain(self) -> list[str]:
        """The dims that stand for one length, not for widths or whole shapes."""
        return [name for name, size in self.sizes.items() if isinstance(size, int)]

    def length(self, name: str) -> int:
        """The size of one of these."""
        size = self.sizes[name]
        assert isinstance(size, int)
        return size

    def bound(self, array: Array) -> int:
        """What the entries of an array of indices or lengths stay below, or reach at most."""
        assert array.below is not None
        return self.length(array.below.name)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Case:
        """The case that `to_json` wrote (its lists are tuples here). Raises KeyError, TypeError."""
        sizes = {k: _tuples(v) for k, v in data["sizes"].items()}
        return Case(**{**{f.name: data[f.name] for f in fields(Case)}, "sizes": sizes})


def valid(case: Case, conventions: Mapping[str, Any]) -> bool:
    """Whether the contract admits the case: sizes in their domains, and every query row with a key to see."""
    operator = declaration(case.operator)
    empty = {d.name for d in operator.may_be_empty}
    for name, size in case.sizes.items():
        least = 0 if name in empty else 1
        if _least(size) < least:
            return False
    for a in operator.attributes:
        if a.divides is not None and case.length(a.divides.name) % case.attributes[a.name]:
            return False
    bottom_right = conventions.get("scaled_dot_product_attention.causal") == "bottom_right"
    if bottom_right and case.attributes.get("causal"):
        return case.length("L") <= case.length("S")
    return True


def fitted(case: Case) -> Case:
    """The case, with 1 for an attribute that no longer divides the size it has to divide."""
    attributes = dict(case.attributes)
    for a in declaration(case.operator).attributes:
        if a.divides is not None and case.length(a.divides.name) % attributes[a.name]:
            attributes[a.name] = 1
    return replace(case, attributes=attributes)


def passed(operator: Operator, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that a call names: all but those that have their default."""

    def default(name: str) -> bool:
        declared = operator.attribute(name)
        value = attributes[name]
        return not declared.required and not isinstance(value, np.ndarray) and value == declared.default

    return {name: value for name, value in attributes.items() if not default(name)}


def _least(size: Size) -> int:
    if isinstance(size, int):
        return size
    return min((_least(s) for s in size), default=1)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
