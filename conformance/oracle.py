"""What a case must give: the reference's answer, and how far off an honest one may be at each number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import reference
from ..spec import Array, Attribute, Operator
from . import detours
from .noise import Noise
from .noisy import Noisy
from .precision import SLACK, Precision

HEADROOM = 16.0
"""How far below the largest number of the dtype every intermediate must stay for a case to be a fair one."""


@dataclass(frozen=True)
class Expected:
    """One array that is due: its name, its value in float64 (or as integers), and the tolerances."""

    name: str
    value: np.ndarray
    tolerance: np.ndarray
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class Computed:
    """One array as the noisy reference gave it: its value, and the spread per rounding error of any size."""

    name: str
    value: np.ndarray
    spread: Any
    fixed_dtype: str | None

    def expected(self, precision: Precision) -> Expected:
        """What that means in one dtype: `SLACK` standard deviations of tolerance; none for integers."""
        dtype = precision.dtype if self.fixed_dtype is None else np.dtype(self.fixed_dtype)
        if dtype.kind in "iub":
            return Expected(self.name, self.value, np.zeros(self.value.shape), dtype)
        return Expected(self.name, self.value, tolerance(self.value, self.spread, precision), dtype)


@dataclass(frozen=True)
class Answer:
    """All arrays that are due; not `fair` after a decision within the noise or an overflow."""

    arrays: tuple[Computed, ...]
    fair: bool


def forward(
    operator: Operator,
    inputs: Sequence[Any],
    attributes: Mapping[str, Any],
    precision: Precision,
    variants: Variants,
) -> Answer:
    """What `operator` must return for these arrays."""
    function = reference.operator(operator.name)
    return _answer(function, (), operator, inputs, attributes, precision, variants, operator.outputs, "")


def vjp(
    operator: Operator,
    cotangents: Sequence[Any],
    inputs: Sequence[Any],
    attributes: Mapping[str, Any],
    precision: Precision,
    variants: Variants,
) -> Answer:
    """The gradients that are due, one for each differentiable input (each entry of a list counts)."""
    function = detours.vjp(operator.name)
    wanted = operator.differentiable_inputs
    return _answer(function, cotangents, operator, inputs, attributes, precision, variants, wanted, "d")


Variants = Mapping[str, Any]
"""The conventions that a backend declares."""


def variants_for(function: Callable[..., Any], operator: Operator, variants: Variants) -> dict[str, Any]:
    """The conventions that bear on this function of the reference, under the names it knows them by.

    A number is named even where it is the default: it may be the only one there is to put noise on.
    """
    known = function.__kwdefaults__ or {}
    bearing = [c for c in operator.conventions if c.keyword in known and (c.key in variants or c.number)]
    return {c.keyword: variants.get(c.key, c.default) for c in bearing}


def lifted(
    noise: Noise, operator: Operator, attributes: Mapping[str, Any], variants: Mapping[str, Any]
) -> dict[str, Any]:
    """Attributes and conventions as the noisy reference takes them: real numbers noisy, the rest as it is."""

    def lift(value: Any, attribute: Attribute | None) -> Any:
        real = isinstance(value, float) or (
            isinstance(value, int) and attribute is not None and attribute.low is not None
        )
        if not real or isinstance(value, bool) or (attribute is not None and attribute.whole):
            return value
        return noise.rounded(float(value))

    own = {name: lift(value, operator.attribute(name)) for name, value in attributes.items()}
    return {**own, **{name: lift(value, None) for name, value in variants.items()}}


def _answer(
    function: Callable[..., Any],
    cotangents: Sequence[Any],
    operator: Operator,
    inputs: Sequence[Any],
    attributes: Mapping[str, Any],
    precision: Precision,
    variants: Variants,
    wanted: Sequence[Array],
    prefix: str,
) -> Answer:
    noise = Noise(precision)
    keywords = lifted(noise, operator, attributes, variants_for(function, operator, variants))
    with noise.watching():
        result = function(
            *(lift(c, noise) for c in cotangents), *(lift(x, noise) for x in inputs), **keywords
        )
    results = result if isinstance(result, tuple) else (result,)
    arrays = tuple(
        _computed(name, value, array)
        for array, given in zip(wanted, results, strict=True)
        for name, value in named(prefix + array.name, given)
    )
    return Answer(arrays, fair(noise))


def fair(noise: Noise) -> bool:
    """Whether what ran on this noise says anything about an implementation."""
    return not noise.undecided and noise.peak * HEADROOM <= noise.precision.largest


def lift(value: Any, noise: Noise) -> Any:
    """An input as the noisy reference takes it: real arrays become noisy, indices and masks stay."""
    if isinstance(value, list):
        return [lift(entry, noise) for entry in value]
    if value.dtype.kind in "iub":
        return value
    # No case asks for an infinity: the dtype could not hold the number.
    noise.undecided |= bool(np.isinf(value).any())
    return noise.exact(value.astype(np.float64))


def named(name: str, value: Any) -> list[tuple[str, Any]]:
    """`[("dweights[0]", …), ("dweights[1]", …)]` of a list, `[(name, value)]` of an array."""
    if isinstance(value, list):
        return [(f"{name}[{i}]", entry) for i, entry in enumerate(value)]
    return [(name, value)]


def _computed(name: str, value: Any, array: Array) -> Computed:
    if isinstance(value, Noisy):
        return Computed(name, value.value, value.spread, array.dtype)
    plain = np.asarray(value) if array.dtype in ("int64", "bool") else np.asarray(value, float)
    return Computed(name, plain, 0.0, array.dtype)


def tolerance(value: np.ndarray, spread: Any, precision: Precision) -> np.ndarray:
    """How far from `value` an honest result may lie, given the spread of one rounding error.

    The quarter of its own size covers the rounding of the result itself; the last term an underflow.
    """
    with np.errstate(invalid="ignore"):
        size = np.where(np.isfinite(value), np.abs(value), 0.0)
    allowed: np.ndarray = SLACK * (precision.unit * (spread + 0.25 * size) + precision.tiny)
    return allowed
