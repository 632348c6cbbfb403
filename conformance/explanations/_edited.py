"""Explanations that are the reference with a few words changed: `as_if` runs its text with the change in it.

What a term, an index or a factor less comes to is then exactly what the reference would give without it,
and an explanation is one line of data. Each text to replace has to stand in the module once; tests hold
every entry to that.
"""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from types import ModuleType

from ... import reference
from ._explanation import Answer, Explanation, Question, answered

Changes = tuple[tuple[str, str], ...]


def as_if(operator: str, cause: str, sentence: str, *changes: tuple[str, str]) -> Explanation:
    """The operator of the reference after (before, after) replacements in the text of its module."""

    def answer(question: Question) -> Answer | None:
        module = edited(operator, changes)
        return answered(question, getattr(module, f"{operator}_vjp" if question.backward else operator))

    return Explanation(cause, sentence, answer)


@cache
def edited(operator: str, changes: Changes) -> ModuleType:
    """The module of the reference with its text changed. Raises ValueError where a text does not stand in
    it once."""
    text = inspect.getsource(import_module(f"{reference.__name__}.{operator}"))
    for before, after in changes:
        if text.count(before) != 1:
            raise ValueError(f"{before!r} stands {text.count(before)} times in the reference's {operator}")
        text = text.replace(before, after)
    module = ModuleType(f"{reference.__name__}.{operator}")
    module.__package__ = reference.__name__  # for its relative imports
    exec(compile(text, f"<{operator} as if>", "exec"), vars(module))
    return module
