"""Wrong ways with memory, for any operator: strides not looked at, buffers that are used again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fault import Functions, of_reference
from numpy.lib.array_utils import byte_bounds
from numpy.lib.stride_tricks import as_strided

Builder = Callable[[], Functions]


def as_if_contiguous(array: Any) -> Any:
    """What a kernel reads that goes by the first entry's address and the shape alone.

    Beyond the last of the array's own bytes it reads 0, where a real kernel would read what lies there.
    """
    if array.flags.c_contiguous or not array.size:
        return array
    low, high = byte_bounds(array)
    upwards = array[tuple(slice(None, None, -1 if stride < 0 else 1) for stride in array.strides)]
    memory = as_strided(upwards, ((high - low) // array.itemsize,), (array.itemsize,))
    first = (array.__array_interface__["data"][0] - low) // array.itemsize
    read = memory[first : first + array.size]
    return np.concatenate([read, np.zeros(array.size - len(read), array.dtype)]).reshape(array.shape)


def misread(name: str, place: int) -> Builder:
    """The function `name` of the protocol reads its argument number `place` without regard to its strides."""

    def functions() -> Functions:
        def call(*given: Any, **attributes: Any) -> Any:
            read = [as_if_contiguous(value) if i == place else value for i, value in enumerate(given)]
            return of_reference(name)(*read, **attributes)

        return {name: call}

    return functions


def in_one_buffer(name: str, place: int | None = None) -> Builder:
    """A result (number `place` of several) comes in a buffer that the next call of its shape uses again."""

    def functions() -> Functions:
        buffers: dict[Any, Any] = {}

        def call(*given: Any, **attributes: Any) -> Any:
            results = of_reference(name)(*given, **attributes)
            result = results if place is None else results[place]
            kept = buffers.setdefault((result.shape, result.dtype), np.empty_like(result))
            kept[...] = result
            if place is None:
                return kept
            return tuple(kept if i == place else value for i, value in enumerate(results))

        return {name: call}

    return functions


def backward_of_the_last_forward(operator: str, cotangents: int = 1) -> Builder:
    """The gradient at what the latest forward call of these shapes had saved, whatever it is asked for."""

    def copied(value: Any) -> Any:
        return [v.copy() for v in value] if isinstance(value, list) else value.copy()

    def key(inputs: Any) -> str:
        arrays = [v for value in inputs for v in (value if isinstance(value, list) else [value])]
        return str([(v.shape, v.dtype.name) for v in arrays])

    def functions() -> Functions:
        saved: dict[str, list[Any]] = {}

        def forward(*inputs: Any, **attributes: Any) -> Any:
            saved[key(inputs)] = [copied(value) for value in inputs]
            return of_reference(operator)(*inputs, **attributes)

        def vjp(*given: Any, **attributes: Any) -> Any:
            inputs = saved.get(key(given[cotangents:]), given[cotangents:])
            return of_reference(f"{operator}_vjp")(*given[:cotangents], *inputs, **attributes)

        return {operator: forward, f"{operator}_vjp": vjp}

    return functions
