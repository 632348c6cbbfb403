"""The catalogue of explanations: how implementations of each operator are wrong, exact enough to be tried.

What holds for all operators alike follows from the declaration (`_inputs`, `_results`, `_settings`); what
only one operator can get wrong stands in the module of its name, as `EXPLANATIONS`. The folder is the
registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module

from ...spec import declaration
from . import _inputs, _results, _settings
from ._explanation import Explanation as Explanation
from ._explanation import Question as Question
from ._explanation import names as names
from ._explanation import specified as specified


@cache
def explanations(operator: str) -> tuple[Explanation, ...]:
    """Those that predict whole calls of the operator, the most particular first."""
    declared = declaration(operator)
    if declared.random:
        return ()
    return (
        *_settings.explanations(declared),
        *_own(operator),
        *_inputs.explanations(declared),
        *_results.together(declared),
    )


@cache
def of_result(operator: str, quantity: str) -> tuple[Explanation, ...]:
    """Those that relate one result to the specified one; `quantity` is without the index of a list."""
    declared = declaration(operator)
    return () if declared.random else tuple(_results.explanations(declared, quantity))


def _own(operator: str) -> Sequence[Explanation]:
    try:
        module = import_module(f"{__name__}.{operator}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{operator}":
            raise
        return ()
    found: Sequence[Explanation] = module.EXPLANATIONS
    return found
