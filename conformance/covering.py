"""The covering set: the cases that no run leaves out, derived from the declaration.

Each varies one thing from a base whose sizes all differ, so that no two edge cases coincide and hide one
another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise, product
from typing import Any

from ..spec import ANY, Operator, Size, declaration
from .case import DRAWN, Case, fitted
from .layouts import LAYOUTS, ONE_BUFFER

_SIZES = (3, 5, 2, 4, 6, 7, 8)
"""Sizes of the base, by order of appearance: all different, the first three no perfect squares."""

_CHAIN = (6, 5, 2, 4)
_SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (5,), (2, 1, 3), (3, 2, 4))
_LISTS: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((3,),),
    ((3,), (3,)),
    ((), (2, 2)),
    ((1,), (4, 2), (3,), ()),
)
LONG = {"T": 40, "P": 24, "depth": 300, "K": 300, "V": 300, "length": 600}
"""What is long of a dim, where that is not `WIDE`: many steps; more to choose from than a byte can say, or a
table of 512 holds."""
WIDE = 37
"""Past the width at which kernels unroll or tile, and no multiple of one."""


def base(operator: Operator) -> Case:
    """Every size different, every attribute at its most usual value."""
    return Case(
        operator=operator.name, sizes=_sizes(operator), attributes=_usual(operator), about="all sizes differ"
    )


@cache
def values(name: str) -> tuple[Case, ...]:
    """Ordinary sizes; attributes, magnitudes, indices and cotangents varied."""
    operator = declaration(name)
    start = base(operator)
    cases = [start, *_attributes(operator, start)]
    if any(a.dtype is None for a in operator.inputs):
        cases += [
            replace(start, scale=0.05, seed=1, about="small values"),
            replace(start, scale=4.0, seed=2, about="large values"),
            replace(start, values="ones", about="all ones"),
            replace(start, values="spread", seed=3, about="eight decades of magnitude"),
        ]
    if operator.differentiable:
        cases += [
            replace(start, cotangent=1e3, seed=4, about="large cotangents"),
            replace(start, cotangent=0.0, seed=5, about="zero cotangents"),
            *(replace(start, values="sparse", seed=i, about="zeros, also in the cotangents") for i in (8, 9)),
        ]
    if not operator.differentiable and any(a.dtype is None for a in operator.inputs):
        cases.append(replace(start, values="sparse", seed=7, about="zeros among the values"))
    if any(a.dtype == "int64" for a in operator.outputs):  # decisions, which small differences have to turn
        for kind in ("falling", "close", "closer", "gap"):
            for seed in (8, 9):
                cases.append(replace(start, values=kind, seed=seed, about=f"{kind} values"))
        long = {name: 8 * size for name, size in start.sizes.items() if isinstance(size, int)}
        for i, kind in product(range(4), ("falling", "normal", "gap")):
            numbers = {a.name: a.examples[i % len(a.examples)] for a in operator.attributes if a.examples}
            attributes = {**start.attributes, **numbers}
            cases.append(
                replace(
                    start, values=kind, attributes=attributes, sizes=long, seed=20 + i, about=f"{kind} values"
                )
            )
    if any(a.kind in ("index", "probability") for a in operator.inputs):
        for discrete in ("same", "distinct", "boundary", "sorted", "consecutive"):
            cases.append(replace(start, discrete=discrete, seed=6, about=f"{discrete} indices"))
    if any(a.kind == "probability" for a in operator.inputs):
        cases.append(replace(start, discrete="ends", seed=6, about="0, 1 and what lies between"))
    return tuple(cases)


@cache
def refused(name: str) -> tuple[Case, ...]:
    """Good calls that a wrong number or shape makes bad: the base, optional arrays, few and many indices."""
    operator = declaration(name)
    start = base(operator)
    cases = [c for c in values(name) if c.seed in (0, 11) and c.scale == 1][:6]
    for a in operator.inputs:
        if a.kind == "index" and a.below is not None:
            cases.append(_sized(start, {a.below.name: 1}, f"{a.below.name} = 1"))
            if all(isinstance(start.sizes[d.name], int) for d in a.shape):
                cases.append(_sized(start, {d.name: WIDE for d in a.shape[-1:]}, f"long {a.name}"))
        if a.kind == "index" and a.shape == (ANY,):
            cases.append(_sized(start, {ANY.name: ()}, f"a single number as {a.name}"))
    return tuple(cases)


@cache
def settings(name: str) -> tuple[Case, ...]:
    """The part of `values` for checks that make many calls of each: all settings but numbers."""
    numbers = [a.name for a in declaration(name).attributes if a.examples]
    usual = base(declaration(name)).attributes
    return tuple(
        case
        for case in values(name)
        if case.values == "normal"
        and case.scale >= 1
        and case.cotangent == 1
        and all(case.attributes[n] == usual[n] for n in numbers)
    )


@cache
def shapes(name: str) -> tuple[Case, ...]:
    """Sizes 0 and 1, equal and long ones, and every layout in memory."""
    operator = declaration(name)
    start = base(operator)
    cases = list(_one_dim(operator, start))
    plain = start.plain
    for a, b in combinations(plain, 2):
        cases.append(_sized(start, {a: start.sizes[b]}, f"{a} = {b}"))
    if len(plain) > 1:
        cases.append(_sized(start, dict.fromkeys(plain, 3), "all sizes equal"))
        cases.append(_sized(start, dict.fromkeys(plain, 1), "all sizes 1"))
    start = replace(start, coarse=True)
    varied = tuple(replace(c, seed=i, coarse=True) for i, c in enumerate(cases, 1))
    layouts = tuple(
        replace(start, layout=layout, about=f"{layout} memory") for layout in LAYOUTS if layout != "plain"
    )
    if len(plain) > 1:  # where one array may be taken for another
        sizes = {**start.sizes, **dict.fromkeys(plain, 3)}
        alike = replace(start, layout=ONE_BUFFER, sizes=sizes, about=f"{ONE_BUFFER}, all sizes equal")
        layouts = (*layouts, fitted(alike))
    return tuple(c for c in (*varied, *(layouts if operator.inputs else ())) if _divides(operator, c))


def exact(name: str) -> Iterator[Case]:
    """Small integers at small sizes, every attribute: where no rounding can happen, equality is due."""
    operator = declaration(name)
    dyadic = {a.name: _dyadic(a.examples) for a in operator.attributes if a.examples}
    start = base(operator)
    start = replace(start, attributes={**start.attributes, **dyadic})
    sizes = start.plain
    for seed, case in enumerate((start, *_attributes(operator, start))):
        yield replace(case, values="integers", seed=seed)
        # Means and scales are exact where what they divide by is a power of two.
        powers: dict[str, Size] = dict(zip(sizes, (2, 4, 2, 4, 2, 4, 2), strict=False))
        powered = replace(case, values="integers", seed=seed, sizes={**case.sizes, **powers})
        if _divides(operator, powered):
            yield powered
        if any(a.below is not None for a in operator.inputs):
            for discrete in ("same", "distinct"):
                yield replace(case, values="integers", seed=seed, discrete=discrete)
        if operator.not_smooth:  # zeros sit on the kink, where no gradient is due to the last bit
            yield replace(case, values="odd", seed=seed)


def _dyadic(examples: tuple[float, ...]) -> float:
    """The first of the examples with few binary digits, such as 0.5 or 3; products with it stay exact."""
    return next((e for e in examples if e and e * 64 == int(e * 64)), examples[0])


def _sizes(operator: Operator) -> dict[str, Size]:
    left = iter(_SIZES)
    sizes: dict[str, Size] = {}
    for name in operator.dims:
        if name in operator.chains:
            sizes[name] = _CHAIN
        elif name == ANY.name:
            many = any(a.many for a in operator.inputs)
            sizes[name] = ((2, 7), (4,), ()) if many else (2, 7)
        else:
            sizes[name] = next(left)
    for attribute in operator.attributes:
        if attribute.divides is not None:
            sizes[attribute.divides.name] = 6  # divided by 1, 2, 3 and 6, and no square
    return sizes


def _usual(operator: Operator) -> dict[str, Any]:
    """The attributes of the base: the default where there is one, else the first of the domain."""
    usual: dict[str, Any] = {}
    for a in operator.attributes:
        if a.size is not None:
            continue
        if not a.required:
            usual[a.name] = a.default
        elif a.divides is not None:
            usual[a.name] = 2
        else:
            usual[a.name] = (a.choices or a.examples)[0]
    return usual


def _attributes(operator: Operator, start: Case) -> Iterator[Case]:
    """Each attribute at each value of its domain, and each two of the optional ones together."""
    optional: list[tuple[str, Any]] = []
    for a in operator.attributes:
        options: list[Any] = [*a.choices, *a.examples]
        if a.divides is not None:
            size = start.sizes[a.divides.name]
            assert isinstance(size, int)
            options = [n for n in range(1, size + 1) if size % n == 0]
        if a.array is not None:
            options = [DRAWN]
        for option in options:
            if option != start.attributes.get(a.name):
                attributes = {**start.attributes, a.name: option}
                yield replace(start, attributes=attributes, seed=11, about=f"{a.name} = {option}")
                if a.array is not None or isinstance(option, bool):
                    optional.append((a.name, option))
    alone = [{name: option} for name, option in optional]
    together = [{**one, **other} for one, other in combinations(alone, 2) if one.keys() != other.keys()]
    for changed in together:
        about = " and ".join(changed)
        yield replace(start, attributes={**start.attributes, **changed}, seed=12, about=about)
    for changed in (*alone, *together):
        # What an optional attribute does depends on which of two sizes is the larger, and on saturated ones.
        sizes = start.plain
        swapped = {a: start.sizes[b] for a, b in pairwise(sizes)} | {sizes[-1]: start.sizes[sizes[0]]}
        case = replace(
            start,
            attributes={**start.attributes, **changed},
            sizes={**start.sizes, **swapped},
            seed=13,
            about=f"{' and '.join(changed)}, other sizes",
        )
        if _divides(operator, case):
            yield case
    for changed in alone:
        for discrete in ("first", "last", "boundary") if "lengths" in changed else ():
            about = f"lengths: {discrete}"
            yield replace(
                start, attributes={**start.attributes, **changed}, discrete=discrete, seed=14, about=about
            )


def _one_dim(operator: Operator, start: Case) -> Iterator[Case]:
    """Each dim at 0 (where it may be), at 1, and long."""
    empty = {d.name for d in operator.may_be_empty}
    for name, size in start.sizes.items():
        if isinstance(size, int):
            for small in (0, 1) if name in empty else (1,):
                yield _sized(start, {name: small}, f"{name} = {small}")
            yield _sized(start, {name: LONG.get(name, WIDE)}, f"long {name}")
        elif name in operator.chains:
            for chain in ((4, 3), (2, 2, 2), (1, 1, 1), (3, 1, 4), (5, 4, 3, 2, 6)):
                yield _sized(start, {name: chain}, f"widths {chain}")
        elif any(a.many for a in operator.inputs):
            for shapes in _LISTS:
                yield _sized(start, {name: shapes}, f"shapes {shapes}")
        else:
            for shape in (*_SHAPES, (WIDE, 3), *(((0,), (2, 0, 3)) if name in empty else ())):
                yield _sized(start, {name: shape}, f"shape {shape}")


def _sized(case: Case, sizes: Mapping[str, Size], about: str) -> Case:
    changed = {**case.sizes, **sizes}
    attributes = dict(case.attributes)
    if "heads" in attributes and changed.get("E") != case.sizes.get("E"):
        attributes["heads"] = 1
    return replace(case, sizes=changed, attributes=attributes, about=about)


def _divides(operator: Operator, case: Case) -> bool:
    for a in operator.attributes:
        if a.divides is not None and case.sizes[a.divides.name] % case.attributes[a.name]:
            return False
    return True
