"""Stochastic gradient descent (Robbins & Monro 1951): p ← p − lr g.

parameter[...], gradients[P, ...] → parameters[P, ...], the parameter after each step.
"""

import numpy as np

from . import Array
from ._validate import steps


def sgd(parameter: Array, gradients: Array, *, learning_rate: float) -> Array:
    parameters = []
    for step in steps("sgd", parameter, gradients):
        parameter = parameter - learning_rate * gradients[step]
        parameters.append(parameter)
    return np.stack(parameters)
