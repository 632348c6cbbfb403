"""The reference with other inputs, cotangents or results: what many wrong backends amount to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fault import Functions, of_reference

Values = tuple[Any, ...]
Change = Callable[..., Values]
Builder = Callable[[], Functions]

COTANGENTS = {"lstm": 2}
"""How many cotangents come before the inputs, where it is not one."""


def same(*values: Any) -> Values:
    return values


def changed(
    operator: str,
    *,
    inputs: Change = same,
    outputs: Change = same,
    cotangents: Change = same,
    gradients: Change = same,
) -> Builder:
    """The reference, with what goes in and what comes out changed on the way."""
    count = COTANGENTS.get(operator, 1)

    def functions() -> Functions:
        def forward(*given: Any, **attributes: Any) -> Any:
            results = of_reference(operator)(*inputs(*given), **attributes)
            made = outputs(*results) if count > 1 else outputs(results)
            return made if count > 1 else made[0]

        def vjp(*given: Any, **attributes: Any) -> Values:
            sent, primals = cotangents(*given[:count]), inputs(*given[count:])
            return gradients(*of_reference(f"{operator}_vjp")(*sent, *primals, **attributes))

        return {operator: forward, f"{operator}_vjp": vjp}

    return functions


def only(name: str, builder: Builder) -> Builder:
    """One of the functions of `builder`; the other one stays right."""

    def functions() -> Functions:
        return {name: builder()[name]}

    return functions


def quiet(builder: Builder) -> Builder:
    """NumPy's warnings switched off, as in kernels that know none."""

    def silent(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **attributes: Any) -> Any:
            with np.errstate(all="ignore"):
                return function(*given, **attributes)

        return call

    def functions() -> Functions:
        return {name: silent(function) for name, function in builder().items()}

    return functions


def cast(value: Any, dtype: Any) -> Any:
    """Float arrays, also those in lists and tuples, in another format; the rest as it is."""
    if isinstance(value, (list, tuple)):
        return type(value)(cast(v, dtype) for v in value)
    return value.astype(dtype) if np.asarray(value).dtype.kind == "f" else value


def computed_in(operator: str, dtype: str) -> Builder:
    """Computed in a format of its own, whatever it is given; the results have the right dtype again."""

    def coarse(name: str) -> Callable[..., Any]:
        def call(*given: Any, **attributes: Any) -> Any:
            own = next(v.dtype for v in given if not isinstance(v, list))
            with np.errstate(all="ignore"):
                return cast(of_reference(name)(*cast(given, dtype), **attributes), own)

        return call

    return lambda: {name: coarse(name) for name in (operator, f"{operator}_vjp")}


def rounded(array: Any, dtype: str) -> Any:
    """What is left of the numbers after they were stored in a coarser format."""
    with np.errstate(all="ignore"):
        return array.astype(dtype).astype(array.dtype)


def whole_blocks(size: int, block: int) -> int:
    """How far a kernel comes that forgets the remainder; what is no longer than a block has its own way."""
    return size if size <= block else size - size % block


def valid_steps(lengths: Any, T: int) -> Any:
    """bool[T,N,1]."""
    return (np.arange(T)[:, None] < lengths)[:, :, None]
