"""The reference names no float type and keeps to the operations that every kind of number has."""

import ast
from pathlib import Path

import gradspec.reference
import pytest
from gradspec.reference import operator, vjp

MODULES = sorted(Path(gradspec.reference.__file__).parent.glob("*.py"))
OPERATORS = [path.stem for path in MODULES if not path.stem.startswith("_")]

ON_DATA = {
    *("exp", "log", "log1p", "tanh", "sqrt", "abs", "maximum", "minimum", "add"),
    *("sum", "max", "where", "concatenate", "stack", "split", "swapaxes", "zeros_like"),
}
ON_INDICES = {"arange", "array", "int64", "random", "sin", "cos"}  # and on positions: never on data
FORBIDDEN_CALLS = {"float", "complex", "round"}
FORBIDDEN_METHODS = {"astype", "copy", "ravel", "sum", "mean", "item", "tolist", "dot", "std", "flatten"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_numpy_is_used_only_within_the_vocabulary(path: Path) -> None:
    used = {
        node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np"
    }
    assert used <= ON_DATA | ON_INDICES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_number_is_forced_into_a_float_type(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN_CALLS, f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) != "np":
            assert node.attr not in FORBIDDEN_METHODS, f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_literal_is_exact_in_every_format(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            assert (node.value * 1024).is_integer(), f"{node.value} in line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_reference_knows_neither_of_the_other_rooms(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level <= 1
            assert not (node.module or "").startswith("gradspec")


def test_the_folder_is_the_registry() -> None:
    assert len(OPERATORS) >= 27
    for name in OPERATORS:
        assert callable(operator(name))


@pytest.mark.parametrize("name", ["", "_validate", "no_such_operator", "lstm.lstm", "os"])
def test_an_unknown_operator_is_a_lookup_error(name: str) -> None:
    with pytest.raises(LookupError, match="no function"):
        operator(name)


def test_an_operator_without_a_gradient_has_no_vjp() -> None:
    with pytest.raises(LookupError, match="adam_vjp"):
        vjp("adam")
