"""Causes told by contrast: the same call with one thing changed is right, in every trial of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, count
from typing import TYPE_CHECKING, Any

import numpy as np

from ...spec import ANY, Size, declaration
from ..arguments import Arguments, arguments
from ..case import Case, fitted
from ..compare import base_name
from ..covering import base
from ..layouts import ONE_BUFFER
from ..recipes import WITH_NAN
from .probes import Probe, probe, settings

if TYPE_CHECKING:
    from . import Suspect

Told = tuple[str, str]
_SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 18, 24, 31, 32, 33, 37, 48, 64, 65)
_BLOCKS = (2, 4, 8, 16, 32)
_LEAST = 5
"""A dim that is wrong from a smaller size on is no matter of a tile or an unrolled loop."""
_SEEDS = (200, 210, 220)


def of(suspect: Suspect) -> Told | None:
    """The first contrast that bears."""
    if suspect.original.layout != "plain":
        return _strides(suspect) or _remembered(suspect)
    return _remembered(suspect) or _sizes(suspect) or _values(suspect)


# ----- memory: what was asked before, and how the numbers lie ----------------------------------------------


def _remembered(suspect: Suspect) -> Told | None:
    """Right at sizes never seen before, wrong for other numbers of those sizes: the first ones are kept."""
    for _ in range(2):
        fresh = _at(suspect, _fresh_sizes(suspect))
        others = settings(fresh)
        if not _right(suspect, fresh):
            return None
        # Alone each of them is right, at sizes of its own.
        if not all(_right(suspect, fitted(replace(o, sizes=_fresh_sizes(suspect)))) for o in others):
            return None
        if not any(_off_after(suspect, other, fresh) for other in others):
            return None
    return "state", "something survives a call: right for the first numbers of a shape, wrong after others"


def _off_after(suspect: Suspect, case: Case, first: Case) -> bool:
    """Whether the call is wrong after another one of the same sizes, or that one is after this."""
    if _off(suspect, case):
        return True
    if suspect.backward:  # what a forward call left behind
        probe(suspect.backend, case, suspect.precision, backward=False)
    return _off(suspect, first)


_ROUNDS = count()


def _fresh_sizes(suspect: Suspect) -> dict[str, Size]:
    """Sizes that no other call has: those of the base and ten more, one of them different each time."""
    start = base(declaration(suspect.failing.operator)).sizes
    divided = [a.divides.name for a in declaration(suspect.failing.operator).attributes if a.divides]
    fresh = {n: size + (12 if n in divided else 10) for n, size in start.items() if isinstance(size, int)}
    free = [n for n in fresh if n not in divided and n != "T"] or list(fresh)
    if free:
        fresh[free[0]] += next(_ROUNDS) % 60
        return {**start, **fresh}
    extra = 10 + next(_ROUNDS) % 60
    return {n: (extra, 3) if n == ANY.name and _is_shape(size) else size for n, size in start.items()}


def _is_shape(size: Size) -> bool:
    return isinstance(size, tuple) and all(isinstance(n, int) for n in size)


def _strides(suspect: Suspect) -> Told | None:
    """Right on the same numbers in contiguous memory."""
    case = suspect.original
    if case.layout == ONE_BUFFER and (told := _views(suspect)):
        return told
    for seed in (case.seed, case.seed + 1, case.seed + 2):
        again = replace(case, seed=seed)
        given = arguments(again, suspect.precision)
        lying, plain = (
            probe(suspect.backend, again, suspect.precision, suspect.backward, arrays)
            for arrays in (given, _contiguous(given))
        )
        if lying is None or plain is None or not lying.off(suspect.quantity) or plain.off(suspect.quantity):
            return None
    return "strides", f"right on the same numbers in contiguous memory: {case.layout} memory is misread"


def _views(suspect: Suspect) -> Told | None:
    """Right where the same arrays lie apart, wrong where they are views of one buffer."""
    apart = replace(suspect.original, layout="plain")
    seeds = [suspect.original.seed + i for i in range(3)]
    if all(_right(suspect, replace(apart, seed=s)) for s in seeds) and all(
        _off(suspect, replace(suspect.original, seed=s)) for s in seeds
    ):
        return "shared_inputs", "where two inputs are views of one array, they are taken for the same thing"
    return None


def _contiguous(given: Arguments) -> Arguments:
    def copied(value: Any) -> Any:
        if isinstance(value, list):
            return [copied(entry) for entry in value]
        return np.array(value, order="C") if isinstance(value, np.ndarray) else value

    attributes = {name: copied(value) for name, value in given.attributes.items()}
    return Arguments(copied(given.inputs), attributes, copied(given.cotangents))


# ----- sizes: of one dim, or two that coincide -------------------------------------------------------------


def _sizes(suspect: Suspect) -> Told | None:
    """Right at ordinary sizes, wrong at some. Of decisions, which more steps turn, it could not be told."""
    if declaration(suspect.failing.operator).outputs[0].dtype == "int64":
        return None
    ordinary = _at(suspect, {})
    usual = all(_right(suspect, replace(ordinary, seed=seed)) for seed in _SEEDS)
    found = next(_told(suspect, ordinary, usual), None)
    if usual and not all(_right(suspect, replace(ordinary, seed=seed)) for seed in _SEEDS):
        return None  # the calls that were made meanwhile have changed the answer
    return found


def _told(suspect: Suspect, ordinary: Case, usual: bool) -> Iterator[Told]:
    operator = declaration(suspect.failing.operator)
    dims = ordinary.plain if usual else []
    sizes = suspect.failing.sizes
    for a, b in combinations(dims, 2):
        if sizes[a] == sizes[b] and all(_off(suspect, _at(suspect, {a: n, b: n})) for n in (3, 4, 6)):
            yield f"equal({a},{b})", f"right where {a} and {b} differ, wrong where they are equal"
    whole = [n for n in ordinary.sizes if n == ANY.name and not any(a.many for a in operator.inputs)]
    for name in (*dims, *whole):
        wrong = {n: _wrong(suspect, name, n) for n in _SIZES}
        if None in wrong.values():
            continue  # by chance of the numbers, or hardly
        said = _pattern(
            [n for n, is_wrong in wrong.items() if is_wrong], name if name in dims else "the length"
        )
        # In the other order too, and whatever the other sizes: it may be a product of two of them.
        kept = {n: size for n, size in ordinary.sizes.items() if isinstance(size, int) and n != name}
        larger: dict[str, Size] = {n: size + 4 for n, size in kept.items()}
        others: tuple[dict[str, Size], ...] = ({}, larger)
        if said and all(wrong == {n: _wrong(suspect, name, n, o) for n in reversed(_SIZES)} for o in others):
            yield f"size({name})", said


def _wrong(suspect: Suspect, name: str, n: int, others: Mapping[str, Size] | None = None) -> bool | None:
    """Whether it is wrong at this size, whatever the numbers; None where that depends on them."""
    size: Size = (n,) if name == ANY.name else n
    case = _at(suspect, {**(others or {}), name: size})
    asked = [suspect.ask(replace(case, seed=seed)) for seed in _SEEDS]
    if all(p is not None and not p.off(suspect.quantity) for p in asked):
        return False
    return True if all(p is not None and p.off(suspect.quantity, clearly=True) for p in asked) else None


def _pattern(wrong: list[int], name: str) -> str:
    """In words, where the sizes that are wrong follow a rule."""
    right = [n for n in _SIZES if n not in wrong]
    if not wrong or not right:
        return ""
    if wrong == [1]:
        return f"right where {name} is at least 2, wrong where it is 1"
    if wrong[0] >= _LEAST and wrong == [n for n in _SIZES if n >= wrong[0]]:
        return f"right while {name} is below {wrong[0]}, wrong from there on"
    for block in _BLOCKS:
        rest = [n for n in _SIZES if n % block]
        if wrong == rest:
            said = f"right where {name} is a multiple of {block}, wrong elsewhere"
            return f"{said}: the remainder is treated otherwise"
        if wrong == [n for n in rest if n > block]:
            said = f"wrong where {name} is above {block} and no multiple of it"
            return f"{said}: the remainder is treated otherwise"
        if wrong == [n for n in _SIZES if n % block == 0]:
            return f"wrong where {name} is a multiple of {block}"
    return ""


# ----- values: too large, too small, or no numbers ---------------------------------------------------------


def _values(suspect: Suspect) -> Told | None:
    """Right for ordinary values, wrong at the edges: NaN, overflow, or digits that cancel."""
    if not all(_right(suspect, replace(_at(suspect, {}), seed=seed)) for seed in _SEEDS):
        return None
    if not _right(suspect, replace(suspect.original, values="normal", scale=1.0)):
        return None  # it is not the values: the sizes are others too
    found = [
        p for p in suspect.probes if p.case.values == suspect.original.values and p.off(suspect.quantity)
    ]
    if suspect.original.values in (*WITH_NAN, "padding"):
        return _nan(suspect, found)
    if not found or (suspect.original.values == "normal" and 1e-2 < suspect.original.scale < 1e2):
        return None
    pairs = [pair for p in found for pair in _pairs(p, suspect.quantity)]
    if all(np.isfinite(e).all() for _, e in pairs) and any(~np.isfinite(a).all() for a, _ in pairs):
        return "not_finite", "NaN or ∞ comes out where a number is due: by an overflow, or 0 / 0, on the way"
    if all(_cancelled(a, e, suspect) for a, e in pairs):
        return (
            "cancellation",
            "few digits are left where terms cancel: right to the size of the terms, not of the result",
        )
    return None


def _nan(suspect: Suspect, found: list[Probe]) -> Told | None:
    pairs = [pair for p in found for pair in _pairs(p, suspect.quantity)]
    if pairs and all(a.shape == e.shape for a, e in pairs):
        lost = any((np.isnan(e) & ~np.isnan(a)).any() for a, e in pairs)
        made = any((~np.isnan(e) & np.isnan(a)).any() for a, e in pairs)
        if lost and not made:
            return (
                "nan_lost",
                "a NaN goes in and a number comes out: it is compared away, skipped or replaced",
            )
        if made and not lost:
            return "nan_spread", "a NaN reaches results that do not depend on it, as 0 · NaN does"
    return None


def _cancelled(actual: np.ndarray, expected: np.ndarray, suspect: Suspect) -> bool:
    """Whether every error is a rounding error of numbers of size 1, or of the largest in the result."""
    if actual.shape != expected.shape or not np.isfinite(actual).all() or not np.isfinite(expected).all():
        return False
    error, rounding = np.abs(actual - expected), suspect.precision.unit
    lost = error > 4096 * rounding * np.abs(expected)  # few digits are left of these
    unit = rounding * max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    return bool(lost.any() and np.all((unit / 256 <= error[lost]) & (error[lost] <= 64 * unit)))


def _pairs(p: Probe, quantity: str) -> list[tuple[np.ndarray, np.ndarray]]:
    triples = zip(p.names, p.actual, p.expected, strict=True)
    return [(a, e) for name, a, e in triples if base_name(name) == quantity]


# ----- the calls -------------------------------------------------------------------------------------------


def _at(suspect: Suspect, sizes: dict[str, Size]) -> Case:
    """Ordinary values with the attributes of the failing case, at these sizes."""
    start = base(declaration(suspect.failing.operator))
    changed = replace(
        start,
        sizes={**start.sizes, **sizes},
        attributes=suspect.original.attributes,
        discrete=suspect.original.discrete,
        seed=_SEEDS[0],
        about="tried for an explanation",
    )
    return fitted(changed)


def _right(suspect: Suspect, case: Case) -> bool:
    found = suspect.ask(case)
    return found is not None and not found.off(suspect.quantity)


def _off(suspect: Suspect, case: Case) -> bool:
    found = suspect.ask(case)
    return found is not None and found.off(suspect.quantity)
