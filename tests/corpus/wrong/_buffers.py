"""Arguments read without their strides, results handed back in the same memory: lists and tuples too."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from fault import Functions, of_reference
from wrong._memory import as_if_contiguous


def without_strides(name: str, position: int) -> Callable[[], Functions]:
    """The function `name`, which reads its positional argument `position` without its strides."""

    def functions() -> Functions:
        compute = of_reference(name)

        @wraps(compute)
        def misreading(*arguments: Any, **attributes: Any) -> Any:
            read = list(arguments)
            given = read[position]
            read[position] = (
                [as_if_contiguous(a) for a in given] if isinstance(given, list) else as_if_contiguous(given)
            )
            return compute(*read, **attributes)

        return {name: misreading}

    return functions


def in_one_buffer(name: str) -> Callable[[], Functions]:
    """The function `name`, which returns the same memory whenever a result has the same shape and dtype."""

    def functions() -> Functions:
        compute = of_reference(name)
        buffers: dict[Any, np.ndarray] = {}

        def kept(place: int, result: Any) -> np.ndarray:
            array = np.asarray(result)
            buffer = buffers.setdefault((place, array.shape, array.dtype), np.empty_like(array))
            buffer[...] = array
            return buffer

        @wraps(compute)
        def reusing(*arguments: Any, **attributes: Any) -> Any:
            results = compute(*arguments, **attributes)
            if isinstance(results, (list, tuple)):
                return type(results)(kept(place, result) for place, result in enumerate(results))
            return kept(0, results)

        return {name: reusing}

    return functions


def own(array: np.ndarray) -> np.ndarray:
    """The array itself, to be written into; a copy where it cannot be."""
    return array if array.flags.writeable else np.array(array)
