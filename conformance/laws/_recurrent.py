"""Laws of the recurrent operators, whose inputs are x, the state (h0, or h0 and c0) and three weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..program import Calls
from ._law import At, Law, Sides


def _resume(calls: Calls, at: At) -> Iterator[Sides]:
    x, (state, weights) = at.inputs[0], _parts(at.inputs[1:])
    if not _divides(at):
        return
    s = len(x) // 2
    h, last = _run(calls, at, x, state, weights)
    first, reached = _run(calls, at, x[:s], state, weights)
    rest, joined_last = _run(calls, at, x[s:], reached, weights)
    yield np.concatenate([first, rest]), h
    yield from zip(joined_last, last, strict=True)


def _resume_gradient(calls: Calls, at: At) -> Iterator[Sides]:
    x, (state, weights) = at.inputs[0], _parts(at.inputs[1:])
    if not _divides(at):
        return
    s, name, (dh, *dlast) = len(x) // 2, at.case.operator, at.cotangents
    _, reached = _run(calls, at, x[:s], state, weights)
    whole = calls.vjp(name, at.cotangents, *at.inputs, **at.attributes)
    dx_2, *rest = calls.vjp(name, [dh[s:], *dlast], x[s:], *reached, *weights, **at.attributes)
    (dh_reached, *dothers), dweights_2 = _parts(rest)
    # What the second half sends back joins the cotangent of the state that it started from.
    dh_1 = np.concatenate([dh[: s - 1], (dh[s - 1] + dh_reached)[None]])
    dx_1, *first = calls.vjp(name, [dh_1, *dothers], x[:s], *state, *weights, **at.attributes)
    dstate, dweights_1 = _parts(first)
    dweights = [a + b for a, b in zip(dweights_1, dweights_2, strict=True)]
    yield from zip([np.concatenate([dx_1, dx_2]), *dstate, *dweights], whole, strict=True)


def _order(calls: Calls, at: At) -> Iterator[Sides]:
    x, (state, weights) = at.inputs[0], _parts(at.inputs[1:])
    lengths = at.attributes["lengths"]
    reverse = {**at.attributes, "lengths": None if lengths is None else lengths[::-1]}
    h, last = _run(calls, at, x, state, weights)
    permuted, last_permuted = _run(calls, at, x[:, ::-1], [s[::-1] for s in state], weights, **reverse)
    yield permuted[:, ::-1], h
    yield from ((p[::-1], s) for p, s in zip(last_permuted, last, strict=True))


def _padding(calls: Calls, at: At) -> Iterator[Sides]:
    x, (state, weights) = at.inputs[0], _parts(at.inputs[1:])
    if at.attributes["lengths"] is not None:
        h, last = _run(calls, at, x, state, weights)
        changed, changed_last = _run(calls, at, np.where(_valid(at), x, calls.constant(7.0)), state, weights)
        yield from zip([changed, *changed_last], [h, *last], strict=True)


def _padding_gradient(calls: Calls, at: At) -> Iterator[Sides]:
    if at.attributes["lengths"] is not None:
        dx = calls.vjp(at.case.operator, at.cotangents, *at.inputs, **at.attributes)[0]
        yield np.where(_valid(at), np.zeros_like(dx), dx), 0.0


def _alone(calls: Calls, at: At) -> Iterator[Sides]:
    x, (state, weights) = at.inputs[0], _parts(at.inputs[1:])
    if at.attributes["lengths"] is None:
        return
    h, last = _run(calls, at, x, state, weights)
    for n, steps in enumerate(at.attributes["lengths"]):
        own = slice(n, n + 1)
        alone, reached = _run(calls, at, x[:steps, own], [s[own] for s in state], weights, lengths=None)
        yield np.concatenate([alone] + [alone[-1:]] * (len(x) - steps)), h[:, own]
        yield from ((r, s[own]) for r, s in zip(reached, last, strict=True))


RECURRENT = (
    Law("resume", "T₁ steps, then T₂ from the state reached, are T₁ + T₂ steps", _resume),
    Law("resume_gradient", "BPTT over T₁ + T₂ steps is two BPTTs joined", _resume_gradient, backward=True),
    Law("order", "permuting the batch permutes the result", _order),
    Law("padding", "x_t for t > lengths[n] changes nothing", _padding),
    Law("padding_gradient", "dx_t = 0 for t > lengths[n]", _padding_gradient, backward=True),
    Law("alone", "each sequence of the batch runs as it does alone, and keeps its last state", _alone),
)


def _parts(arrays: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """The states, and the three weights, or the gradients of either."""
    return arrays[:-3], arrays[-3:]


def _divides(at: At) -> bool:
    return at.attributes["lengths"] is None and len(at.inputs[0]) > 1


def _valid(at: At) -> np.ndarray:
    """Which steps are no padding: bool[T,N,1]."""
    valid: np.ndarray = np.arange(len(at.inputs[0]))[:, None] < at.attributes["lengths"]
    return valid[:, :, None]


def _run(
    calls: Calls, at: At, x: Any, state: Sequence[Any], weights: Sequence[Any], **changed: Any
) -> tuple[Any, list[Any]]:
    """h, and the state reached: h_T, or h_T and c_T."""
    result = calls.forward(at.case.operator, x, *state, *weights, **{**at.attributes, **changed})
    h, *others = result if isinstance(result, tuple) else (result,)
    return h, [h[-1], *others]
