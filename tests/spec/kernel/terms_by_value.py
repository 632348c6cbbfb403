"""Random terms, and their values by plain loops: a second reading that shares nothing with the kernel."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from gradspec.conformance.exact.dual import Dual
from gradspec.conformance.exact.field import Tower, draw
from gradspec.spec.kernel import Σ, Tensor, delta, dims, index, sigma, tensor

N, M = dims("N M")
TENSORS = [
    tensor("A", N, M),
    tensor("B", M, N),
    tensor("C", N, N),
    tensor("v", N),
    tensor("w", M),
]
LOOKUP = tensor("lookup", M, below=N)
FREE = (index("i", N), index("j", M))


class Values:
    """Sizes and random entries for every tensor; `slopes` makes one of them a dual."""

    def __init__(self, seed: int, sizes: Mapping[sp.Symbol, int], depth: int) -> None:
        self.tower = Tower(bits=61, depth=depth, seed=seed)
        self.sizes = dict(sizes)
        self.entries: dict[str, Any] = {
            x.title: draw(self.tower, tuple(sizes[dim] for dim in x.shape)) for x in TENSORS
        }
        self.entries["lookup"] = np.random.default_rng(seed).integers(0, sizes[N], sizes[M])

    def with_slope(self, x: Tensor, at: tuple[int, ...]) -> Values:
        """The same values, with the slope 1 at one entry of `x`."""
        other = object.__new__(Values)
        other.__dict__.update(self.__dict__)
        slopes = np.empty(self.entries[x.title].shape, object)
        for place in np.ndindex(slopes.shape):
            slopes[place] = Dual(self.entries[x.title][place], 1 if place == at else 0)
        other.entries = {**self.entries, x.title: slopes}
        return other

    def value(self, e: sp.Expr, at: Mapping[sp.Idx, int]) -> Any:
        """`e` where its free indices have the values `at`, counted from 0."""
        if e.is_Rational:
            return Fraction(int(e.p), int(e.q))
        if isinstance(e, sp.Symbol):
            return self.sizes[e]
        if e is sp.E:
            return exact(1, self.tower).exp()
        if isinstance(e, sp.Indexed):
            return self.entries[str(e.base.label)][tuple(self.place(i, at) for i in e.indices)]
        if isinstance(e, sp.KroneckerDelta):
            return int(self.place(e.args[0], at) == self.place(e.args[1], at))
        if isinstance(e, sp.Sum):
            over = [limit[0] for limit in e.limits]
            ranges = [range(self.sizes[i.upper]) for i in over]
            choices = itertools.product(*ranges)
            return sum(
                (self.value(e.function, {**at, **dict(zip(over, c, strict=True))}) for c in choices), 0
            )
        if isinstance(e, sp.exp):
            return exact(self.value(e.args[0], at), self.tower).exp()
        parts = [self.value(a, at) for a in e.args]
        if isinstance(e, sp.Add):
            return sum(parts[1:], parts[0])
        if isinstance(e, sp.Mul):
            made = parts[0]
            for part in parts[1:]:
                made = made * part
            return made
        if isinstance(e, sp.Pow):
            return exact(parts[0], self.tower) ** int(e.exp)
        x = exact(parts[0], self.tower)
        return x.tanh() if isinstance(e, sp.tanh) else 1 / (1 + (-x).exp())

    def place(self, i: sp.Expr, at: Mapping[sp.Idx, int]) -> int:
        if isinstance(i, sp.Indexed):
            return int(self.entries["lookup"][self.place(i.indices[0], at)])
        return at[i]


def exact(x: Any, tower: Tower) -> Any:
    """Numbers without a field, such as sizes, as numbers of the field."""
    return x if hasattr(x, "exp") else draw(tower, ())[()] * 0 + x


def random_term(rng: random.Random, depth: int, scope: tuple[sp.Idx, ...] = FREE) -> sp.Expr:
    """A term over the indices in `scope`, with shadowed names, nested sums and quotients."""
    kind = rng.random()
    if depth == 0 or kind < 0.2:
        x = rng.choice(TENSORS)
        return x[tuple(_random_index(rng, dim, scope) for dim in x.shape)]
    if kind < 0.36:
        return random_term(rng, depth - 1, scope) + rng.choice((1, -1, 2)) * random_term(
            rng, depth - 1, scope
        )
    if kind < 0.5:
        return random_term(rng, depth - 1, scope) * random_term(rng, depth - 1, scope)
    if kind < 0.64:
        return _contraction(rng, scope)
    if kind < 0.8:
        # Names are reused on purpose: what a sum binds may shadow a free index, or only look like one.
        over = index(rng.choice(("i", "j", "k")), rng.choice((N, M)))
        return Σ(random_term(rng, depth - 1, (*(i for i in scope if i != over), over)), over)
    if kind < 0.84:
        dim = rng.choice((N, M))
        return delta(_random_index(rng, dim, scope), _random_index(rng, dim, scope)) + 0
    if kind < 0.96:
        return rng.choice((sp.exp, sp.tanh, sigma))(random_term(rng, depth - 1, scope))
    if kind < 0.98:
        return random_term(rng, depth - 1, scope) / _contraction(rng, scope)
    return (2 + random_term(rng, depth - 1, scope)) ** rng.choice((2, -1, -2))


def _contraction(rng: random.Random, scope: tuple[sp.Idx, ...]) -> sp.Expr:
    """Products of entries summed over several indices, some of which play the same role."""
    over = [
        index(name, rng.choice((N, M))) for name in rng.sample(("i", "j", "k", "l"), rng.choice((1, 2, 2, 3)))
    ]
    inner = (*(i for i in scope if i not in over), *over, *over)
    chosen = [rng.choice(TENSORS) for _ in range(rng.choice((1, 2, 3)))]
    return Σ(sp.Mul(*(x[tuple(_random_index(rng, dim, inner) for dim in x.shape)] for x in chosen)), *over)


def _random_index(rng: random.Random, dim: sp.Symbol, scope: tuple[sp.Idx, ...]) -> sp.Expr:
    known = [i for i in scope if i.upper == dim]
    if dim == N and rng.random() < 0.15:
        return LOOKUP[rng.choice([i for i in scope if i.upper == M])]
    return rng.choice(known)
