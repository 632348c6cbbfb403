"""Duals over any kind of number; over residues, every gradient of the reference is exactly the derivative."""

import ast
import inspect
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from cases import DIFFERENTIABLE, Case, E, is_real, leaves, mapped
from gradspec.conformance.exact.dual import Dual
from gradspec.conformance.exact.field import NotASquare, Tower, draw, one_field
from gradspec.reference import operator, vjp

DEPTHS = {"mlp": 2, "rnn": 4, "lstm": 8}  # how many exp lie within each other, where it is more than one
LOGARITHMS = ("binary_cross_entropy", "softmax_cross_entropy")
PLAIN_INPUTS = {"binary_cross_entropy": 1}  # the input after which no gradient is given

TOWERS = {depth: Tower(61, depth) for depth in (1, *DEPTHS.values())}
WITH_LOG = Tower(31, 1, with_logs=True)
cases = pytest.mark.parametrize("case", DIFFERENTIABLE, ids=lambda case: case.id)


def tower_of(case: Case) -> Tower:
    return WITH_LOG if case.operator in LOGARITHMS else TOWERS[DEPTHS.get(case.operator, 1)]


def shape_of(case: Case, array: np.ndarray) -> tuple[int, ...]:
    """The case's own, but that the root of the key's width is exact: 2 heads share a width of 8."""
    widened = case.attributes.get("heads") == 2
    return tuple(2 * n if widened and n == E else n for n in array.shape)


def dual(value: np.ndarray, slope: np.ndarray) -> np.ndarray:
    entries = np.empty(value.size, object)
    entries[:] = [Dual(v, s) for v, s in zip(value.flat, slope.flat, strict=True)]
    return entries.reshape(value.shape)


def inner(left: list[Any], right: list[Any]) -> Any:
    return sum(np.sum(np.asarray(a * b, object)) for a, b in zip(left, right, strict=True))


def agrees(case: Case, tower: Tower, vjp_of_case: Callable[..., Any]) -> bool:
    """Whether ⟨dy, J v⟩ = ⟨Jᵀ dy, v⟩ for random residues as inputs, dy and v."""
    for _ in range(5000):  # half of all numbers have no logarithm
        try:
            return agrees_once(case, tower, vjp_of_case)
        except NotASquare:
            continue
    raise AssertionError("no draw had all its logarithms")


def agrees_once(case: Case, tower: Tower, vjp_of_case: Callable[..., Any]) -> bool:
    inputs = mapped(lambda array: draw(tower, shape_of(case, array)), case.inputs)
    count = PLAIN_INPUTS.get(case.operator, len(inputs))
    v = mapped(lambda array: draw(tower, array.shape), inputs[:count])
    pairs = zip(leaves(inputs[:count]), leaves(v), strict=True)
    lifted = iter([dual(x, s) if is_real(x) else x for x, s in pairs])
    dual_inputs = [[next(lifted) for _ in x] if isinstance(x, list) else next(lifted) for x in inputs[:count]]
    outputs = leaves(operator(case.operator)(*dual_inputs, *inputs[count:], **case.attributes))
    dy = [draw(tower, np.shape(y)) for y in outputs]
    slopes = [np.frompyfunc(lambda y: y.slope if isinstance(y, Dual) else 0, 1, 1)(y) for y in outputs]
    gradients = leaves(vjp_of_case(*dy, *inputs, **case.attributes))
    return bool(inner(dy, slopes) == inner(gradients, [a for a in leaves(v) if is_real(a)]))


@cases
def test_every_gradient_is_exactly_the_transposed_derivative_in_a_tower(case: Case) -> None:
    assert agrees(case, tower_of(case), vjp(case.operator))


@cases
def test_every_gradient_is_exactly_the_transposed_derivative_in_one_field(case: Case) -> None:
    for seed in (1, 2, 3):
        assert agrees(case, one_field(seed), vjp(case.operator))


@cases
def test_a_gradient_off_by_a_billionth_in_one_entry_is_seen(case: Case) -> None:
    def off(*arguments: Any, **attributes: Any) -> Any:
        gradients = vjp(case.operator)(*arguments, **attributes)
        changed = [np.array(gradient, object) for gradient in leaves(gradients)]
        where = next(i for i, entry in enumerate(changed[-1].flat) if entry)
        changed[-1].flat[where] = changed[-1].flat[where] * (1 + Fraction(1, 10**9))
        return changed

    if case.operator == "embedding":
        assert not agrees(case, one_field(), off)
    else:
        assert not agrees(case, tower_of(case), off)


