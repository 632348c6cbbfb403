"""What only one operator obeys: a module per operator, each with its `LAWS`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from ...spec import declaration
from ._law import Law


@cache
def laws(name: str) -> tuple[Law, ...]:
    """The laws of the operator `name`: its own, and those of its family."""
    from ._families import family

    own: tuple[Law, ...] = ()
    if find_spec(f"{__name__}.{name}") is not None:
        own = import_module(f".{name}", __name__).LAWS
    return (*own, *family(declaration(name)))
