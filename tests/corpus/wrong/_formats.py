"""A finer format computed through a coarser one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from fault import Functions, of_reference


def through(form: type[np.floating], *names: str) -> Callable[[], Functions]:
    """The functions `names`, which compute in `form` and hand back the dtype that they were given."""

    def functions() -> Functions:
        return {name: _through(form, of_reference(name)) for name in names}

    return functions


def _through(form: type[np.floating], compute: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(compute)
    def coarse(*arguments: Any, **attributes: Any) -> Any:
        given = next(dtype for dtype in map(_dtype, arguments) if dtype is not None)
        to = form if np.can_cast(form, given) else given
        with np.errstate(all="ignore"):
            return _cast(compute(*(_cast(a, to) for a in arguments), **attributes), given)

    return coarse


def _dtype(argument: Any) -> Any:
    first = argument[0] if isinstance(argument, list) else argument
    return first.dtype if first.dtype.kind == "f" else None


def _cast(argument: Any, dtype: Any) -> Any:
    if isinstance(argument, (list, tuple)):
        return type(argument)(_cast(a, dtype) for a in argument)
    array = np.asarray(argument)
    return array.astype(dtype) if array.dtype.kind == "f" else array