def _equations(tree: ast.Module) -> list[ast.BinOp]:
    """What is computed, without the calls that only refuse."""
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    statements = [s for s in function.body if not isinstance(s, ast.Expr)]
    return [node for s in statements for node in ast.walk(s) if isinstance(node, ast.BinOp)]


def mutants(name: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """`<name>_vjp` with each + and binary − of its equations in turn made the other, and where."""
    module = import_module(f"gradspec.reference.{name}")
    source = inspect.getsource(getattr(module, f"{name}_vjp"))
    other: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}
    for place in range(len(_equations(ast.parse(source)))):
        tree = ast.parse(source)
        node = _equations(tree)[place]
        if type(node.op) not in other:
            continue
        node.op = other[type(node.op)]()
        scope = dict(vars(module))
        exec(compile(tree, "<mutant>", "exec"), scope)
        yield ast.unparse(node), scope[f"{name}_vjp"]


MUTATED = [
    c for c in DIFFERENTIABLE if c.operator in ("tanh", "sigmoid", "softmax", "mean_squared_error")
] + [
    next(c for c in DIFFERENTIABLE if c.operator == name)
    for name in (*LOGARITHMS, "rnn", "lstm", "scaled_dot_product_attention")
]


@pytest.mark.parametrize("case", MUTATED, ids=lambda case: case.id)
def test_one_changed_sign_in_a_gradient_is_caught(case: Case) -> None:
    changed = list(mutants(case.operator))
    assert changed
    for where, mutant in changed:
        assert not agrees(case, one_field(), mutant), where


def test_the_recurrence_at_its_length_runs_in_one_field() -> None:
    T, N, H, D = 20, 1, 3, 2
    tower = one_field(7)
    shapes = (T, N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)
    case = Case("lstm", tuple(draw(tower, shape) for shape in shapes))
    assert agrees(case, tower, vjp("lstm"))


FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[float], float]]] = {
    "exp": (np.exp, math.exp),
    "log": (np.log, lambda x: 1 / x),
    "log1p": (np.log1p, lambda x: 1 / (1 + x)),
    "tanh": (np.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "sqrt": (np.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "sin": (np.sin, math.cos),
    "cos": (np.cos, lambda x: -math.sin(x)),
    "square root as a power": (lambda x: x**0.5, lambda x: 0.5 / math.sqrt(x)),
    "cube": (lambda x: x**3, lambda x: 3 * x * x),
    "power 0": (lambda x: x**0, lambda x: 0),
    "power 1.5": (lambda x: x**1.5, lambda x: 1.5 * math.sqrt(x)),
    "quotient": (lambda x: (1 - x) / (x * x), lambda x: 1 / x**2 - 2 / x**3),
    "reciprocal": (lambda x: 2 / x, lambda x: -2 / x**2),
    "difference": (lambda x: (2 - x) - (x + 1) - 1, lambda x: -2),
    "magnitude": (lambda x: np.abs(-x) + np.maximum(x, 9) + np.minimum(x, 9), lambda x: 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_dual_has_the_slope_of_the_function(name: str) -> None:
    function, derivative = FUNCTIONS[name]
    for x in (0.3, 2.0):
        (y,) = function(np.array([Dual(x, 1.0)], object))
        assert y.value == pytest.approx(float(function(np.float64(x))))
        assert y.slope == pytest.approx(derivative(x))


def test_a_dual_of_fractions_stays_exact() -> None:
    x = Dual(Fraction(1, 3), Fraction(1))
    y = (x * x - 1) / (2 + x) * np.array([1, Fraction(1, 2)], object)
    assert [type(entry.slope) for entry in y] == [Fraction, Fraction]
    assert y[0].slope == Fraction(2 * 3, 7) * Fraction(1, 3) * Fraction(1) + Fraction(8, 9) / Fraction(49, 9)
    assert abs(-x) == x
    assert Fraction(1, 3) == x > 0
    assert x >= Fraction(1, 3) >= x
    assert not x < Dual(Fraction(0))
