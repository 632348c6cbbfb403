"""Gradient descent with momentum (Polyak 1964): v ← μ v + g, p ← p − lr v, from v = 0.

parameter[...], gradients[P, ...] → parameters[P, ...], the parameter after each step.
"""

import numpy as np

from . import Array
from ._validate import steps


# The attribute μ is called as its operator is, so within the function the name means the number.
def momentum(parameter: Array, gradients: Array, *, learning_rate: float, momentum: float) -> Array:
    v: Array = 0
    parameters = []
    for step in steps("momentum", parameter, gradients):
        v = momentum * v + gradients[step]
        parameter = parameter - learning_rate * v
        parameters.append(parameter)
    return np.stack(parameters)
