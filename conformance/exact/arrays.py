"""Object arrays, entry by entry."""

from collections.abc import Callable
from typing import Any

import numpy as np


def each(function: Callable[[Any], Any], array: Any) -> Any:
    """An object array of the same shape, () too, with `function` of each entry."""
    array = np.asarray(array)
    entries = np.empty(array.size, object)
    entries[:] = [function(entry) for entry in array.flat]
    return entries.reshape(array.shape)
