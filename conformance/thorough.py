"""Cases beyond the covering set, for all profiles but the smallest: settings with sizes, every input extreme.

Each is there because a wrong backend got past the covering set without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import count, product
from typing import Any

from ..spec import ANY, Operator, Size, declaration
from .case import DRAWN, Case, fitted
from .covering import LONG, WIDE, base
from .edges import widened
from .recipes import WITH_NAN

_ORDERS = ("first", "last", "sorted", "descending", "consecutive", "ends_alike")
_LARGE = 18
"""Past a tile of 16, with many divisors."""
_CHAINS = ((37, 3), (3, 37, 2), (2, 2, 2, 2, 2, 2, 2))
_SHAPES: tuple[Any, ...] = ((4, 1), (3, 24), (2, 1, 3, 2), (1, 2, 1, 2, 2))
_LISTS: tuple[Any, ...] = (((),), ((2, 2), (2, 2)), ((12, 10), (3, 1, 2, 2)))


@cache
def values(name: str) -> tuple[Case, ...]:
    """Ordinary sizes: every order of indices, lengths and masks; enough entries to judge a probability."""
    operator = declaration(name)
    start = base(operator)
    cases = []
    for attributes, about in _settings(operator):
        arrays = DRAWN in attributes.values() or any(a.kind == "index" for a in operator.inputs)
        for discrete in _ORDERS if arrays else ():
            cases.append(
                replace(
                    start, attributes=attributes, discrete=discrete, seed=21, about=f"{about}, {discrete}"
                )
            )
    if any(a.kind == "mask" for a in operator.inputs):
        for attributes, about in _numbers(operator):
            for discrete in ("same", "first"):
                cases.append(
                    replace(
                        start, attributes=attributes, discrete=discrete, seed=23, about=f"{about}, {discrete}"
                    )
                )
    for name in ("P", "T"):  # many steps, with every number that they may depend on
        if name in start.sizes:
            for attributes, about in _numbers(operator):
                sizes = {**start.sizes, name: LONG[name]}
                cases.append(
                    replace(start, attributes=attributes, sizes=sizes, seed=24, about=f"{about}, long {name}")
                )
    for index in (a for a in operator.inputs if a.kind == "index"):
        room = dict(start.sizes)
        if index.below is not None:
            room[index.below.name] = LONG.get(index.below.name, WIDE)
        for d in (d.name for d in index.shape if isinstance(room[d.name], int)):  # where a slice would do
            sizes = {**room, d: 1}
            cases.append(replace(start, sizes=sizes, discrete="consecutive", about=f"{d} = 1, consecutive"))
    if operator.random:
        for attributes, about in _numbers(operator):
            for shape in ((128, 129), (3, 13), (7, 6, 9), (4, 5, 6, 3)):
                cases.append(
                    replace(start, attributes=attributes, sizes={ANY.name: shape}, seed=22, about=about)
                )
    return tuple(cases)


@cache
def results(name: str) -> tuple[Case, ...]:
    """`values`, and what numbers alone decide: each input at 0 in turn; losses that fall by large steps."""
    operator = declaration(name)
    start = base(operator)
    cases = []
    real = [a for a in operator.inputs if a.dtype is None]
    for target, array in enumerate(real if len(real) > 1 else ()):  # one might think that nothing is there
        cases.append(replace(start, values="zero", target=target, seed=25, about=f"{array.name} is 0"))
    if operator.outputs[0].dtype == "int64" and "P" in start.sizes:  # decisions, turned by large steps alone
        long = replace(start, sizes={**start.sizes, "P": LONG["P"]}, values="falling", seed=27)
        for attributes, about in _numbers(operator):
            case = replace(long, attributes=attributes)
            cases += [replace(case, scale=s, about=f"{about}, falling by {s}") for s in (4.0, 8.0)]
    step = replace(start, sizes={**start.sizes, "P": 1}, seed=26)
    for share in (a.name for a in operator.attributes if a.high == 1 and "P" in start.sizes):
        # 0 might be taken for none given. One step alone: s + (1 − ρ)(g² − s) is right, and cancels later on.
        zero = {**start.attributes, share: 0.0}
        cases.append(replace(step, attributes=zero, about=f"{share} = 0, one step"))
    return (*values(name), *cases)


@cache
def gradients(name: str) -> tuple[Case, ...]:
    """`results`, and losses that depend on part of them: on one of several, the last step or all but that."""
    operator = declaration(name)
    start = base(operator)
    cases = []
    for attributes, about in _settings(operator):
        for kind, along in product(("last_heard", "last_unheard"), (0, 1)):
            case = replace(start, attributes=attributes, values=kind, seed=26 + along)
            cases.append(replace(case, about=f"{about}, {kind} along axis {along}"))
    for target, array in enumerate(operator.outputs if len(operator.outputs) > 1 else ()):
        about = f"only {array.name} is heard"
        cases.append(replace(start, values="one_heard", target=target, seed=28, about=about))
    return (*results(name), *cases)


@cache
def shapes(name: str) -> tuple[Case, ...]:
    """Every setting at large and at small sizes, and in every layout of memory."""
    operator = declaration(name)
    start = base(operator)
    plain = start.plain
    cases = [
        replace(start, sizes={**start.sizes, d: size}, about=f"{d} = {size}")
        for d in plain
        for size in (2, 7, 8, 15, *((200,) if LONG.get(d, 0) > 200 else ()))
        # 7 and 8 have the same half; of 15 a loop over 4, 8 or 16 leaves most; 200 is no signed byte
    ]
    for d in (d for d in ("P", "T") if d in start.sizes):  # counters of steps, too
        small: dict[str, Size] = {n: (2,) if n == ANY.name else 2 for n in start.sizes}
        cases.append(replace(start, sizes={**small, d: 300}, about=f"{d} = 300"))
    cases += _growing(operator)
    for attributes, about in _settings(operator):
        setting = replace(start, attributes=attributes)
        if plain:
            large = {**start.sizes, **dict.fromkeys(plain, _LARGE)}
            cases.append(replace(setting, sizes=large, about=f"{about}, all sizes {_LARGE}"))
        for d in plain:
            for size in (1, WIDE):
                cases.append(replace(setting, sizes={**start.sizes, d: size}, about=f"{about}, {d} = {size}"))
        for chain in _CHAINS if operator.chains else ():
            sizes = {**start.sizes, operator.chains[0]: chain}
            cases.append(replace(setting, sizes=sizes, about=f"{about}, widths {chain}"))
        hidden = "S" in start.sizes and DRAWN in attributes.values()
        for discrete in ("last", "first") if hidden else ():  # tiles that hide all they have, and then some
            about_keys = f"{about}, S = {WIDE}, {discrete} keys alone"
            sizes = {**start.sizes, "S": WIDE}
            cases.append(replace(setting, sizes=sizes, discrete=discrete, about=about_keys))
        for layout in ("strided", "transposed", "rows", "columns", "expanded"):
            cases.append(replace(setting, layout=layout, about=f"{about}, {layout} memory"))
    if ANY.name in start.sizes:
        many = any(a.many for a in operator.inputs)
        for shape in _LISTS if many else _SHAPES:
            cases.append(replace(start, sizes={**start.sizes, ANY.name: shape}, about=f"shape {shape}"))
    fitting = map(fitted, cases)
    return tuple(replace(case, coarse=True, seed=30 + i) for i, case in enumerate(fitting))


def _growing(operator: Operator) -> Iterator[Case]:
    """Each size at 1, then larger, beside sizes that no call had: what is kept of the first is too small."""
    start = base(operator)
    plain = start.plain
    optional = {a.name for a in operator.attributes if a.array is not None or isinstance(a.default, bool)}
    unseen = (n for n in count(9) if n not in (15, _LARGE))
    for attributes, about in _settings(operator):
        if any(attributes[n] != value for n, value in start.attributes.items() if n not in optional):
            continue
        for d in plain:
            others = dict.fromkeys((n for n in plain if n != "T"), next(unseen))
            for size in (1, 6):
                grown = replace(start, attributes=attributes, sizes={**start.sizes, **others, d: size})
                yield replace(grown, about=f"{about}, {d} = {size}, other sizes")


@cache
def extremes(name: str) -> tuple[Case, ...]:
    """Every real input at the edges in turn, under every setting."""
    operator = declaration(name)
    real = [a for a in operator.inputs if a.dtype is None]
    start = base(operator)
    cases = []
    for target, array in enumerate(real):
        for kind in ("landmarks", "cancelling", *WITH_NAN):
            case = replace(start, values=kind, target=target, seed=41, about=f"{kind} in {array.name}")
            cases.append(case)
            if kind in WITH_NAN:  # in a lane, and in what is left for after the lanes
                cases.append(replace(widened(operator, case), about=f"{case.about}, long"))
    for attributes, about in _settings(operator) if real else ():
        setting = replace(start, attributes=attributes)
        for kind in ("landmarks", "nan"):
            cases.append(replace(setting, values=kind, seed=42, about=f"{about}, {kind}"))
        for d in start.plain:
            one = fitted(replace(setting, sizes={**start.sizes, d: 1}, values="nan", seed=46))
            cases.append(replace(one, about=f"{about}, nan, {d} = 1"))
    if real:
        cases.append(replace(start, scale=1e3, seed=43, about="huge values"))
        cases.append(replace(start, cotangent=1e5, seed=44, about="huge cotangents"))
    if ANY.name in start.sizes and not any(a.many for a in operator.inputs):
        room = {**start.sizes, ANY.name: (_LARGE, 2)}
        cases += [
            replace(start, values="landmarks", sizes=room, target=t, seed=45, about="every landmark")
            for t in range(len(real))
        ]
    return tuple(cases)


def _settings(operator: Operator) -> Iterator[tuple[dict[str, Any], str]]:
    """Every choice, optional array and divisor, one at a time; the first is the usual setting."""
    usual = dict(base(operator).attributes)
    yield usual, "as usual"
    for a in operator.attributes:
        divisors = (1, 2, 3, 6) if a.divides is not None else ()
        for option in (*a.choices, *((DRAWN,) if a.array is not None else ()), *divisors):
            if option != usual[a.name]:
                yield {**usual, a.name: option}, f"{a.name} = {option}"


def _numbers(operator: Operator) -> Iterator[tuple[dict[str, Any], str]]:
    usual = dict(base(operator).attributes)
    for a in operator.attributes:
        free = (1.5,) if a.low == 0 and a.high is None and not a.whole else ()  # above 1, and no whole number
        for example in (*a.examples, *free):
            yield {**usual, a.name: example}, f"{a.name} = {example}"
