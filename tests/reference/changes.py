"""What one token of an expression can be changed to: the expressions that could stand in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
FUNCTIONS = {
    "exp": "tanh", "tanh": "exp", "sigmoid": "tanh", "log": "log1p", "log1p": "log", "sqrt": "abs",
    "abs": "sqrt", "sin": "cos", "cos": "sin", "maximum": "minimum", "minimum": "maximum", "sum": "max",
    "max": "sum", "stack": "concatenate", "concatenate": "stack", "zeros_like": "ones_like",
}  # fmt: skip
DROPPED = {"exp", "tanh", "log", "log1p", "sqrt", "abs", "sin", "cos", "sigmoid", "reversed", "swapaxes"}
"""Functions of which the first argument may be left as it is."""


def changes(e: ast.expr, names: Sequence[str]) -> Iterator[ast.expr]:
    """The changes of one token of `e`, parts of it aside; `names` are those that may stand for another."""
    if isinstance(e, ast.BinOp):
        yield from _of_operation(e)
    elif isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub):
        yield e.operand
    elif isinstance(e, ast.Constant) and type(e.value) in (int, float):
        yield ast.Constant(e.value + 1)
        if e.value > 0:
            yield ast.Constant(e.value - 1)
    elif isinstance(e, ast.Constant) and isinstance(e.value, bool):
        yield ast.Constant(not e.value)
    elif isinstance(e, ast.Compare):
        for op in COMPARISONS[type(e.ops[0])]:
            yield ast.Compare(e.left, [op()], e.comparators)
    elif isinstance(e, ast.Call):
        yield from _of_call(e)
    elif isinstance(e, ast.Attribute) and e.attr == "T":
        yield e.value
    elif isinstance(e, ast.IfExp):
        yield from (e.body, e.orelse)
    elif isinstance(e, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(e.op, ast.And) else ast.And(), e.values)
    elif isinstance(e, ast.Subscript) and isinstance(e.ctx, ast.Load):
        yield from _of_index(e)
    elif isinstance(e, ast.Tuple) and isinstance(e.ctx, ast.Load):
        for k in range(len(e.elts) - 1):
            yield ast.Tuple(_swapped(e.elts, k), ast.Load())
    elif isinstance(e, ast.Name) and isinstance(e.ctx, ast.Load) and e.id in names and len(names) > 1:
        place = names.index(e.id)
        for other in dict.fromkeys((names[place - 1], names[(place + 1) % len(names)])):
            yield ast.Name(other, ast.Load())


def _of_operation(e: ast.BinOp) -> Iterator[ast.expr]:
    for op in OPERATORS.get(type(e.op), ()):
        yield ast.BinOp(e.left, op(), e.right)
    if isinstance(e.op, ast.MatMult):
        yield ast.BinOp(e.right, e.op, e.left)
    else:  # a term or a factor is dropped
        yield from (e.left, e.right)
    yield ast.UnaryOp(ast.USub(), e)


def _of_call(e: ast.Call) -> Iterator[ast.expr]:
    name = e.func.attr if isinstance(e.func, ast.Attribute) else getattr(e.func, "id", "")
    if name in FUNCTIONS:
        other = ast.Attribute(ast.Name("np", ast.Load()), FUNCTIONS[name], ast.Load())
        yield ast.Call(other, e.args, e.keywords)
    if name in DROPPED:
        yield e.args[0]
    for k in range(len(e.args) - 1):
        if not any(isinstance(a, ast.Starred) for a in e.args[k : k + 2]):
            yield ast.Call(e.func, _swapped(e.args, k), e.keywords)
    for keyword in e.keywords:
        if keyword.arg in ("axis", "keepdims"):
            yield ast.Call(e.func, e.args, [other for other in e.keywords if other is not keyword])


def _of_index(e: ast.Subscript) -> Iterator[ast.expr]:
    if isinstance(e.slice, ast.Name):
        for op in (ast.Sub(), ast.Add()):
            yield ast.Subscript(e.value, ast.BinOp(e.slice, op, ast.Constant(1)), ast.Load())
    if isinstance(e.slice, ast.Slice):
        yield e.value


def _swapped(entries: Sequence[ast.expr], k: int) -> list[ast.expr]:
    return [*entries[:k], entries[k + 1], entries[k], *entries[k + 2 :]]
