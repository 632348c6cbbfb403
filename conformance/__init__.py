"""Whether a backend *agrees*: `check` holds any implementation to the specification.

Kept empty of imports until a name is asked for: pytest loads `plugin` at every start, in every project where
this is installed, and must not pay for NumPy and Hypothesis until a backend is actually checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .backend import load as load
    from .report import Report as Report
    from .report import Result as Result
    from .suite import check as check

__all__ = ["Report", "Result", "check", "load"]

_WHERE = {"check": "suite", "load": "backend", "Report": "report", "Result": "report"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)
