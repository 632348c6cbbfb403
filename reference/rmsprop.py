"""RMSProp (Tieleman & Hinton 2012): s ← ρ s + (1 − ρ) g², p ← p − lr g / (√s + ε), from s = 0.

parameter[...], gradients[P, ...] → parameters[P, ...], the parameter after each step; ρ is `decay`.
"""

import numpy as np

from . import Array
from ._root import root
from ._validate import steps


def rmsprop(
    parameter: Array, gradients: Array,
    *, learning_rate: float, decay: float, epsilon: float,
    epsilon_convention: str = "outside", initial_convention: float = 0,
) -> Array:  # fmt: skip
    s: Array = initial_convention
    parameters = []
    for step in steps("rmsprop", parameter, gradients):
        g = gradients[step]
        s = decay * s + (1 - decay) * (g * g)
        parameter = parameter - learning_rate * g / root("rmsprop", s, epsilon, epsilon_convention)
        parameters.append(parameter)
    return np.stack(parameters)
