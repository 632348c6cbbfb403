"""Certificates: every chapter's is verified by a checker that shares nothing with it; lies are not."""

from __future__ import annotations

import ast
import copy
import json
import random
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from gradspec.spec.certificate import check as checker
from gradspec.spec.certificate.check import P, check
from gradspec.spec.certificate.export import certificate
from gradspec.spec.chapters import chapter, chapters, proof

PATH = Path(checker.__file__)


@cache
def exported(name: str) -> str:
    found = chapter(name)
    return json.dumps(certificate(found, proof(found)))


def claimed(name: str) -> Any:
    """The certificate of a chapter, to be tampered with."""
    return json.loads(exported(name))


def line(claims: Any, label: str) -> Any:
    return next(said for said in claims["lines"] if said["label"] == label)


@pytest.mark.parametrize("name", chapters())
def test_the_certificate_of_every_chapter_is_verified(name: str) -> None:
    assert check(claimed(name)) == []


def test_the_checker_imports_the_standard_library_alone() -> None:
    nodes = list(ast.walk(ast.parse(PATH.read_text("utf-8"))))
    found = {a.name.split(".")[0] for n in nodes if isinstance(n, ast.Import) for a in n.names}
    found |= {(n.module or "").split(".")[0] for n in nodes if isinstance(n, ast.ImportFrom)}
    assert not any(n.level for n in nodes if isinstance(n, ast.ImportFrom))
    assert found <= set(sys.stdlib_module_names)


