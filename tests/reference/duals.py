"""What the tests of the reference do with dual numbers: every input at once as a variable of its own."""

from typing import Any

import numpy as np
from cases import is_real, leaves, mapped
from gradspec.conformance.exact.dual import Dual


def dual(number: Any) -> Dual:
    return number if isinstance(number, Dual) else Dual(number)


def variables(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The inputs with every real number a dual, and a variable of its own."""
    slopes = iter(np.eye(sum(array.size for array in leaves(inputs) if is_real(array))))

    def lift(array: np.ndarray) -> np.ndarray:
        entries = np.empty(array.size, object)
        entries[:] = [Dual(float(value), next(slopes)) for value in array.flat]
        return entries.reshape(array.shape)

    lifted: tuple[Any, ...] = mapped(lift, inputs)
    return lifted
