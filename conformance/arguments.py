"""The arrays of a case. They follow from its recipe and nothing else: the same numbers in every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..spec import Array, Attribute, count_of, declaration, shape_of
from .case import DRAWN, Case
from .layouts import ONE_BUFFER, in_one_buffer, laid_out
from .precision import Precision
from .recipes import VALUES, WITH_NAN


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
    bound = case.bound(array)
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
