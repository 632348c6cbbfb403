"""AdaGrad (Duchi, Hazan & Singer 2011): s ← s + g², p ← p − lr g / (√s + ε), from s = 0.

parameter[...], gradients[P, ...] → parameters[P, ...], the parameter after each step.
"""

import numpy as np

from . import Array
from ._root import root
from ._validate import steps


def adagrad(
    parameter: Array, gradients: Array,
    *, learning_rate: float, epsilon: float,
    epsilon_convention: str = "outside", initial_convention: float = 0,
) -> Array:  # fmt: skip
    s: Array = initial_convention
    parameters = []
    for step in steps("adagrad", parameter, gradients):
        g = gradients[step]
        s = s + g * g
        parameter = parameter - learning_rate * g / root("adagrad", s, epsilon, epsilon_convention)
        parameters.append(parameter)
    return np.stack(parameters)
