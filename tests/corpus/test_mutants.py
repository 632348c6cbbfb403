"""A sample of the one-token mutants is found by the suite; benchmarks/mutants.py runs all of them."""

import ast
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from gradspec.conformance import check
from gradspec.reference import operator as of_reference
from gradspec.spec import operators
from in_memory import reference_with, served
from mutants import Mutant, modules, mutants, source


def _script() -> Any:
    """benchmarks/mutants.py, under a name of its own: what generates the mutants is called `mutants` too."""
    path = Path(__file__).parents[2] / "benchmarks" / "mutants.py"
    spec = spec_from_file_location("mutants_under_the_suite", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()
KNOWN = {key for known in (SCRIPT.EQUIVALENT, SCRIPT.EXPLAINED) for keys in known.values() for key in keys}
DIFFERENT = {name: [m for m in mutants([name]) if SCRIPT.key(m) not in KNOWN] for name in modules()}
SAMPLE = [found[len(found) // 2] for found in DIFFERENT.values()]


def unmutated(module: str) -> Any:
    return reference_with(module, compile(ast.parse(source(module)), f"<{module}>", "exec"))


@pytest.mark.parametrize("mutant", SAMPLE, ids=lambda m: f"{m.module}-{m.line}-{m.change}")
def test_a_mutant_is_found(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SCRIPT, "PROFILES", ("smoke",))
    (_, verdict), *_ = SCRIPT.judged([mutant], seed=0)
    assert verdict.said, mutant.key


def test_a_mutant_of_a_convention_is_found_where_it_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = next(m for m in mutants(["_root"]) if m.after.startswith("np.sqrt(s - epsilon)"))
    monkeypatch.setattr(SCRIPT, "PROFILES", ("smoke",))
    ((_, verdict),) = SCRIPT.judged([changed], seed=0)
    assert verdict.convention == "adagrad.epsilon = inside"


@pytest.mark.parametrize("module", ["relu", "_root", "scaled_dot_product_attention", "random_dropout"])
def test_the_unmutated_reference_conforms_when_it_is_loaded_the_same_way(module: str) -> None:
    for conventions in ({}, *SCRIPT.declared(served(module)[0])):
        backend = SCRIPT.backend(module, unmutated(module), conventions)
        report = check(backend, operators=[served(module)[0]], profile="smoke")
        assert report.conforms, [(r.id, r.message) for r in report.results if r.status != "passed"]


def test_a_backend_has_the_mutated_functions_and_the_right_ones_beside_them() -> None:
    load = unmutated("sigmoid")
    backend = SCRIPT.backend("sigmoid", load, {})
    assert {*operators()} < {*vars(backend)}
    assert backend.sigmoid.__wrapped__ is load("sigmoid").sigmoid
    assert backend.lstm.__wrapped__ is load("lstm").lstm
    assert backend.tanh.__wrapped__ is of_reference("tanh")


def test_a_mutant_that_does_not_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = source("tanh").replace("return np.tanh(x)", "\n    while True:\n        pass")
    monkeypatch.setattr(Mutant, "tree", lambda self: ast.parse(endless))
    monkeypatch.setattr(SCRIPT, "LIMIT", 0.1)
    ((_, verdict),) = SCRIPT.judged(mutants(["tanh"])[:1], seed=0)
    assert "TimeoutError" in verdict.said


def test_what_was_found_and_what_got_through_is_counted_and_named() -> None:
    missed, failed = DIFFERENT["tanh"][0], SCRIPT.Verdict("forward", said="failed")
    verdicts = [SCRIPT.Verdict() if m == missed else failed for m in mutants(["tanh"])]
    found = {"tanh": (verdicts, 1.0)}
    assert SCRIPT.survivors(found)[1] == [f"survived, unexplained: {SCRIPT.key(missed)}"]
    assert f"| `tanh.py` | {len(verdicts)} | {len(verdicts) - 1} |" in "\n".join(SCRIPT.table(found))
