"""What the optimizers share: the faults of anything that takes steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from fault import Functions, of_reference

Changes = tuple[tuple[str, str], ...]
"""Replacements for `fault.edited`."""

_RETURN = "return np.stack(parameters)"


def carried_over(**states: str) -> Changes:
    """Each state (name: its first value's text) goes on from the last call for the same shape and dtype."""
    names = ", ".join(states)
    first = tuple(
        (
            f"    {name}: Array = {value}\n",
            f'    {name}: Array = kept.get(("{name}", parameter.shape, parameter.dtype), {value})\n',
        )
        for name, value in states.items()
    )
    keep = f"for state_name, state in zip({tuple(states)!r}, ({names},)):\n"
    keep += "        kept[state_name, parameter.shape, parameter.dtype] = state\n    "
    return (
        *first,
        ("\n\nfrom . import Array\n", "\n\nfrom . import Array\n\nkept: dict = {}\n\n"),
        (_RETURN, keep + _RETURN),
    )


def one_array_for_all_steps(update: str) -> Changes:
    """`parameter = parameter - UPDATE`, done in place on one array, of which the list holds P references."""
    return (
        ("    parameters = []\n", "    parameters = []\n    parameter = np.array(parameter)\n"),
        (f"parameter = parameter - {update}\n", f"parameter -= {update}\n"),
    )


def parameter_in_place(update: str) -> Changes:
    """`parameter = parameter - UPDATE`, written into the caller's array."""
    own = "parameter = parameter if parameter.flags.writeable else parameter.copy()"
    return (
        ("    parameters = []\n", f"    parameters = []\n    {own}\n"),
        (f"parameter = parameter - {update}\n", f"parameter -= {update}\n"),
        ("parameters.append(parameter)", "parameters.append(parameter.copy())"),
    )


def rest_of_a_block_left(operator: str, block: int) -> Callable[[], Functions]:
    """From `block` entries on, those after the last whole block keep their first value."""

    def functions() -> Functions:
        compute = of_reference(operator)

        @wraps(compute)
        def stepped(parameter: np.ndarray, gradients: np.ndarray, **attributes: Any) -> np.ndarray:
            parameters = compute(parameter, gradients, **attributes)
            whole = parameter.size // block * block
            if whole:
                parameters.reshape(len(gradients), -1)[:, whole:] = parameter.reshape(-1)[whole:]
            return parameters

        return {operator: stepped}

    return functions
