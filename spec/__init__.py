"""What an operator *is*: one declaration each, with its equations under stable labels.

Every module here without a leading underscore is one operator and defines `OPERATOR`; the folder is the
registry. The folders beside them say where the equations come from: `kernel` proves, `chapters` are what it
proves, `render` shows it and `certificate` lets others check it. They need SymPy, a declaration does not.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ._declare import ANY as ANY
from ._declare import REQUIRED as REQUIRED
from ._declare import Array as Array
from ._declare import Attribute as Attribute
from ._declare import Convention as Convention
from ._declare import Dim as Dim
from ._declare import Operator as Operator
from ._declare import Size as Size
from ._declare import count_of as count_of
from ._declare import dims as dims
from ._declare import shape_of as shape_of


@cache
def operators() -> tuple[str, ...]:
    """Every operator's name, sorted: the public modules of this folder, and nothing else."""
    found = (m.name for m in iter_modules(__path__) if not m.ispkg and not m.name.startswith("_"))
    return tuple(sorted(found))


@cache
def declaration(name: str) -> Operator:
    """The declaration of the operator `name`. Raises LookupError where there is none."""
    if name not in operators():
        raise LookupError(f"no operator {name!r}; there are {', '.join(operators())}")
    declared = import_module(f".{name}", __name__).OPERATOR
    assert isinstance(declared, Operator)
    assert declared.name == name
    return declared
