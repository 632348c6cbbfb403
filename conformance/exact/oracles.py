"""A chapter at a point of its operator: the arrays in the chapter's shapes, the results in the operator's.

An array is read in the order of its rows, so that x[2, 3] is the chapter's x[6], and weight_x[D, 4H] its
weight_x[D, 4, H].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...spec import Array, count_of, declaration, shape_of
from ...spec.chapters import Chapter
from ...spec.kernel import Tensor
from .lower import Oracle, backward, forward
from .points import Point
from .setting import Setting
from .values import whole

Results = dict[str, Any]
"""By the last part of its label, each output and each gradient: an array, or a list of them."""


def visible(sizes: Mapping[str, Any], attributes: Mapping[str, Any]) -> Any:
    """Which keys each query sees, 0 or 1: those that are not later, and not masked."""
    N, L, S = (sizes[dim] for dim in "NLS")
    seen = np.ones((N, L, S), int) * (np.arange(S) <= np.arange(L)[:, None]) ** bool(attributes["causal"])
    return seen if attributes.get("mask") is None else seen * attributes["mask"]


def valid(sizes: Mapping[str, Any], attributes: Mapping[str, Any]) -> Any:
    """Which steps belong to each sequence, 0 or 1: those before its end."""
    T, N = sizes["T"], sizes["N"]
    lengths = np.full(N, T) if attributes["lengths"] is None else attributes["lengths"]
    return np.where(np.arange(T)[:, None] < lengths, 1, 0)


GIVEN: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Any]] = {"visible": visible, "valid": valid}
"""What a chapter is given where its operator has attributes."""


def oracle_at(point: Point, setting: Setting, chapter: Chapter) -> Oracle:
    """The chapter with the point's numbers. What the operator is not given, such as a shift, is drawn."""
    declared = declaration(point.operator)
    defaults = {a.name: a.default for a in declared.attributes if not a.required}
    attributes = {**defaults, **point.attributes}
    symbols = {name.removesuffix("_convention"): number for name, number in attributes.items()}
    named = dict(zip((x.name for x in declared.inputs), point.inputs, strict=True))
    named |= {f"d{y.name}": dy for y, dy in zip(declared.outputs, point.cotangents, strict=False)}
    arrays: dict[str, Any] = {}
    oracle = Oracle(
        chapter=chapter,
        numbers={**setting.sizes, **{str(dim): size for dim, size in chapter.sizes.items()}, **symbols},
        arrays=arrays,
        activation=attributes.get("activation", ""),
    )
    system = chapter.system
    for x in (*system.given, *(system.cotangent(y) for y in system.outputs if point.cotangents)):
        if x.title in GIVEN:
            named[x.title] = GIVEN[x.title](setting.sizes, attributes)
        steps = range(1, oracle.last + 1) if system.is_timed(x) else [None]
        shapes = [_shape(oracle, x, step) for step in steps]
        parts = _parts(named[x.title], x, shapes) if x.title in named else [point.number(s) for s in shapes]
        arrays[x.title] = parts if system.is_timed(x) else parts[0]
    return oracle


def results(oracle: Oracle, operator: str, sizes: Mapping[str, Any]) -> Results:
    """Every output and gradient of the operator."""
    declared = declaration(operator)
    outputs = forward(oracle, [y.name for y in declared.outputs])
    found = {y.name: _declared(outputs[y.name], y, sizes) for y in declared.outputs}
    if declared.differentiable_inputs:
        gradients = backward(oracle)
        found |= {
            f"d{x.name}": _declared(gradients[x.name], x, sizes) for x in declared.differentiable_inputs
        }
    return found


def _shape(oracle: Oracle, x: Tensor, step: int | None) -> tuple[int, ...]:
    dims = x.shape or ()
    if step is None:
        return tuple(whole(oracle, dim, {}) for dim in dims)
    return tuple(whole(oracle, dim, {oracle.system.time: step}) for dim in dims[1:])


def _parts(array: Any, x: Tensor, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """An operator's array in the chapter's shape, or in the shapes of its steps; indices from 1 on.

    Where the operator has no more than the last step, all others are 0.
    """
    if isinstance(array, list) and len(shapes) == 1:
        array = [np.concatenate([part.reshape(-1) for part in array])]
    elif not isinstance(array, list):
        if array.dtype.kind in "bi":
            array = array.astype(int) + (x.below is not None)
        if len(shapes) == 1:
            array = [array]
        elif array.size != sum(map(math.prod, shapes)):
            array = [*(np.zeros(shape, int) for shape in shapes[:-1]), array]
    return [np.reshape(part, shape) for part, shape in zip(array, shapes, strict=True)]


def _declared(found: Any, of: Array, sizes: Mapping[str, Any]) -> Any:
    """A chapter's array, or those of its steps, in the operator's shape."""
    if of.many:
        shapes = [shape_of(of, sizes, k) for k in range(count_of(of, sizes))]
        if not isinstance(found, list):
            found = np.split(found, np.cumsum([math.prod(shape) for shape in shapes])[:-1])
        return [part.reshape(shape) for part, shape in zip(found, shapes, strict=True)]
    shape = shape_of(of, sizes)
    if isinstance(found, list):
        steps = found if sum(step.size for step in found) == math.prod(shape) else found[-1:]
        found = np.concatenate([step.reshape(-1) for step in steps])
    if found.size > math.prod(shape):  # an odd width lacks the last column
        found = found.reshape(shape[0], -1)[:, : shape[1]]
    return found.reshape(shape)
