"""What trust in the kernel rests on beside its rules: it calls nothing of SymPy that captures or guesses."""

import ast
from pathlib import Path

import pytest
from gradspec.spec import kernel

FILES = sorted(Path(kernel.__file__).parent.glob("*.py"))
UNSOUND = {"diff", "doit", "subs", "xreplace", "simplify", "replace", "expand", "evalf", "solve", "limit"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_kernel_calls_nothing_that_captures_indices_or_guesses(path: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    called = {f.attr for f in calls if isinstance(f, ast.Attribute)} | {
        f.id for f in calls if isinstance(f, ast.Name)
    }
    assert not called & UNSOUND


def test_only_the_kernel_makes_theorems() -> None:
    """Elsewhere in the room nothing names the class but to say what it is given."""
    room = FILES[0].parent.parent
    for path in room.rglob("*.py"):
        if path.parent != FILES[0].parent:
            calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
            assert not any(isinstance(c.func, ast.Name) and c.func.id == "Theorem" for c in calls), path
