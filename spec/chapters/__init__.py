"""Where each equation comes from: one chapter for every operator, and for what is built of them.

Every module here without a leading underscore is a chapter and defines `CHAPTER`: definitions, the gradients
as a person writes them, laws. It is data; `_proof` derives and proves it line by line with the kernel.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ._chapter import Bound as Bound
from ._chapter import Chapter as Chapter
from ._chapter import Hypothesis as Hypothesis
from ._chapter import Induction as Induction
from ._chapter import Law as Law
from ._chapter import Using as Using
from ._proof import Line as Line
from ._proof import Unproved as Unproved
from ._proof import proof as proof


@cache
def chapters() -> tuple[str, ...]:
    """Every chapter's name, sorted: the public modules of this folder, and nothing else."""
    return tuple(sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_")))


@cache
def chapter(name: str) -> Chapter:
    """The chapter `name`. Raises LookupError where there is none."""
    if name not in chapters():
        raise LookupError(f"no chapter {name!r}; there are {', '.join(chapters())}")
    found = import_module(f".{name}", __name__).CHAPTER
    assert isinstance(found, Chapter)
    return found


def chapter_of(name: str) -> Chapter:
    """The chapter `name`, or the one that covers the operator. Raises LookupError where there is none."""
    if name in chapters():
        return chapter(name)
    covering = (known for known in map(chapter, chapters()) if name in known.covers)
    return next(covering, None) or chapter(name)
