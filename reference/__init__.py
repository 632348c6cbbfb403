"""What each operator computes: plain NumPy, forward and gradient written by hand, one public module each.

The same code runs on every kind of number that NumPy can hand on: floats of any width, object arrays whose
elements bring their own arithmetic (duals, fractions, balls), and classes that stand in for an array through
`__array_ufunc__` and `__array_function__`. So it names no float type, and data meets only this vocabulary:

    + - * / ** @ and comparisons, of which one between single numbers is asked for its truth (early_stopping)
    np.exp np.log np.log1p np.tanh np.sqrt np.abs np.maximum np.minimum np.add.at
    np.sum(axis, keepdims), np.max(axis, keepdims) as a shift or a scale
    np.where np.concatenate np.stack np.split np.swapaxes np.zeros_like
    .shape .T .reshape, indexing by integers, slices, None and integer arrays

Indices, lengths and masks are NumPy's own arrays. A real attribute may be of the data's kind.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

Array: TypeAlias = Any
"""NumPy's array, or one of a class that stands in for it: to the code they are the same."""


def operator(name: str) -> Callable[..., Any]:
    """The function that computes the operator `name`. Raises LookupError where there is none."""
    return _function(name, name)


def vjp(name: str) -> Callable[..., Any]:
    """The function that computes its gradients. Raises LookupError where there is none."""
    return _function(name, f"{name}_vjp")


def _function(module: str, name: str) -> Callable[..., Any]:
    found = None
    if module.isidentifier() and not module.startswith("_"):
        try:
            found = getattr(import_module(f"{__name__}.{module}"), name, None)
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{module}":
                raise
    if found is None:
        raise LookupError(f"the reference has no function {name!r}")
    return found  # type: ignore[no-any-return]
