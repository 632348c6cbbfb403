"""A small right backend, as an object and as a file, of which a test spoils what it likes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from gradspec.conformance import check
from gradspec.conformance.report import Report

SOURCE = """\
import numpy as np

name, version, dtypes = "mine", "1", ("float64",)


def relu(x):
    return np.where(x > 0, x, 0 * x)


def sgd(parameter, gradients, *, learning_rate):
    return parameter - learning_rate * np.cumsum(gradients, axis=0)


def tanh(x):
    return np.tanh(x)


def tanh_vjp(dy, x):
    return (dy * (1 - np.tanh(x) ** 2),)
"""
OPERATORS = ("relu", "sgd", "tanh")


def mine(**changed: Any) -> SimpleNamespace:
    """The backend of `SOURCE`, with these attributes in place of its own."""
    names: dict[str, Any] = {}
    exec(compile(SOURCE, "mine.py", "exec"), names)
    own = {k: v for k, v in names.items() if k in ("name", "version", "dtypes", "tanh_vjp", *OPERATORS)}
    return SimpleNamespace(**{**own, **changed})


def written(folder: Path, *replaced: tuple[str, str], name: str = "mine.py") -> str:
    """The path of a file with `SOURCE`, each (old, new) replaced in it."""
    text = SOURCE
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def quick(backend: Any, *operators: str, checks: tuple[str, ...] = ("forward",), **options: Any) -> Report:
    """A check of the covering set alone."""
    return check(backend, operators=operators or OPERATORS, checks=checks, **{"examples": 0, **options})


def statuses(report: Report) -> dict[str, str]:
    """`{"tanh/forward": "passed"}` of a report in one dtype."""
    return {f"{r.operator}/{r.check}": r.status for r in report.results}


def ramp(*shape: int) -> np.ndarray:
    """Different numbers of either sign in this shape."""
    size = int(np.prod(shape))
    return np.linspace(-1.5, 2.0, size).reshape(shape) if size else np.zeros(shape)
