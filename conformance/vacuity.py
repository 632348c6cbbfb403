"""Whether a check could have failed: three backends that compute nothing must not all pass it.

One answers with zeros, one with the same array always, one with what it was given. What none of them is
refused for says nothing of an implementation, and is not counted as passed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import reference
from ..spec import Operator, declaration, operators
from .backend import Backend
from .checks import Check
from .errors import BackendError, Unsupported
from .precision import DTYPES
from .trial import Trial, Uninformative

Make = Callable[[np.ndarray, Sequence[np.ndarray]], np.ndarray]
"""A result, from the one that is due (for its shape and dtype) and from what was given."""


class _Dummy:
    """Every operator and its vjp, each result made by `make`; nothing is ever refused."""

    name, version, dtypes = "dummy", "0", DTYPES

    def __init__(self, make: Make) -> None:
        self._make = make

    def __getattr__(self, attribute: str) -> Any:
        name = attribute.removesuffix("_vjp")
        if name not in operators() or (name != attribute and not declaration(name).differentiable_inputs):
            raise AttributeError(attribute)
        backward = name != attribute
        return lambda *given, **attributes: _answer(
            self._make, declaration(name), backward, given, attributes
        )


def _answer(
    make: Make, operator: Operator, backward: bool, given: Sequence[Any], attributes: dict[str, Any]
) -> Any:
    arrays = [a for value in given for a in (value if isinstance(value, list) else [value])]

    def made(due: Any) -> Any:
        return [made(d) for d in due] if isinstance(due, list) else make(np.asarray(due), arrays)

    if backward:
        inputs = given[len(operator.outputs) :]
        pairs = zip(operator.inputs, inputs, strict=True)
        return tuple(made(x) for array, x in pairs if array in operator.differentiable_inputs)
    try:
        with np.errstate(all="ignore"):
            due = reference.operator(operator.name)(*given, **attributes)
    except Exception:  # what the reference refuses, a dummy answers all the same
        due = arrays[0] if arrays else np.zeros(1)
        due = (due,) * len(operator.outputs) if len(operator.outputs) > 1 else due
        due = [due] if operator.outputs[0].many else due
    return tuple(map(made, due)) if isinstance(due, tuple) else made(due)


def dummies() -> tuple[Backend, ...]:
    """The all-zero, the constant and the echoing backend, made anew: a check may write into what it gets."""
    kept: dict[tuple[tuple[int, ...], np.dtype[Any]], np.ndarray] = {}

    def constant(due: np.ndarray, given: Sequence[np.ndarray]) -> np.ndarray:
        return kept.setdefault((due.shape, due.dtype), np.full_like(due, 3))

    def echo(due: np.ndarray, given: Sequence[np.ndarray]) -> np.ndarray:
        fitting = (a for a in given if a.shape == due.shape and a.dtype == due.dtype)
        return next(fitting, given[0] if given else np.zeros_like(due))

    made = (("zero", lambda due, given: np.zeros_like(due)), ("constant", constant), ("echo", echo))
    return tuple(Backend(_Dummy(make), name, name, "0", DTYPES) for name, make in made)


def could_fail(check: Check, trials: Sequence[Trial]) -> bool:
    """Whether one of the dummies is refused in one of the trials."""
    made = dummies()
    return any(_fails(check, trial.on(dummy)) for trial in trials for dummy in made)


def refused(check: Check, dummy: Backend, trials: Sequence[Trial]) -> bool:
    return any(_fails(check, trial.on(dummy)) for trial in trials)


def _fails(check: Check, trial: Trial) -> bool:
    try:
        return any(finding.differs for finding in check.run(trial))
    except Uninformative:
        return False
    except (BackendError, Unsupported):
        return True
