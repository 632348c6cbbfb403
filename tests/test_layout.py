"""The three rooms: each operator has its place in every one of them, and imports go one way."""

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from gradspec import reference, spec

ROOT = Path(__file__).parents[1]
ROOMS = ("spec", "reference", "conformance")
FORBIDDEN = {
    "spec": {"numpy", "hypothesis", "reference", "conformance"},
    "reference": {"sympy", "hypothesis", "spec", "conformance"},
    "conformance": {"sympy", "flint"},
}
OTHER_FRAMEWORKS = {"torch", "jax", "tensorflow", "optax"}


def missing(operators: tuple[str, ...], room: Path = ROOT / "reference") -> list[str]:
    """What the room lacks of these operators, in words."""
    lacking = []
    for name in operators:
        path = room / f"{name}.py"
        if not path.is_file():
            lacking.append(f"{name} is declared, but there is no {room.name}/{name}.py")
            continue
        defined = {
            node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
        }
        due = {name}
        if name in spec.operators() and spec.declaration(name).differentiable_inputs:
            due.add(f"{name}_vjp")
        lacking += [f"{room.name}/{name}.py does not define {function}" for function in sorted(due - defined)]
        if f"{name}_vjp" in defined - due:
            lacking.append(f"{room.name}/{name}.py defines {name}_vjp, but {name} is not differentiable")
    return lacking


def imported(path: Path) -> set[str]:
    """What a module imports: the first part of each name; the room where a relative import leaves its own."""
    depth = len(path.relative_to(ROOT).parents) - 1
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            parts = (node.module or "").split(".")
            found.add(parts[1] if parts[0] == "gradspec" and len(parts) > 1 else parts[0])
        elif isinstance(node, ast.ImportFrom) and node.level > depth:
            found |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
    return found


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def test_every_declared_operator_is_computed_and_differentiated():
    assert missing(spec.operators()) == []


def test_every_computed_operator_is_declared():
    computed = {p.stem for p in (ROOT / "reference").glob("*.py") if not p.stem.startswith("_")}
    assert computed == set(spec.operators())


def test_what_a_new_operator_lacks_is_named(tmp_path):
    room = tmp_path / "reference"
    room.mkdir()
    assert missing(("gru",), room) == ["gru is declared, but there is no reference/gru.py"]
    (room / "tanh.py").write_text("def tanh(x):\n    return x\n")
    assert missing(("tanh",), room) == ["reference/tanh.py does not define tanh_vjp"]
    (room / "adam.py").write_text("def adam(): ...\n\ndef adam_vjp(): ...\n")
    assert missing(("adam",), room) == ["reference/adam.py defines adam_vjp, but adam is not differentiable"]


def test_the_rooms_answer_for_every_operator():
    for name in spec.operators():
        assert spec.declaration(name).name == name
        assert callable(reference.operator(name))
        assert not spec.declaration(name).differentiable_inputs or callable(reference.vjp(name))


@pytest.mark.parametrize(
    "path", [p for room in ROOMS for p in modules(room)], ids=lambda p: str(p.relative_to(ROOT))
)
def test_imports_go_one_way(path):
    room, *folders = path.relative_to(ROOT).parts
    allowed = {"backends": OTHER_FRAMEWORKS, "exact": {"sympy", "flint"}}.get(folders[0], set())
    assert not imported(path) & ((FORBIDDEN[room] | OTHER_FRAMEWORKS) - allowed)


def test_an_import_of_another_room_would_be_seen(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "spec").mkdir()
    for line, room in (
        ("from ..reference import lstm", "reference"),
        ("from .. import conformance", "conformance"),
        ("import numpy as np", "numpy"),
        ("from gradspec.reference.lstm import lstm", "reference"),
    ):
        path = tmp_path / "spec" / "lstm.py"
        path.write_text(f"def f():\n    {line}\n")
        assert room in imported(path)
    path.write_text("from ._declare import Array\n")
    assert imported(path) == set()


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("gradspec.spec", ("numpy", "sympy", "hypothesis")),
        ("gradspec.reference", ("sympy", "hypothesis", "gradspec.spec")),
        ("gradspec.conformance", ("numpy", "sympy", "hypothesis", "rich")),
        ("gradspec.conformance.plugin", ("numpy", "sympy", "hypothesis", "rich")),
        ("gradspec.conformance.cli", ("numpy", "sympy", "hypothesis")),
        ("gradspec.conformance.suite", ("sympy", "pytest", "torch", "rich")),
    ],
)
def test_an_import_brings_nothing_in_that_is_not_needed_yet(module, unwanted):
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import conftest; before = set(sys.modules)\n"
        f"import {module}\n"
        f"print(*sorted({set(unwanted)!r} & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_frameworks_that_adapters_import_are_no_requirement():
    for path in (ROOT / "conformance" / "backends").glob("*.py"):
        assert imported(path) & OTHER_FRAMEWORKS <= {path.stem, "optax"}


def test_the_room_that_is_tested_is_the_one_of_this_clone():
    found = find_spec("gradspec.spec")
    assert found is not None
    assert Path(found.origin).resolve() == (ROOT / "spec" / "__init__.py").resolve()
