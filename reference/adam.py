"""Adam (Kingma & Ba 2015): m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p ← p − lr m̂ / (√v̂ + ε).

m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo the pull of m = v = 0, from which they start; without
bias correction they are m and v. "before_correction" is the paper's other form, √(1 − β₂ᵗ) correcting √v + ε.
parameter[...], gradients[P, ...] → parameters[P, ...], the parameter after each step.
"""

import numpy as np

from . import Array
from ._validate import one_of, steps


def adam(
    parameter: Array, gradients: Array,
    *, learning_rate: float, beta1: float, beta2: float, epsilon: float,
    epsilon_convention: str = "after_correction", bias_correction_convention: bool = True,
) -> Array:  # fmt: skip
    one_of("adam", "after_correction", "before_correction", epsilon_convention=epsilon_convention)
    m: Array = 0
    v: Array = 0
    parameters = []
    for step in steps("adam", parameter, gradients):
        g = gradients[step]
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * (g * g)
        t = step + 1
        correct_m, correct_v = (1 - beta1**t, 1 - beta2**t) if bias_correction_convention else (1, 1)
        if epsilon_convention == "after_correction":
            root = np.sqrt(v / correct_v) + epsilon
        else:
            root = (np.sqrt(v) + epsilon) / correct_v**0.5
        parameter = parameter - learning_rate * (m / correct_m) / root
        parameters.append(parameter)
    return np.stack(parameters)
