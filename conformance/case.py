"""A case: an operator, its sizes and its values, as a recipe small enough to read, store and shrink.

The arrays follow from the recipe and nothing else, so the same case is the same numbers in every run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..spec import Array, Attribute, Operator, Size, count_of, declaration, shape_of
from .layouts import ONE_BUFFER, in_one_buffer, laid_out
from .precision import Precision
from .recipes import VALUES, WITH_NAN

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

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Case:
        """The case that `to_json` wrote (its lists are tuples here). Raises KeyError, TypeError."""
        sizes = {k: _tuples(v) for k, v in data["sizes"].items()}
        return Case(**{**{f.name: data[f.name] for f in fields(Case)}, "sizes": sizes})


@dataclass
class Arguments:
    """The arrays of one call, in the dtype under test and in order; lists where a list is due."""

    inputs: list[Any]
    attributes: dict[str, Any]
    cotangents: list[Any]

    def arrays(self) -> list[tuple[str, np.ndarray]]:
        """Every array that goes in, with a name for a message."""
        named = [*_named("input", self.inputs), *_named("cotangent", self.cotangents)]
        return [*named, *((k, v) for k, v in self.attributes.items() if isinstance(v, np.ndarray))]


def arguments(case: Case, precision: Precision) -> Arguments:
    """The arrays of `case`, every real number rounded to the dtype under test."""
    operator = declaration(case.operator)
    rng = np.random.default_rng([case.seed, len(case.operator), *case.operator.encode()])
    inputs = [_many(array, case, rng, precision, i) for i, array in enumerate(operator.inputs)]
    attributes = {
        a.name: _attribute(a, case, rng, precision)
        for a in operator.attributes
        if a.name in case.attributes or a.size is not None
    }
    if case.values == "padding" and isinstance(attributes.get("lengths"), np.ndarray):
        _padded(inputs[0], attributes["lengths"])
    cotangents = [
        laid_out(_rounded(_cotangent(case, rng, shape, i), case, precision), case.layout, 1)
        for i, array in enumerate(operator.outputs)
        for shape in (shape_of(array, case.sizes),)
    ]
    if case.values in ("integers", "odd"):
        cotangents = [
            _rounded(rng.integers(-2, 3, c.shape).astype(float), case, precision) for c in cotangents
        ]
    if case.layout == ONE_BUFFER:
        inputs, cotangents = in_one_buffer(inputs, cotangents)
    return Arguments(inputs, attributes, cotangents)


def _cotangent(case: Case, rng: np.random.Generator, shape: tuple[int, ...], place: int) -> np.ndarray:
    """Normal, and 0 for what the loss does not depend on, where values say so."""
    drawn = np.asarray(rng.standard_normal(shape) * case.cotangent)
    if case.values == "one_heard" and place != case.target:
        drawn[...] = 0
    if drawn.ndim and case.values in _UNHEARD:
        np.moveaxis(drawn, min(case.seed % 2, drawn.ndim - 1), 0)[_UNHEARD[case.values]] = 0
    return drawn


_UNHEARD = {"sparse": slice(1, None, 2), "last_heard": slice(None, -1), "last_unheard": slice(-1, None)}
"""Examples or steps whose cotangents are 0, by the name of the values; the seed says along which axis."""


def _padded(x: np.ndarray, lengths: np.ndarray) -> None:
    """NaN in every step of x[T, N, …] past the length of its sequence: nobody may look there."""
    x[np.arange(x.shape[0])[:, None] >= lengths] = np.nan


def valid(case: Case, conventions: Mapping[str, Any]) -> bool:
    """Whether the contract admits the case: sizes in their domains, and every query row with a key to see."""
    operator = declaration(case.operator)
    empty = {d.name for d in operator.may_be_empty}
    for name, size in case.sizes.items():
        least = 0 if name in empty else 1
        if _least(size) < least:
            return False
    for attribute in operator.attributes:
        divisor = case.attributes.get(attribute.name)
        if attribute.divides is not None and case.sizes[attribute.divides.name] % divisor:  # type: ignore[operator]
            return False
    bottom_right = conventions.get("scaled_dot_product_attention.causal") == "bottom_right"
    if bottom_right and case.attributes.get("causal"):
        return case.sizes["L"] <= case.sizes["S"]  # type: ignore[operator]
    return True


def fitted(case: Case) -> Case:
    """The case, with 1 for an attribute that no longer divides the size it has to divide."""
    attributes = dict(case.attributes)
    for a in declaration(case.operator).attributes:
        if a.divides is not None and case.sizes[a.divides.name] % attributes[a.name]:
            attributes[a.name] = 1
    return replace(case, attributes=attributes)


def passed(operator: Operator, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that a call names: all but those that have their default."""

    def default(name: str) -> bool:
        declared = operator.attribute(name)
        value = attributes[name]
        return not declared.required and not isinstance(value, np.ndarray) and value == declared.default

    return {name: value for name, value in attributes.items() if not default(name)}


_ONLY_ONE = ("landmarks", "offset", "spread", "cancelling", "zero", *WITH_NAN)
"""Values so special that only one real input takes them."""


