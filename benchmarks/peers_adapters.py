"""What each peer needs to see: an operator as a function of its float primals, with the backend's gradient.

Everything here follows from the declaration; no operator is named. Each peer is called as its documentation
says, with its own defaults:

- torch.autograd.gradcheck on a torch.autograd.Function that is once differentiable, every primal a leaf;
- jax.test_util.check_grads on a jax.custom_vjp function, order 1, reverse mode;
- autograd.test_util.check_grads on a primitive, order 1, reverse mode, over all arguments (its default argnum
  is 0: it would look at the first argument alone).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from gradspec.conformance.arguments import Arguments, arguments
from gradspec.conformance.case import Case, passed
from gradspec.conformance.precision import precision
from gradspec.spec import Operator, declaration

Arrays = tuple[np.ndarray, ...]
Peer = Callable[["Problem"], bool]


@dataclass(frozen=True)
class Problem:
    """A call as a function of its float primals; masks, indices and attributes are held fixed."""

    primals: Arrays
    outputs: Callable[..., Arrays]
    """Of the primals."""
    gradients: Callable[[Sequence[np.ndarray], Sequence[np.ndarray]], Arrays]
    """One for each primal, of the cotangents and the primals."""


def problem(backend: Any, case: Case, dtype: str) -> Problem:
    """The call of `case` on a backend of NumPy functions, its arrays drawn anew."""
    operator = declaration(case.operator)
    given = arguments(case, precision(dtype))
    attributes = passed(operator, given.attributes)

    def outputs(*primals: np.ndarray) -> Arrays:
        return flat(getattr(backend, operator.name)(*_inputs(operator, given, primals), **attributes))

    def gradients(cotangents: Sequence[np.ndarray], primals: Sequence[np.ndarray]) -> Arrays:
        inputs = _inputs(operator, given, primals)
        return flat(getattr(backend, f"{operator.name}_vjp")(*cotangents, *inputs, **attributes))

    varying = [v for a, v in zip(operator.inputs, given.inputs, strict=True) if a.differentiable]
    return Problem(flat(varying), outputs, gradients)


def flat(values: Any) -> Arrays:
    """The arrays in what a function of the protocol takes or returns, in order."""
    if isinstance(values, (tuple, list)):
        return tuple(array for value in values for array in flat(value))
    return (np.asarray(values),)


def _inputs(operator: Operator, given: Arguments, primals: Sequence[np.ndarray]) -> list[Any]:
    """The inputs as the protocol nests them, the primals in their places."""
    left = iter(primals)
    return [
        value
        if not array.differentiable
        else [next(left) for _ in value]
        if isinstance(value, list)
        else next(left)
        for array, value in zip(operator.inputs, given.inputs, strict=True)
    ]


def _alone(values: Sequence[Any]) -> Any:
    """One output is returned by itself, several as a tuple."""
    return values[0] if len(values) == 1 else tuple(values)


def torch_function(call: Problem) -> Callable[..., Any]:
    """A torch.autograd.Function over NumPy, as PyTorch's tutorial on NumPy extensions writes it."""
    import torch
    from torch.autograd.function import once_differentiable

    def tensor(array: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(np.asarray(array, order="C"))

    class Called(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *primals: torch.Tensor) -> Any:
            ctx.save_for_backward(*primals)
            return _alone([tensor(y) for y in call.outputs(*(p.detach().numpy() for p in primals))])

        @staticmethod
        @once_differentiable
        def backward(ctx: Any, *cotangents: torch.Tensor) -> Any:
            primals = [p.detach().numpy() for p in ctx.saved_tensors]
            return tuple(tensor(g) for g in call.gradients([c.numpy() for c in cotangents], primals))

    return Called.apply  # type: ignore[no-any-return]


def by_torch(call: Problem, fast: bool = False) -> bool:
    import torch

    def leaf(array: np.ndarray) -> torch.Tensor:
        # PyTorch has no negative strides, and gradcheck writes into what it is given.
        shared = array.flags.writeable and min(array.strides, default=0) >= 0
        return torch.from_numpy(array if shared else array.copy()).requires_grad_()

    inputs = tuple(leaf(p) for p in call.primals)
    return torch.autograd.gradcheck(torch_function(call), inputs, fast_mode=fast)


def jax_function(call: Problem) -> Callable[..., Any]:
    """A jax.custom_vjp function. NumPy is called on concrete values, through pure_callback on traced ones."""
    import jax
    from jax import numpy as jnp

    def on_host(function: Callable[..., Arrays], like: Callable[[], Arrays], *values: Any) -> Any:
        if any(isinstance(v, jax.core.Tracer) for v in values):
            shapes = tuple(jax.ShapeDtypeStruct(a.shape, a.dtype) for a in like())
            return jax.pure_callback(function, shapes, *values)
        return tuple(jnp.asarray(a) for a in function(*map(np.asarray, values)))

    @jax.custom_vjp
    def called(*primals: Any) -> Any:
        return _alone(on_host(call.outputs, lambda: call.outputs(*call.primals), *primals))

    def forward(*primals: Any) -> Any:
        return called(*primals), primals

    def backward(primals: Any, cotangents: Any) -> Any:
        given = cotangents if isinstance(cotangents, tuple) else (cotangents,)
        count = len(given)
        return on_host(
            lambda *v: call.gradients(v[:count], v[count:]), lambda: call.primals, *given, *primals
        )

    called.defvjp(forward, backward)
    return called  # type: ignore[no-any-return]


def by_jax(call: Problem) -> bool:
    import jax
    from jax.test_util import check_grads

    with jax.enable_x64(call.primals[0].dtype == np.float64):
        check_grads(jax_function(call), call.primals, order=1, modes=("rev",))
    return True


def autograd_function(call: Problem) -> Callable[..., Any]:
    """A primitive of Autograd with its gradient for every argnum."""
    from autograd.extend import defvjp_argnums, primitive

    @primitive
    def called(*primals: np.ndarray) -> Any:
        return _alone(call.outputs(*primals))

    def gradients(argnums: Sequence[int], y: Any, primals: Arrays, keywords: Any) -> Callable[[Any], Any]:
        def pullback(cotangents: Any) -> Any:
            given = cotangents if isinstance(cotangents, tuple) else (cotangents,)
            due = call.gradients([np.asarray(c) for c in given], primals)
            return tuple(due[i] for i in argnums)

        return pullback

    defvjp_argnums(called, gradients)
    return called  # type: ignore[no-any-return]


def by_autograd(call: Problem) -> bool:
    from autograd.test_util import check_grads

    np.random.seed(0)  # whence Autograd draws its one direction: the same one for every backend
    every = tuple(range(len(call.primals)))
    check_grads(autograd_function(call), every, modes=["rev"], order=1)(*call.primals)
    return True


PEERS: dict[str, Peer] = {
    "torch-slow": by_torch,
    "torch-fast": lambda call: by_torch(call, fast=True),
    "jax": by_jax,
    "autograd": by_autograd,
}


def accepts(peer: str, backend: Any, case: Case, dtype: str) -> bool:
    """Whether the peer returns True; False and an exception of any kind are a refusal."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return bool(PEERS[peer](problem(backend, case, dtype)))
        except Exception:
            return False


def allclose(backend: Any, right: Any, case: Case, dtype: str) -> bool:
    """Whether the outputs are those of the reference by shape and by np.allclose at its defaults."""
    operator = declaration(case.operator)

    def outputs(target: Any) -> Arrays:
        given = arguments(case, precision(dtype))
        attributes = passed(operator, given.attributes)
        return flat(getattr(target, operator.name)(*given.inputs, **attributes))

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            pairs = list(zip(outputs(backend), outputs(right), strict=True))
            return all(a.shape == b.shape and np.allclose(a, b) for a, b in pairs)
        except Exception:
            return False
