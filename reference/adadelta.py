"""AdaDelta (Zeiler 2012).

s ← ρ s + (1 − ρ) g², u = √(d + ε) / √(s + ε) · g, d ← ρ d + (1 − ρ) u², p ← p − lr u, from s = d = 0.
parameter[...], gradients[P, ...] → parameters[P, ...], the parameter after each step; ρ is `decay`.
"""

import numpy as np

from . import Array
from ._validate import steps


def adadelta(
    parameter: Array, gradients: Array, *, learning_rate: float, decay: float, epsilon: float
) -> Array:
    s: Array = 0
    d: Array = 0 * gradients[0]  # a zero of the gradients' own kind of number, since its root is taken
    parameters = []
    for step in steps("adadelta", parameter, gradients):
        g = gradients[step]
        s = decay * s + (1 - decay) * (g * g)
        u = np.sqrt(d + epsilon) / np.sqrt(s + epsilon) * g
        d = decay * d + (1 - decay) * (u * u)
        parameter = parameter - learning_rate * u
        parameters.append(parameter)
    return np.stack(parameters)