def test_the_fields_are_a_tower() -> None:
    assert all((q - 1) % p == 0 for p, q in pairwise(P))
    assert all(p % 8 == 5 and all(pow(n, (p - 1) // 2, p) == 1 for n in (3, 5, 7)) for p in P)
    assert all(all(pow(a, p - 1, p) == 1 for a in (2, 3, 5, 7, 11, 13)) for p in P)
    assert all(pow(2, (q - 1) // p, q) != 1 for p, q in pairwise(P))


LIES = [
    ("softmax_cross_entropy", "dlogits", ["rhs"], ["*", ["q", 2, 1]]),
    ("rnn", "e", ["rhs"], ["*", ["q", -1, 1]]),
    ("lstm", "dweight_h", ["lhs"], ["*", ["q", 3, 1]]),
    ("adam", "law.mean", ["rhs"], ["+", ["q", 1, 1]]),
    ("scaled_dot_product_attention", "law.row_product", ["rhs"], ["*", ["q", 1, 2]]),
    ("positional_encoding", "law.norm", ["rhs"], ["+", ["q", 1, 1]]),
    ("binary_cross_entropy", "law.stable_negative", ["rhs"], ["+", ["q", 1, 1]]),
]


@pytest.mark.parametrize(("name", "label", "path", "wrong"), LIES)
def test_one_false_line_is_named(name: str, label: str, path: list[str], wrong: list[Any]) -> None:
    claims = claimed(name)
    said = line(claims, label)
    said[path[0]] = [*wrong, said[path[0]]]
    assert label in check(claims)


def swapped(e: Any, a: Any, b: Any) -> Any:
    """`e` with `a` and `b` exchanged throughout."""
    if e in (a, b):
        return b if e == a else a
    return [swapped(part, a, b) for part in e] if isinstance(e, list) else e


def test_a_consistent_lie_is_refuted_by_the_chain_rule() -> None:
    """The gradients of the input and the forget gate exchanged in every line and definition."""
    claims = claimed("lstm")
    store, forget = (["delta", ["int", gate], ["i", "m:G"]] for gate in (1, 2))
    assert json.dumps(store) in json.dumps(claims)
    for said in claims["lines"]:
        if said["label"].startswith("da"):
            said["rhs"] = swapped(said["rhs"], store, forget)
    for adjoint in claims["system"]["adjoints"]:
        if adjoint["tensor"] == "da":
            adjoint["body"] = swapped(adjoint["body"], store, forget)
    claims["lines"] = [said for said in claims["lines"] if said["label"].startswith(("da", "dx"))]
    assert "lstm: the gradients are not those of the outputs" in check(claims)


def scaled(e: Any, tensor: str, by: list[Any]) -> Any:
    """`e` with every entry of the tensor multiplied."""
    if isinstance(e, list) and e[:2] == ["t", tensor]:
        return ["*", by, e]
    return [scaled(part, tensor, by) for part in e] if isinstance(e, list) else e


def test_a_consistent_lie_about_a_step_between_is_refuted() -> None:
    """The gradient of what is neither given nor an output is doubled, and halved wherever it is used."""
    claims = claimed("softmax_cross_entropy")
    own = next(a for a in claims["system"]["adjoints"] if a["of"] not in claims["system"]["given"])
    dx = own["tensor"]
    for adjoint in claims["system"]["adjoints"]:
        adjoint["body"] = scaled(adjoint["body"], dx, ["q", 1, 2])
    own["body"] = ["*", ["q", 2, 1], own["body"]]
    for said in claims["lines"]:
        said["lhs"] = ["*", ["q", 1, 2], said["lhs"]] if said["lhs"][:2] == ["t", dx] else said["lhs"]
        said["rhs"] = scaled(said["rhs"], dx, ["q", 1, 2])
    claims["lines"] = [said for said in claims["lines"] if not said["label"].startswith("law")]
    assert check(claims) == ["softmax_cross_entropy: the gradients are not those of the outputs"]


def test_a_gradient_of_what_is_called_not_differentiable_is_refused() -> None:
    claims = claimed("softmax")
    claims["system"]["not_differentiable"] = claims["system"]["given"]
    assert "dx" in check(claims)


@pytest.mark.parametrize("name", ["dropout", "soft_cross_entropy", "adagrad"])
def test_a_hypothesis_that_is_not_listed_is_missed(name: str) -> None:
    claims = claimed(name)
    users = [said["label"] for said in claims["lines"] if any(h.startswith(name) for h in said["hypotheses"])]
    assert users
    for said in claims["lines"]:
        said["hypotheses"] = []
    assert check(claims) == users


@pytest.mark.parametrize("part", ["law.spent.before", "law.spent.base"])
def test_what_an_induction_assumes_is_its_own_statement(part: str) -> None:
    claims = claimed("adagrad")
    own = claims["hypotheses"].get(part) or line(claims, part)
    own["rhs"] = ["+", own["rhs"], ["q", -1, 1]]
    if part == "law.spent.base":
        own["witness"] = ["q", 1, 1]
    assert check(claims) == ["law.spent"]


def test_an_induction_uses_its_hypothesis_at_the_step_before_alone() -> None:
    claims = claimed("adagrad")
    said = line(claims, "law.constant")
    (rule,) = [rule for rule in said["rules"] if rule["of"] == "law.constant.before"]
    rule["fixed"] = []
    assert "law.constant" in check(claims)


@pytest.mark.parametrize("name", ["rnn", "softmax_cross_entropy", "mean_squared_error"])
def test_a_gradient_that_is_left_out_is_missed(name: str) -> None:
    claims = claimed(name)
    (first, *_) = [a for a in claims["system"]["adjoints"] if a["of"] in claims["system"]["given"]]
    claims["system"]["adjoints"].remove(first)
    claims["tensors"][first["tensor"]] = {"shape": [dim for _, dim in first["indices"]], "depends": {}}
    assert check(claims)


def test_what_needs_a_hypothesis_fails_without_it() -> None:
    claims = claimed("soft_cross_entropy")
    users = [said for said in claims["lines"] if any(u["of"] == "distribution" for u in said["uses"])]
    assert users
    for said in users:
        said["uses"] = []
    assert {said["label"] for said in users} <= set(check(claims))


def test_a_line_cannot_use_itself_or_what_comes_later() -> None:
    claims = claimed("softmax")
    said = line(claims, "law.sum")
    said["rhs"] = ["q", 2, 1]
    said["uses"] = [{"of": "law.sum", "times": ["q", 1, 1], "at": {}, "over": []}]
    with pytest.raises(KeyError):
        check(claims)


def test_a_bound_needs_a_witness_that_is_visibly_not_negative() -> None:
    claims = claimed("sigmoid")
    said = line(claims, "law.slope")
    turned = copy.deepcopy(said)
    turned["lhs"], turned["rhs"] = said["rhs"], said["lhs"]
    turned["witness"] = ["*", ["q", -1, 1], said["witness"]]
    claims["lines"] = [*claims["lines"][:4], turned]
    assert check(claims) == ["law.slope"]
    said["witness"] = ["*", ["q", 2, 1], said["witness"]]
    claims["lines"][-1] = said
    assert check(claims) == ["law.slope"]


def cayley_hamilton() -> Any:
    """A² − tr(A) A + (tr² A − tr A²)/2 = 0: true of all matrices of one or two rows, of no larger ones."""

    def a(i: str, j: str) -> Any:
        return ["t", "a", ["i", i], ["i", j]]

    square = ["sum", [["k", "N"]], ["*", a("i", "k"), a("k", "j")]]
    trace = ["sum", [["k", "N"]], a("k", "k")]
    traces = ["sum", [["k", "N"], ["l", "N"]], ["*", a("k", "l"), a("l", "k")]]
    minor = ["+", ["^", trace, ["q", 2, 1]], ["*", ["q", -1, 1], traces]]
    said = ["+", square, ["*", ["q", 1, 2], minor, ["delta", ["i", "i"], ["i", "j"]]]]
    claims = claimed("softmax")
    claims["tensors"] = {"a": {"shape": ["N", "N"], "depends": {}}}
    system = {"time": None, "given": ["a"], "not_differentiable": ["a"], "definitions": [], "adjoints": []}
    claims["system"] = {**system, "name": "matrix", "initial": {}, "outputs": []}
    claims["dims"], claims["hypotheses"] = ["N"], {}
    plain = {"label": "claim", "relation": "=", "witness": ["+"], "uses": [], "rules": [], "hypotheses": []}
    plain["induction"] = None
    right = ["*", trace, a("i", "j")]
    claims["lines"] = [{**plain, "lhs": said, "rhs": right, "free": [["i", "N"], ["j", "N"]]}]
    return claims


def test_what_holds_for_small_matrices_only_is_refuted() -> None:
    assert check(cayley_hamilton()) == ["claim"]
    assert check({**cayley_hamilton(), "sizes": {"N": 1}}) == []
    assert check({**cayley_hamilton(), "sizes": {"N": 2}}) == []


def test_a_number_that_is_one_too_large_is_refuted() -> None:
    rng = random.Random(3)
    names = ["mean_squared_error", "rnn", "mlp", "momentum", "embedding", "perceptron"]
    survived = tried = 0
    for _ in range(120):
        claims = claimed(rng.choice(names))
        said = rng.choice([s for s in claims["lines"] if s["rule"] != "definition"])
        places = list(numbers(said["rhs"]))
        if places:
            place = rng.choice(places)
            place[1] += 1
            tried += 1
            claims["lines"] = claims["lines"][: claims["lines"].index(said) + 1]
            survived += said["label"] not in check(claims)
    assert tried > 30
    assert survived == 0


def numbers(e: Any) -> Any:
    """Every rational in a term, to be changed in place."""
    if isinstance(e, list):
        if e[:1] == ["q"]:
            yield e
        for part in e:
            yield from numbers(part)


def test_a_certificate_that_claims_nothing_is_refused() -> None:
    claims = claimed("softmax")
    claims["lines"] = []
    assert check(claims)[0] == "nothing is claimed"


def run(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(PATH), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_checker_runs_as_a_script(tmp_path: Path) -> None:
    good, bad, garbled = (tmp_path / f"{name}.json" for name in ("good", "bad", "garbled"))
    good.write_text(exported("softmax"))
    claims = claimed("softmax")
    line(claims, "law.sum")["rhs"] = ["q", 2, 1]
    bad.write_text(json.dumps(claims))
    garbled.write_text('{"lines": 3')
    done = run()
    assert (done.returncode, done.stdout[:6]) == (2, "usage:")
    done = run(good)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" lines, 0 not verified\n")
    done = run(good, bad)
    assert done.returncode == 1
    assert "  law.sum" in done.stdout.splitlines()
    for path in (garbled, tmp_path / "absent.json"):
        done = run(path)
        assert (done.returncode, done.stderr) == (2, "")
        assert len(done.stdout.splitlines()) == 1
