"""One-token mutants of the reference: every place where what is computed could be written slightly wrong.

A mutant differs from the reference in one operator, constant, name, axis, sign, index, order or function.
What refuses inputs is left alone, and so are annotations and texts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from changes import changes

ROOM = Path(__file__).parents[2] / "reference"
REFUSING = {"fit", "agree", "within", "boolean", "number", "one_of"}
"""What is called to refuse inputs, and returns nothing."""
COMPUTING = {"_validate": {"steps"}}
"""The functions that compute, in a file that is there to refuse."""
LEGIBLE = 24
"""A change is shown with so many characters around it, if its statement has them."""


@dataclass(frozen=True)
class Mutant:
    """In one function of a file, `before` has become `after`: the change, with what is around it."""

    module: str
    line: int
    function: str
    before: str
    after: str
    place: int
    """Which place of the file, in the order of `_places`."""
    change: int
    """Which of its changes."""

    @property
    def key(self) -> str:
        return f"{self.module}.{self.function}: {self.before} → {self.after}"

    def tree(self) -> ast.Module:
        """The file with the change."""
        tree = ast.parse(source(self.module))
        place = list(_places(tree, self.module))[self.place]
        place.put(list(changes(place.expression, _bound_before(place)))[self.change])
        return ast.fix_missing_locations(tree)


class Place(NamedTuple):
    """Where an expression stands: in a field of its parent."""

    parent: ast.AST
    field: str
    number: int | None
    around: tuple[ast.AST, ...]
    """What it is part of, from the statement inwards."""
    function: ast.FunctionDef | None

    @property
    def expression(self) -> ast.expr:
        found = getattr(self.parent, self.field)
        return found if self.number is None else found[self.number]

    def put(self, new: ast.expr) -> None:
        if self.number is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.number] = new


@cache
def source(module: str) -> str:
    return (ROOM / f"{module}.py").read_text("utf-8")


def modules() -> list[str]:
    """Every file of the reference that computes; `__init__` only finds the others."""
    return sorted(path.stem for path in ROOM.glob("*.py") if path.stem != "__init__")


def mutants(names: Sequence[str] | None = None) -> list[Mutant]:
    """All of them, file by file and line by line; those that read the same only once."""
    return list(chain.from_iterable(map(_mutants, names or modules())))


def _mutants(module: str) -> Iterator[Mutant]:
    tree = ast.parse(source(module))
    seen = {ast.unparse(tree)}
    for number, place in enumerate(_places(tree, module)):
        old = place.expression
        around = (old, *place.around[::-1])
        shown = next((e for e in around if len(_first_line(e)) >= LEGIBLE), around[-1])
        before = _first_line(shown)
        for change, new in enumerate(changes(old, _bound_before(place))):
            place.put(new)
            text = ast.unparse(tree)
            if text not in seen:
                seen.add(text)
                function = place.function.name if place.function else ""
                after = _first_line(new if shown is old else shown)
                yield Mutant(module, old.lineno, function, before, after, number, change)
        place.put(old)


def _places(tree: ast.Module, module: str) -> Iterator[Place]:
    """Every expression that computes, in the order of the text."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef) and statement.name in COMPUTING.get(
            module, {statement.name}
        ):
            yield from _within(statement, (), statement)
        elif isinstance(statement, ast.AnnAssign) and module not in COMPUTING:
            yield from _within(statement, (statement,), None)


def _within(node: ast.AST, around: tuple[ast.AST, ...], function: ast.FunctionDef | None) -> Iterator[Place]:
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for number, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or _refuses(child):
                continue
            if isinstance(child, ast.expr):
                yield Place(node, field, number if isinstance(value, list) else None, around, function)
            yield from _within(child, (child,) if isinstance(child, ast.stmt) else (*around, child), function)


def _refuses(node: ast.AST) -> bool:
    """Whether it says or refuses something, and computes nothing."""
    if isinstance(node, ast.If):
        return all(isinstance(statement, ast.Raise) for statement in node.body)
    if isinstance(node, ast.Expr):
        called = node.value.func if isinstance(node.value, ast.Call) else None
        return isinstance(node.value, ast.Constant) or getattr(called, "id", "") in REFUSING
    return isinstance(node, (ast.Raise, ast.JoinedStr))


def _bound_before(place: Place) -> list[str]:
    """The variables of the function that have a value on an earlier line; not those that hold a text."""
    if place.function is None:
        return []
    arguments = place.function.args
    given = [
        a.arg for a in (*arguments.args, *arguments.kwonlyargs) if getattr(a.annotation, "id", "") != "str"
    ]
    line = place.expression.lineno
    stored = [n for n in ast.walk(place.function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    stored.sort(key=lambda n: (n.lineno, n.col_offset))
    return list(dict.fromkeys([*given, *(n.id for n in stored if n.lineno < line)]))


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).split("\n")[0]
