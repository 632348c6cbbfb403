"""Finds a backend by what it was called on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from . import interrupts
from .backend import builtin_names
from .errors import Unusable, in_words
from .surroundings import undisturbed

GROUP = "gradspec.backends"
"""The entry-point group under which another distribution may offer a backend by name."""


def find(named: str) -> Any:
    """The object called `named`: built-in, file, entry point, module or `module:object`, in this order.

    Raises Unusable.
    """
    if named in builtin_names():
        return _imported(named, lambda: import_module(f"{__package__}.backends.{named}"))
    if named.endswith(".py") or "/" in named or "\\" in named:
        return _file(Path(named))
    for point in entry_points(group=GROUP):
        if point.name == named:
            return _made(named, _imported(named, point.load))
    return _module(named)


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise Unusable(f"no such backend file: {path}")
    found = spec_from_file_location(f"gradspec_backend_{path.stem}", path)
    if found is None or found.loader is None:
        raise Unusable(f"{path} is not a Python file")
    module = module_from_spec(found)
    sys.modules[found.name] = module  # so that what is defined in it can be pickled
    # As for a script: what lies beside the file can be imported.
    sys.path.insert(0, str(path.resolve().parent))
    _imported(str(path), partial(found.loader.exec_module, module))
    return module


def _module(named: str) -> Any:
    module_name, _, attribute = named.partition(":")
    sys.path.insert(0, "")  # as `python -m` does: the current directory
    try:
        module = _imported(named, lambda: import_module(module_name))
    except Unusable as error:
        missing = error.__cause__
        parts = module_name.split(".")
        if isinstance(missing, ModuleNotFoundError) and missing.name in {
            ".".join(parts[: i + 1]) for i in range(len(parts))
        }:
            near = get_close_matches(named, builtin_names(), n=1)
            hint = (
                f"did you mean {near[0]}?"
                if near
                else f"built-in: {', '.join(builtin_names())}; or a file.py, or package.module:object"
            )
            raise Unusable(f"no backend {named!r}: {hint}") from None
        raise
    for part in attribute.split(".") if attribute else ():
        if not hasattr(module, part):
            raise Unusable(f"{module_name} has no {attribute!r}")
        module = getattr(module, part)
    return _made(named, module)


def _made(named: str, found: Any) -> Any:
    """What was found; of a class, an instance."""
    return _imported(named, found) if isinstance(found, type) else found


def _imported(named: str, load: Callable[[], Any]) -> Any:
    """What `load` gives; whatever it raises becomes one line."""
    try:
        with undisturbed():
            return load()
    except Unusable:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and interrupts.is_users():
            raise
        if isinstance(error, ImportError) and "pip install" in str(error):
            raise Unusable(str(error).strip().splitlines()[0]) from error
        raise Unusable(f"{named} cannot be imported: {in_words(error)}") from error
