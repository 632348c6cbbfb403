"""A reference in memory, one module of which has other code; the others import that one."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from functools import cache
from types import CodeType, ModuleType
from typing import Any

from gradspec.spec import operators
from mutants import source


@cache
def served(module: str) -> list[str]:
    """The operators whose modules import this one, directly or not; the one of its name first."""
    found = [name for name in operators() if module in _needed(name)]
    return sorted(found, key=lambda name: (name != module, len(_needed(name))))


@cache
def _needed(module: str) -> frozenset[str]:
    nodes = ast.walk(ast.parse(source(module)))
    imported = {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.level == 1 and n.module}
    return frozenset({module}).union(*map(_needed, imported))


def reference_with(module: str, code: CodeType) -> Callable[[str], ModuleType]:
    """Loads modules of a reference of which one has other code; the others import that one."""
    loaded: dict[str, ModuleType] = {}

    def load(name: str) -> ModuleType:
        if name not in loaded:
            made = loaded[name] = ModuleType(f"mutated.{name}")
            made.__dict__["__builtins__"] = {**vars(builtins), "__import__": imported}
            exec(code if name == module else _code(name), made.__dict__)
        return loaded[name]

    def imported(name: str, globals: Any = None, locals: Any = None, names: Any = (), level: int = 0) -> Any:
        return load(name or "__init__") if level else builtins.__import__(name, globals, locals, names)

    return load


@cache
def _code(module: str) -> CodeType:
    return compile(source(module), f"<{module}>", "exec")
