"""A sample of the one-token mutants is found by the suite; benchmarks/mutants.py runs all of them."""

import ast
from typing import Any

import mutants_page
import mutants_run
import pytest
from gradspec.conformance import check
from gradspec.reference import operator as of_reference
from gradspec.spec import operators
from in_memory import reference_with, served
from mutants import Mutant, modules, mutants, source
from mutants_page import EQUIVALENT, EXPLAINED
from mutants_run import judged, key

KNOWN = {key for known in (EQUIVALENT, EXPLAINED) for keys in known.values() for key in keys}
DIFFERENT = {name: [m for m in mutants([name]) if key(m) not in KNOWN] for name in modules()}
SAMPLE = [found[len(found) // 2] for found in DIFFERENT.values()]


def unmutated(module: str) -> Any:
    return reference_with(module, compile(ast.parse(source(module)), f"<{module}>", "exec"))


@pytest.mark.parametrize("mutant", SAMPLE, ids=lambda m: f"{m.module}-{m.line}-{m.change}")
def test_a_mutant_is_found(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants_run, "PROFILES", ("smoke",))
    (_, verdict), *_ = judged([mutant], seed=0)
    assert verdict.said, mutant.key


def test_a_mutant_of_a_convention_is_found_where_it_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = next(m for m in mutants(["_root"]) if m.after.startswith("np.sqrt(s - epsilon)"))
    monkeypatch.setattr(mutants_run, "PROFILES", ("smoke",))
    ((_, verdict),) = judged([changed], seed=0)
    assert verdict.convention == "adagrad.epsilon = inside"


@pytest.mark.parametrize("module", ["relu", "_root", "scaled_dot_product_attention", "random_dropout"])
def test_the_unmutated_reference_conforms_when_it_is_loaded_the_same_way(module: str) -> None:
    for conventions in ({}, *mutants_run.declared(served(module)[0])):
        backend = mutants_run.backend(module, unmutated(module), conventions)
        report = check(backend, operators=[served(module)[0]], profile="smoke")
        assert report.conforms, [(r.id, r.message) for r in report.results if r.status != "passed"]


def test_a_backend_has_the_mutated_functions_and_the_right_ones_beside_them() -> None:
    load = unmutated("sigmoid")
    backend = mutants_run.backend("sigmoid", load, {})
    assert {*operators()} < {*vars(backend)}
    assert backend.sigmoid.__wrapped__ is load("sigmoid").sigmoid
    assert backend.lstm.__wrapped__ is load("lstm").lstm
    assert backend.tanh.__wrapped__ is of_reference("tanh")


def test_a_mutant_that_does_not_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = source("tanh").replace("return np.tanh(x)", "\n    while True:\n        pass")
    monkeypatch.setattr(Mutant, "tree", lambda self: ast.parse(endless))
    monkeypatch.setattr(mutants_run, "LIMIT", 0.1)
    ((_, verdict),) = judged(mutants(["tanh"])[:1], seed=0)
    assert "TimeoutError" in verdict.said


def test_what_was_found_and_what_got_through_is_counted_and_named() -> None:
    missed, failed = DIFFERENT["tanh"][0], mutants_run.Verdict("forward", said="failed")
    verdicts = [mutants_run.Verdict() if m == missed else failed for m in mutants(["tanh"])]
    found = {"tanh": (verdicts, 1.0)}
    assert mutants_page.survivors(found)[1] == [f"survived, unexplained: {key(missed)}"]
    assert f"| `tanh.py` | {len(verdicts)} | {len(verdicts) - 1} |" in "\n".join(mutants_page.table(found))
