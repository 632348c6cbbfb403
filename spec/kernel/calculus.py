"""Differentiation, for all sizes: eight rules for a term, and the chain rule for a system of definitions.

    ∂x[i]/∂x[j]    = [i=j], a product over the axes; 0 for another tensor
    ∂c             = 0 for numbers, symbols, dims, indices and deltas
    ∂(a + b)       = ∂a + ∂b
    ∂(a b)         = ∂a b + a ∂b
    ∂b^q           = q b^(q−1) ∂b, where q does not depend on x
    ∂f(a)          = f′(a) ∂a, for the functions in `SLOPES`
    ∂Σ_i a         = Σ_i ∂a, with an index i that occurs nowhere else
    ∂u[i]/∂x[j]    = J[i, j] with the tensor J named for it, where u is an unknown that depends on x; in time
                     ∂u[t, i]/∂x[s, j] = [t=s] J[t, i, j], where J has one axis for both steps

A term without a rule raises; it is never 0 (a `KernelError`).
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from . import terms
from .system import Definition, System
from .terms import Index, KernelError, Tensor, bound, fresh, rename, total, uses

SLOPES: dict[type, Callable[[sp.Expr], sp.Expr]] = {
    sp.exp: sp.exp,
    sp.log: lambda a: 1 / a,
    sp.tanh: lambda a: 1 - sp.tanh(a) ** 2,
    sp.sin: sp.cos,
    sp.cos: lambda a: -sp.sin(a),
    terms.sigma: lambda a: terms.sigma(a) * (1 - terms.sigma(a)),
    terms.relu: terms.step,
    terms.step: lambda a: sp.S.Zero,  # almost everywhere
    terms.g: terms.dg,
}
"""f → f′."""


def derivative(e: sp.Expr, x: Tensor, at: tuple[Index, ...]) -> sp.Expr:
    """∂e/∂x[at]. Raises KernelError where no rule applies."""
    if isinstance(e, sp.Indexed):
        if e.base == x:
            same = sp.S.One
            for i, j in zip(e.indices, at, strict=True):
                if same != 0:  # else it is another layer, whose width is another dim
                    same *= terms.delta(i, j)
            return same
        return _of_unknown(e, x, at) if x.title in e.base.depends else sp.S.Zero
    if isinstance(e, (sp.Number, sp.Symbol, sp.Idx, sp.KroneckerDelta)):
        return sp.S.Zero
    if isinstance(e, sp.Add):
        return sp.Add(*(derivative(a, x, at) for a in e.args))
    if isinstance(e, sp.Mul):
        slopes = [derivative(a, x, at) for a in e.args]
        return sp.Add(*(sp.Mul(*e.args[:k], d, *e.args[k + 1 :]) for k, d in enumerate(slopes) if d != 0))
    if isinstance(e, sp.Pow) and not uses(e.exp, x):
        return e.exp * e.base ** (e.exp - 1) * derivative(e.base, x, at)
    if isinstance(e, sp.Sum):
        own = {i: fresh(i) for i in bound(e)}
        slope = derivative(rename(e.function, own), x, at)
        return total(slope, *own.values()) if slope != 0 else sp.S.Zero
    if not uses(e, x):
        return sp.S.Zero
    if type(e) not in SLOPES:
        raise KernelError(f"no derivative rule for {type(e).__name__}")
    return SLOPES[type(e)](e.args[0]) * derivative(e.args[0], x, at)


def _of_unknown(u: sp.Indexed, x: Tensor, at: tuple[Index, ...]) -> sp.Expr:
    """∂u/∂x[at] for an unknown, which depends on no value at time 0. Raises KernelError where J is none."""
    jacobian = u.base.depends[x.title]
    own, other, shape = (tuple(y.shape or ()) for y in (u.base, x, jacobian))
    if shape == own + other:
        at_0 = bool(other) and at[0] == 0
        return sp.S.Zero if at_0 else jacobian[(u.indices if own else ()) + (at if other else ())]
    if shape == own + other[1:] and own[:1] == other[:1] != ():
        return terms.delta(u.indices[0], at[0]) * jacobian[u.indices + at[1:]]
    raise KernelError(f"{jacobian.title} is no Jacobian of {u.base.title} in {x.title}")


def chain_rule(system: System, x: Tensor, at: tuple[Index, ...]) -> sp.Expr:
    """The gradient with respect to x[at]: Σ over the definitions y that use x, Σ_i dy[i] ∂y[i]/∂x[at].

    For a finite network of definitions this is the chain rule. A system in time is such a network for every
    number of steps T, a node being a tensor at a step, and the rule holds by induction from t = T backwards:
    the gradient of the tail Σ_(s>t) with respect to what step t hands on is 0 at t = T; and where it is the
    sum over the definitions at t + 1, one step of the chain rule gives the gradient at t as the sum over
    those at t, for what is used at once, and at t + 1, for what is handed on. Gradients at T + 1 are 0. What
    all steps share collects the sum of their gradients over t = 1 … T; the state at 0 collects from step 1.
    """
    found = [system.cotangent(x)[at]] if x in system.outputs else []
    for y in system.live:
        if not system.is_timed(y.tensor):
            found.append(_through(system, y, None, x, at))
        elif system.is_timed(x) and _reads_every_step(y.body, x):
            t = fresh(system.time)
            found.append(total(_through(system, y, t, x, at), t))
        elif system.is_timed(x):
            found += [_through(system, y, t, x, at) for t in (at[0], at[0] + 1)]
        else:
            t = fresh(system.time)
            found.append(total(_through(system, y, t, x, at), t))
    for state in system.initial:
        own = {i: fresh(i) for i in state.indices}
        slope = derivative(rename(state.body, own), x, at)
        entry = rename(state.entry, own).indices
        at_1 = {y: sp.S.One if system.is_timed(y.tensor) else None for y in system.live}
        used = [_through(system, y, t, state.tensor, entry) for y, t in at_1.items()] if slope != 0 else []
        found.append(total(sp.Add(*used) * slope, *own.values()))
    return sp.Add(*(e for e in found if not (isinstance(e, sp.Sum) and e.function == 0)))


def _reads_every_step(e: sp.Expr, x: Tensor) -> bool:
    """Whether an unknown in `e` may depend on `x` at other steps than its own."""
    unknown = {a.base for a in e.atoms(sp.Indexed) if x.title in a.base.depends}
    return any(tuple(u.depends[x.title].shape) == (*u.shape, *x.shape) for u in unknown)


def _through(system: System, y: Definition, t: Index | None, x: Tensor, at: tuple[Index, ...]) -> sp.Expr:
    """Σ_i dy[i] ∂y[i]/∂x[at], for y at step t where it has one."""
    own = {i: fresh(i) for i in y.indices if i != system.time}
    if t is not None:  # a width D(t) moves along
        own = {i: rename(j, {system.time: t}) for i, j in own.items()}
    moved = own if t is None else {**own, system.time: t}
    slope = derivative(rename(y.body, moved), x, at)
    dy = system.adjoint(y.tensor)[rename(y.entry, moved).indices]
    return total(dy * slope, *own.values()) if slope != 0 else sp.S.Zero