def _many(array: Array, case: Case, rng: np.random.Generator, precision: Precision, place: int) -> Any:
    if array.many:
        return [_one(array, case, rng, precision, place, i) for i in range(count_of(array, case.sizes))]
    return _one(array, case, rng, precision, place, 0)


def _one(
    array: Array, case: Case, rng: np.random.Generator, precision: Precision, place: int, index: int
) -> np.ndarray:
    shape = shape_of(array, case.sizes, index)
    if array.kind in ("index", "lengths", "mask"):
        return laid_out(_discrete(array, case, rng, shape), case.layout, place)
    real = [a for a in declaration(case.operator).inputs if a.dtype is None]
    spared = case.values in _ONLY_ONE and (array is not real[case.target % len(real)] or index)
    values = "normal" if spared else case.values
    if array.kind == "probability":
        drawn = rng.integers(0, 2, shape).astype(float) if values == "integers" else rng.uniform(0, 1, shape)
        if case.discrete in ("boundary", "first", "last"):
            drawn = {"boundary": np.round(drawn), "first": 0 * drawn, "last": 0 * drawn + 1}[case.discrete]
        if case.discrete == "ends" and drawn.ndim:
            drawn[0], drawn[-1] = 0, 1
    else:
        if values in WITH_NAN and 0 in shape:
            values = "normal"
        drawn = VALUES[values](rng, shape) * case.scale
        if array.kind == "weight" and values in _AT_SCALE:
            drawn = drawn / np.sqrt(shape[0])
        elif values == "faint":
            drawn = drawn * _FAINT
    return laid_out(_rounded(drawn, case, precision), case.layout, place)


_AT_SCALE = ("normal", "padding", "sparse", "faint", "last_heard", "last_unheard", "one_heard")
"""Values whose weights are of the scale under which activations keep their size."""
_FAINT = 1e-6
"""So small that an activation is linear there, and a formula that cancels has lost half its digits."""


def _discrete(array: Array, case: Case, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    if array.kind == "mask":
        return _mask(case, rng, shape)
    assert array.below is not None
    bound = case.sizes[array.below.name]
    assert isinstance(bound, int)
    low = 1 if array.kind == "lengths" else 0
    high = bound + low  # exclusive
    size = int(np.prod(shape))
    drawn: dict[str, Callable[[], np.ndarray]] = {
        "any": lambda: rng.integers(low, high, size),
        "same": lambda: np.full(size, rng.integers(low, high)),
        "distinct": lambda: low + (rng.permutation(max(bound, size)) % bound)[:size],
        "boundary": lambda: np.resize((high - 1, low), size),
        "sorted": lambda: np.sort(rng.integers(low, high, size)),
        "descending": lambda: np.sort(rng.integers(low, high, size))[::-1],
        "consecutive": lambda: low + np.arange(size) % bound,
        "first": lambda: np.full(size, low),
        "last": lambda: np.full(size, high - 1),
        "ends_alike": lambda: np.resize(rng.integers(low, high, max(1, size - 1)), size),
    }
    return np.asarray(drawn[case.discrete](), np.int64).reshape(shape)


def _mask(case: Case, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    if case.discrete == "same":
        return np.ones(shape, bool)
    share = 0.0 if case.discrete in ("first", "last") else 0.6  # nothing but what every row has to see
    mask = np.asarray(rng.random(shape) < share)  # of no axes it would be a bare number
    if case.operator != "scaled_dot_product_attention":
        return mask
    # Every query row sees a key, also under a causal mask aligned to either corner.
    batch, queries, keys = shape
    for n, q in np.ndindex(batch, queries):
        latest = max(0, min(q, q + keys - queries, keys - 1)) if case.attributes["causal"] else keys - 1
        mask[n, q, latest if case.discrete == "last" else rng.integers(0, latest + 1)] = True
    if case.discrete == "ends_alike":
        mask[:, -1] = mask[:, 0]
    if case.layout == "expanded":
        mask[:1, :1, :1] = True  # the entry that all of them will be
    return mask


def _attribute(attribute: Attribute, case: Case, rng: np.random.Generator, precision: Precision) -> Any:
    if attribute.size is not None:
        return case.sizes[attribute.size.name]
    value = case.attributes[attribute.name]
    if attribute.array is not None and value == DRAWN:
        return laid_out(
            _discrete(attribute.array, case, rng, shape_of(attribute.array, case.sizes)), case.layout, 1
        )
    if isinstance(value, float) and not precision.reaches(value):  # an ε of 1e-8 is nothing at all in float16
        return next((e for e in attribute.examples if precision.reaches(e)), value)
    return value


def _rounded(array: np.ndarray, case: Case, precision: Precision) -> np.ndarray:
    values = np.asarray(array)
    with np.errstate(over="ignore"):  # a number past the range is an infinity, and the case no fair one
        return (values.astype(np.float32) if case.coarse else values).astype(precision.dtype)


def _named(prefix: str, values: list[Any]) -> list[tuple[str, np.ndarray]]:
    flat = []
    for position, value in enumerate(values):
        entries = value if isinstance(value, list) else [value]
        flat += [(f"{prefix} {position}", entry) for entry in entries]
    return flat


def _least(size: Size) -> int:
    if isinstance(size, int):
        return size
    return min((_least(s) for s in size), default=1)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
