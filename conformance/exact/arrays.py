"""Object arrays, entry by entry, and nests of them."""

from collections.abc import Callable
from typing import Any

import numpy as np


def each(function: Callable[[Any], Any], array: Any) -> Any:
    """An object array of the same shape, () too, with `function` of each entry."""
    array = np.asarray(array)
    entries = np.empty(array.size, object)
    entries[:] = [function(entry) for entry in array.flat]
    return entries.reshape(array.shape)


def leaves(tree: Any) -> list[Any]:
    """The arrays of a nest of lists and tuples, in order."""
    return [leaf for branch in tree for leaf in leaves(branch)] if isinstance(tree, (list, tuple)) else [tree]
