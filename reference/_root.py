"""The root that adagrad and rmsprop divide by, in either convention for its ε."""

import numpy as np

from . import Array
from ._validate import one_of


def root(operator: str, s: Array, epsilon: float, epsilon_convention: str) -> Array:
    """√s + ε outside the root, √(s + ε) inside."""
    one_of(operator, "outside", "inside", epsilon_convention=epsilon_convention)
    return np.sqrt(s + epsilon) if epsilon_convention == "inside" else np.sqrt(s) + epsilon
