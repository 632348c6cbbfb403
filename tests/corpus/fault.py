"""What a wrong backend is: the reference with one realistic fault, and what the suite has to say of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gradspec import reference
from gradspec.conformance.backends import numpy as right
from in_memory import reference_with
from mutants import source

Kind = Literal["forward", "backward", "stability", "shape", "precision", "state", "contract"]
"""Wrong function; wrong gradient; wrong at large, tiny or cancelling values; wrong at some sizes or layouts;
fewer bits than the dtype has; touches or remembers what it must not; takes what it has to refuse."""

KINDS: tuple[Kind, ...] = ("forward", "backward", "stability", "shape", "precision", "state", "contract")
Functions = Mapping[str, Callable[..., Any]]
"""Functions of the plug-in protocol, by name: `{"lstm": …, "lstm_vjp": …}`."""


@dataclass(frozen=True)
class Fault:
    """One fault. `functions` makes those that take the reference's place, anew for each backend.

    `cause` is the id under which the suite has to tell it; None where no explanation of the catalogue is
    true of it, so that silence is due. `seen` is a thread or release where the like of it happened.
    """

    operator: str
    name: str
    kind: Kind
    cause: str | None
    functions: Callable[[], Functions]
    seen: str = ""

    @property
    def id(self) -> str:
        return f"{self.operator}: {self.name}"

    def backend(self) -> Altered:
        return Altered(self.functions())


class Altered:
    """The NumPy reference with some functions replaced."""

    name, version, dtypes = "altered", "0", ("float32", "float64")

    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    def __getattr__(self, attribute: str) -> Any:
        if attribute in self.__dict__.get("_functions", {}):
            return self._functions[attribute]
        return getattr(right, attribute)


def of_reference(name: str) -> Callable[..., Any]:
    """A function of the reference under its name in the protocol: `lstm`, `lstm_vjp`."""
    return reference.vjp(name.removesuffix("_vjp")) if name.endswith("_vjp") else reference.operator(name)


def edited(operator: str, *changes: tuple[str, str], module: str = "") -> Callable[[], Functions]:
    """The operator's functions after (before, after) replacements in the text of the reference's `module`.

    Each `before` has to stand in it once. The module is the operator's own unless another is named, which the
    operator's then imports in its changed form.
    """

    def functions() -> Functions:
        text = source(module or operator)
        for before, after in changes:
            assert text.count(before) == 1, (
                f"{before!r} stands {text.count(before)} times in {module or operator}.py"
            )
            text = text.replace(before, after)
        load = reference_with(
            module or operator, compile(ast.parse(text), f"<edited {module or operator}>", "exec")
        )
        defined = vars(load(operator))
        return {name: defined[name] for name in (operator, f"{operator}_vjp") if name in defined}

    return functions
