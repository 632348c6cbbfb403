"""The covering set at the edges of what numbers can say: tails, overflow, cancellation, NaN, infinities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from ..spec import ANY, Operator, Size, declaration
from .case import DRAWN, Case
from .covering import WIDE, base


@cache
def extremes(name: str) -> tuple[Case, ...]:
    """Values at the edges of what numbers can say, for operators that compute on real numbers."""
    operator = declaration(name)
    real = [a for a in operator.inputs if a.dtype is None]
    if not real:
        return ()
    start = base(operator)
    cases = [
        replace(start, values="landmarks", seed=1, about="tails, and where exp overflows"),
        replace(start, values="landmarks", seed=2, about="tails, and where exp overflows"),
        replace(start, values="cancelling", seed=3, about="large terms that cancel"),
        replace(start, values="normal", scale=0.0, about="all zeros"),
        replace(start, values="normal", scale=1e-30, seed=4, about="tiny values"),
        replace(start, values="normal", scale=1e-39, seed=4, about="subnormal values"),
        replace(start, values="nan", seed=5, about="a NaN goes in"),
    ]
    if any(a.kind == "logit" for a in real):
        cases += [
            replace(start, values="offset", seed=6, about="far from zero, close together"),
            replace(start, values="offset", scale=1e4, seed=7, about="far from zero, close together"),
            replace(start, values="offset", scale=-1.0, seed=9, about="far below zero, close together"),
            replace(start, values="normal", scale=1e4, seed=8, about="logits of ±1e4"),
        ]
    else:
        cases.append(replace(start, values="normal", scale=1e3, seed=8, about="huge values"))
        for a in operator.attributes:  # what is hidden stays so, however large it is
            if a.array is not None and a.array.kind == "mask":
                setting = {**start.attributes, a.name: DRAWN}
                cases.append(
                    replace(start, scale=1e3, attributes=setting, seed=16, about=f"huge values, {a.name}")
                )
            if isinstance(a.default, bool):
                setting = {**start.attributes, a.name: True}
                cases.append(
                    replace(start, scale=1e3, attributes=setting, seed=17, about=f"huge values, {a.name}")
                )
    cases += _overflows(operator, start)
    edges = tuple(_edges(operator, start))
    cases += edges
    cases += [replace(widened(operator, c), about=f"{c.about}, long") for c in edges if c.values in _LANES]
    landmarks = widened(operator, cases[0])  # with enough rows for sums of either sign
    attributes = [
        replace(case, attributes={**start.attributes, a.name: choice})
        for a in operator.attributes
        for choice in a.choices
        for case in (cases[0], landmarks)
        if case is landmarks or choice != start.attributes.get(a.name)
    ]
    return (*cases, *attributes)


_LANES = ("far", "tail", "shoulder", "infinite")
"""Edges at which a loop over lanes and what is left for after it may differ."""


def widened(operator: Operator, case: Case) -> Case:
    """The case where its first dim, and the axis of logits, are long."""
    first = "N" if "N" in operator.dims else next(iter(operator.dims))
    logits = [a.shape[-1].name for a in operator.inputs if a.kind == "logit"]
    sizes: dict[str, Size] = {}
    for name in (first, *logits):
        size = case.sizes[name]
        sizes[name] = _long(size)
    return replace(case, sizes={**case.sizes, **sizes})


def _long(size: Any) -> Any:
    """A length, the first of a shape, or that of the first of several shapes, made long."""
    return WIDE if isinstance(size, int) else (_long(size[0]), *size[1:])


def _overflows(operator: Operator, start: Case) -> Iterator[Case]:
    """Numbers in range whose squares, or whose sum, are not: one each for float32 and for float64.

    They say something of operators that the reference computes without ever leaving the range.
    """
    for scale in (1e20, 1e160):
        yield replace(start, scale=scale, seed=18, about="squares overflow")
    if any(a.many and a.shape == (ANY,) for a in operator.inputs):  # what is measured over all entries
        for scale in (-1e20, -1e160):
            yield replace(start, values="ones", scale=scale, about="all below 0, squares overflow")
        for scale in (1e-25, 1e-200):  # and those whose squares underflow
            attributes = {**start.attributes, "max_norm": scale / 10}
            yield replace(start, attributes=attributes, scale=scale, seed=19, about="squares underflow")
        sizes: dict[str, Size] = {ANY.name: ((1,),)}
        for beyond in (5e-7, 1e-10):
            yield replace(
                start, values="ones", scale=1 + beyond, sizes=sizes, about="a norm just beyond max_norm"
            )
        sizes = {ANY.name: ((WIDE, 11), ())}
        for scale in (1e36, 5e305):
            about = "the sum of magnitudes overflows, the norm does not"
            yield replace(start, values="ones", scale=scale, sizes=sizes, about=about)


def _edges(operator: Operator, start: Case) -> Iterator[Case]:
    """Edges that only some operators have."""
    real = [a for a in operator.inputs if a.dtype is None]
    if len({a.shape for a in real if a.kind == "real"}) < sum(a.kind == "real" for a in real):
        yield replace(start, values="far", seed=10, about="two arrays far from zero, close to each other")
    if any(a.kind == "probability" for a in real):
        for kind in ("tail", "shoulder"):
            about = f"in the {kind} that is right"
            yield replace(start, values=kind, discrete="first", seed=11, about=about)
            yield replace(start, values=kind, scale=-1.0, discrete="last", seed=12, about=about)
    if any(a.kind == "mask" for a in operator.inputs):
        yield replace(start, values="nan", discrete="first", seed=13, about="a NaN is hidden by the mask")
    for a in operator.attributes:
        if a.array is not None and a.array.kind == "lengths":
            attributes = {**start.attributes, a.name: DRAWN}
            yield replace(
                start,
                values="padding",
                attributes=attributes,
                discrete="boundary",
                seed=14,
                about="NaN in the padding",
            )
    if any(a.kind == "weight" for a in real):
        faint = replace(start, values="faint", seed=22, about="faint inputs, where activations are linear")
        choices = [(a.name, choice) for a in operator.attributes for choice in a.choices]
        yield from (replace(faint, attributes={**start.attributes, n: choice}) for n, choice in choices)
        if not choices:
            yield faint
    if len(real) == 1 and not real[0].many:
        yield replace(start, values="infinite", seed=15, about="infinite values, where there is a limit")
        if ANY.name in start.sizes:
            alone: dict[str, Size] = {ANY.name: (1,)}
            yield replace(
                start, values="infinite", seed=15, sizes={**start.sizes, **alone}, about="a single infinity"
            )
