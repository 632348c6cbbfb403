"""A backend by its name: found, or refused with one line that says what to do."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest
from gradspec.conformance import discovery, load
from gradspec.conformance.errors import Unusable
from gradspec.spec import operators
from minimal import mine, written


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current directory, from which nothing stays importable."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if name.startswith(("mykernels", "gradspec_backend_")):
            del sys.modules[name]


def refusal(named: object) -> str:
    with pytest.raises(Unusable) as raised:
        load(named)
    said = str(raised.value)
    assert said
    assert "\n" not in said
    return said


def test_a_near_miss_of_a_built_in_name_is_told():
    assert refusal("nunpy") == "no backend 'nunpy': did you mean numpy?"


def test_an_unknown_name_is_told_what_could_be_named():
    said = refusal("mykernels")
    for part in ("'mykernels'", "numpy", "torch", "file.py", "package.module:object"):
        assert part in said


def test_a_missing_file_is_told():
    assert refusal("some/where.py") == "no such backend file: some/where.py"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "import numpy\n\nx = y\n",
            "cannot be imported: NameError: name 'y' is not defined (mine.py:3)",
        ),
        ("x = 1\ndef (\n", "mine.py cannot be imported: SyntaxError: "),
        ("raise SystemExit('go away')", "mine.py cannot be imported: SystemExit: go away (mine.py:1)"),
        ("import nothing_like_it", "No module named 'nothing_like_it' (mine.py:1)"),
        ("raise BaseException", "mine.py cannot be imported: BaseException (mine.py:1)"),
        ("raise ImportError('it needs x: pip install x')", "it needs x: pip install x"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why_and_where(folder, text, said):
    (folder / "mine.py").write_text(text)
    assert said in refusal("mine.py")


def test_a_syntax_error_is_told_with_its_line(folder):
    (folder / "mine.py").write_text("x = 1\ndef (\n")
    assert refusal("mine.py").endswith("(mine.py, line 2)")


def test_a_file_is_found_by_string_and_by_path(folder):
    path = written(folder)
    for named in (path, "mine.py", "./mine.py", Path("mine.py")):
        assert load(named).name == "mine"


def test_what_lies_beside_a_file_can_be_imported(folder):
    (folder / "mykernels_beside.py").write_text("from numpy import tanh")
    path = written(folder, ("def tanh(x):\n    return np.tanh(x)", "from mykernels_beside import tanh"))
    assert load(path).function("tanh") is not None


def test_a_module_of_the_current_directory_is_found(folder):
    written(folder, name="mykernels.py")
    assert load("mykernels").name == "mine"


def test_an_object_in_a_module_is_found_and_a_class_is_made(folder):
    (folder / "mykernels.py").write_text(
        "class Inner:\n name, dtypes = 'inner', ('float64',)\n def tanh(self, x): return x\n"
        "class Greedy(Inner):\n def __init__(self, x): pass\n"
        "inner = Inner()\nclass Outer:\n inner = inner\n"
    )
    for named in ("mykernels:inner", "mykernels:Inner", "mykernels:Outer.inner"):
        found = load(named)
        assert (found.name, found.function("tanh")(1)) == ("inner", 1)
    assert refusal("mykernels:missing") == "mykernels has no 'missing'"
    assert "mykernels:Greedy cannot be imported: TypeError" in refusal("mykernels:Greedy")


def test_an_entry_point_is_found(folder, monkeypatch):
    written(folder, name="mykernels.py")
    monkeypatch.syspath_prepend(folder)
    points = [
        EntryPoint(name, value, discovery.GROUP)
        for name, value in (("fast", "mykernels"), ("broken", "mykernels:no"), ("gone", "mykernels_gone"))
    ]
    monkeypatch.setattr(discovery, "entry_points", lambda group: points)
    assert load("fast").name == "mine"
    assert "AttributeError" in refusal("broken")
    assert "No module named 'mykernels_gone'" in refusal("gone")


def test_a_module_that_lacks_what_it_imports_is_no_unknown_backend(folder):
    (folder / "mykernels.py").write_text("import nothing_like_it")
    assert "mykernels cannot be imported: ModuleNotFoundError" in refusal("mykernels")


def test_a_module_that_is_no_backend_is_told_what_it_lacks():
    assert refusal("json") == 'json lacks a name: add a line such as name = "mykernels"'


NO_DTYPES = 'does not say its dtypes: add a line such as dtypes = ("float32", "float64")'


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": None}, "lacks a name"),
        ({"name": ""}, "lacks a name"),
        ({"name": 3}, "lacks a name"),
        ({"dtypes": None}, NO_DTYPES),
        ({"dtypes": ()}, NO_DTYPES),
        ({"dtypes": 64}, NO_DTYPES),
        ({"dtypes": "float32"}, NO_DTYPES),
        ({"dtypes": (float,)}, NO_DTYPES),
        ({"dtypes": ("float31",)}, "unknown dtype 'float31': a backend declares some of"),
        ({"conventions": {"adam.epsilom": 1}}, "declares the convention 'adam.epsilom', which is unknown"),
        ({"conventions": {"adam.epsilon": "inside"}}, "it can be 'after_correction', 'before_correction'"),
        ({"conventions": ["adam.epsilon"]}, "conventions is a list; make it a dict"),
        ({"expected_failures": ["tanh"]}, "expected_failures is a list; make it a dict"),
        ({"expected_failures": "tanh"}, "expected_failures is a str; make it a dict"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_declaration_that_cannot_be_used_is_refused(changed, said):
    assert said in refusal(mine(**changed))


def test_a_backend_without_operators_is_refused():
    given = SimpleNamespace(name="empty", dtypes=("float32",), softmaks=len)
    assert "defines none of the operators" in refusal(given)


@pytest.mark.parametrize("nothing", [None, 3, [], len, "", ".", ":x"])
def test_what_is_no_backend_at_all_is_refused(nothing):
    refusal(nothing)


def test_a_version_may_be_left_out():
    assert load(mine(version=None)).version == "unknown"


def test_the_reference_defines_every_operator():
    found = load("numpy")
    assert all(found.function(name) for name in operators())
