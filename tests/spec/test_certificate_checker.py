"""The checker of certificates accepts what is true for all sizes, and nothing else."""

import ast
import copy
import json
import random
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from gradspec.spec.certificate import check as checker
from gradspec.spec.certificate.check import check, verify

PATH = Path(checker.__file__)
Term = Any
NEXT, BEFORE, FIRST = ["shift", ["i", "t"], 1], ["shift", ["i", "t"], -1], ["int", 1]


def q(a: int, b: int = 1) -> Term:
    return ["q", a, b]


def t(x: str, *slots: Term) -> Term:
    return ["t", x, *(["i", i] if isinstance(i, str) else i for i in slots)]


def add(*parts: Term) -> Term:
    return ["+", *parts]


def mul(*parts: Term) -> Term:
    return ["*", *parts]


def sub(a: Term, b: Term) -> Term:
    return add(a, mul(q(-1), b))


def power(a: Term, n: int, m: int = 1) -> Term:
    return ["^", a, q(n, m)]


def f(name: str, a: Term) -> Term:
    return ["f", name, a]


def over(text: str) -> Term:
    """`n:N k:K` as the indices of a sum or a definition."""
    return [part.split(":") for part in text.split()]


def total(indices: str, body: Term) -> Term:
    return ["sum", over(indices), body]


def definition(x: str, indices: str, body: Term, **more: str) -> Term:
    return {"tensor": x, "indices": over(indices), "body": body, **more}


def line(lhs: Term, rhs: Term, label: str = "line", **more: Term) -> Term:
    return {"label": label, "relation": "=", "lhs": lhs, "rhs": rhs, **more}


def use(source: str, lhs: Term, rhs: Term, times: Term, indices: str = "") -> Term:
    return {"from": source, "lhs": lhs, "rhs": rhs, "times": times, "over": over(indices)}


def certificate(tensors: dict[str, str], *lines: Term, systems: Term = (), **more: Term) -> Term:
    """One whose tensors are given as `x="N D"`, or `x="N < K"` for indices below K, or `x="N bit"`."""
    given = {}
    for x, text in tensors.items():
        shape, _, below = text.partition("<")
        kind = "index" if below else "bit" if "bit" in shape else "real"
        given[x] = {"shape": shape.replace("bit", "").split(), "kind": kind} | (
            {"below": below.strip()} if below else {}
        )
    head = {"schema": "gradspec-certificate/1", "chapter": "test", "symbols": {}}
    return {**head, "tensors": given, "systems": list(systems), "lines": list(lines), **more}


def system(given: str, definitions: Term, adjoints: Term, outputs: dict[str, str], **more: Term) -> Term:
    default = {"name": "system", "time": None, "initial": {}}
    parts = {"given": given.split(), "definitions": definitions, "adjoints": adjoints, "outputs": outputs}
    return default | parts | more


def recurrence(forget: str = "f", enter: str = "i") -> Term:
    """c[t] = f[t] c[t-1] + i[t] tanh(x[t]), with gates f = σ(af), i = σ(ai) that depend on c[t-1] by u."""
    tnk = ("t", "n", "k")
    old = t("c", BEFORE, "n", "k")
    definitions = [
        *(
            definition(
                "a" + g, "t:T n:N k:K", total("j:K", mul(t("c", BEFORE, "n", "j"), t("u" + g, "j", "k")))
            )
            for g in "fi"
        ),
        *(definition(g, "t:T n:N k:K", f("sigma", t("a" + g, *tnk))) for g in "fi"),
        definition("z", "t:T n:N k:K", f("tanh", t("x", *tnk))),
        definition("c", "t:T n:N k:K", add(mul(t("f", *tnk), old), mul(t("i", *tnk), t("z", *tnk)))),
    ]

    def back(time: Term) -> list[Term]:
        return [total("j:K", mul(t("u" + g, "k", "j"), t("da" + g, time, "n", "j"))) for g in "fi"]

    def slope(g: str) -> Term:
        return mul(t(g, *tnk), sub(q(1), t(g, *tnk)))

    one = t("dc", *tnk)
    adjoints = [
        definition(
            "dc",
            "t:T n:N k:K",
            add(t("seed", *tnk), mul(t("dc", NEXT, "n", "k"), t("f", NEXT, "n", "k")), *back(NEXT)),
            of="c",
        ),
        definition("da" + forget, "t:T n:N k:K", mul(one, old, slope(forget)), of="a" + forget),
        definition("da" + enter, "t:T n:N k:K", mul(one, t("z", *tnk), slope(enter)), of="a" + enter),
        definition("dx", "t:T n:N k:K", mul(one, t("i", *tnk), sub(q(1), power(t("z", *tnk), 2))), of="x"),
        *(
            definition(
                "du" + g,
                "j:K k:K",
                total("t:T n:N", mul(t("c", BEFORE, "n", "j"), t("da" + g, *tnk))),
                of="u" + g,
            )
            for g in "fi"
        ),
        definition(
            "dc0",
            "n:N k:K",
            add(mul(t("dc", FIRST, "n", "k"), t("f", FIRST, "n", "k")), *back(FIRST)),
            of="c0",
        ),
    ]
    lines = [
        line(t(d["tensor"], *(n for n, _ in d["indices"])), d["body"], f"cell.{d['tensor']}")
        for d in definitions + adjoints
    ]
    cell = system(
        "x c0 uf ui",
        definitions,
        adjoints,
        {"c": "seed"},
        name="cell",
        time=["t", "T"],
        initial={"c": {"indices": over("n:N k:K"), "body": t("c0", "n", "k")}},
    )
    shapes = {"x": "T N K", "seed": "T N K", "c0": "N K", "uf": "K K", "ui": "K K"}
    return certificate(shapes, *lines, systems=[cell])


SOFTMAX = definition(
    "p", "n:N k:K", mul(f("exp", t("z", "n", "k")), power(total("j:K", f("exp", t("z", "n", "j"))), -1))
)
LOSS = definition("loss", "n:N", mul(q(-1), total("k:K", mul(t("y", "n", "k"), f("log", t("p", "n", "k"))))))
SUM = {"lhs": total("k:K", t("y", "n", "k")), "rhs": q(1)}


def cross_entropy(**more: Term) -> Term:
    """-Σ y log p, whose gradient is z ↦ p Σ y - y, and p - y for a distribution y."""
    dz = mul(t("dloss", "n"), sub(mul(t("p", "n", "k"), total("j:K", t("y", "n", "j"))), t("y", "n", "k")))
    short = mul(t("dloss", "n"), sub(t("p", "n", "k"), t("y", "n", "k")))
    used = use("y sums to 1", total("j:K", t("y", "n", "j")), q(1), mul(t("dloss", "n"), t("p", "n", "k")))
    loss = system(
        "z y",
        [SOFTMAX, LOSS],
        [definition("dz", "n:N k:K", dz, of="z")],
        {"loss": "dloss"},
        not_differentiable=["y"],
    )
    return certificate(
        {"z": "N K", "y": "N K", "dloss": "N"},
        line(total("k:K", t("p", "n", "k")), q(1), "rows"),
        line(t("dz", "n", "k"), short, "short", **{"uses": [used]} | more),
        systems=[loss],
        hypotheses={"y sums to 1": SUM},
    )


def changed(claimed: Term, *path: Any, to: Term) -> Term:
    """The certificate with one part of it replaced."""
    claimed = copy.deepcopy(claimed)
    part = claimed
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to
    return claimed


def test_a_gated_recurrence_is_verified_with_all_its_gradients() -> None:
    claimed = recurrence()
    assert verify(claimed) == (len(claimed["lines"]) + 1, [])


def test_a_consistent_lie_is_refuted_by_the_chain_rule() -> None:
    (failure,) = check(recurrence(forget="i", enter="f"))
    assert failure.startswith("cell: ")


def test_one_wrong_line_is_named() -> None:
    claimed = recurrence()
    wrong = next(i for i, said in enumerate(claimed["lines"]) if said["label"] == "cell.dx")
    (failure,) = check(changed(claimed, "lines", wrong, "rhs", to=t("dc", "t", "n", "k")))
    assert failure.startswith("cell.dx: ")


def test_an_adjoint_of_what_is_only_computed_on_the_way_must_be_right_too() -> None:
    body = mul(t("dy", "n"), f("exp", t("a", "n")))
    right = [definition("da", "n:N", body, of="a"), definition("dx", "n:N", mul(q(2), body), of="x")]
    parts = [definition("a", "n:N", mul(q(2), t("x", "n"))), definition("y", "n:N", f("exp", t("a", "n")))]
    same = line(q(1), q(1))
    claimed = certificate({"x": "N", "dy": "N"}, same, systems=[system("x", parts, right, {"y": "dy"})])
    assert check(claimed) == []
    assert check(changed(claimed, "systems", 0, "adjoints", 0, "body", to=mul(q(2), body)))


def test_a_gradient_is_due_for_every_real_input() -> None:
    claimed = recurrence()
    without = [a for a in claimed["systems"][0]["adjoints"] if a["of"] != "ui"]
    assert "cell: no gradient of ui" in check(changed(claimed, "systems", 0, "adjoints", to=without))


def test_logarithms_and_hypotheses_are_verified() -> None:
    assert check(cross_entropy()) == []


def test_what_needs_a_hypothesis_fails_without() -> None:
    (failure,) = check(cross_entropy(uses=[]))
    assert failure.startswith("short: ")


@pytest.mark.parametrize(
    ("lhs", "rhs", "source"),
    [
        (total("j:K", t("y", "n", "j")), q(2), "y sums to 1"),
        (total("j:K", t("z", "n", "j")), q(1), "y sums to 1"),
        (total("j:K", t("y", "n", "j")), q(1), "y is fair"),
        (t("dz", "n", "k"), t("y", "n", "k"), "short"),
    ],
)
def test_what_is_used_must_have_been_said_before(lhs: Term, rhs: Term, source: str) -> None:
    (failure,) = check(cross_entropy(uses=[use(source, lhs, rhs, q(1))]))
    assert failure.startswith("short: ")
    assert source in failure


def test_a_sum_cannot_capture_the_index_of_a_hypothesis() -> None:
    row = {"lhs": total("k:N", t("a", "i", "k")), "rhs": q(1)}
    trace = total("k:N", t("a", "k", "k"))
    stolen = line(trace, q(1), uses=[use("rows", trace, q(1), q(1))])
    assert check(certificate({"a": "N N"}, stolen, hypotheses={"rows": row}))
    every = line(total("i:N k:N", t("a", "i", "k")), ["dim", "N"])
    every["uses"] = [use("rows", total("k:N", t("a", "i", "k")), q(1), q(1), "i:N")]
    assert check(certificate({"a": "N N"}, every, hypotheses={"rows": row})) == []


X, Y, C = t("x", "n"), t("x", "m"), ["sym", "c"]
LABEL = ["at", "l", ["i", "n"]]
SQUARES = add(power(X, 2), C)


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (f("sigma", mul(q(-1), X)), sub(q(1), f("sigma", X))),
        (f("tanh", X), sub(mul(q(2), f("sigma", mul(q(2), X))), q(1))),
        (f("exp", add(X, mul(q(2), Y))), mul(f("exp", X), power(f("exp", Y), 2))),
        (f("relu", mul(C, X)), mul(C, f("relu", X))),
        (sub(f("relu", X), f("relu", mul(q(-1), X))), X),
        (f("step", X), power(f("step", X), 2)),
        (mul(f("g", X), f("dg", Y)), mul(f("dg", Y), f("g", X))),
        (power(SQUARES, 1, 2), mul(SQUARES, power(SQUARES, -1, 2))),
        (power(power(SQUARES, 1, 3), 3), SQUARES),
        (power(["dim", "N"], 1, 2), mul(total("n:N", q(1)), power(["dim", "N"], -1, 2))),
        (f("log", mul(C, f("exp", X))), add(f("log", C), X)),
        (f("exp", f("log", C)), C),
        (power(t("b", "n"), 2), t("b", "n")),
        (t("v", LABEL), total("k:K", mul(["delta", ["i", "k"], LABEL], t("v", "k")))),
    ],
)
def test_functions_obey_their_laws(lhs: Term, rhs: Term) -> None:
    tensors = {"x": "N", "b": "N bit", "l": "N < K", "v": "K"}
    assert check(certificate(tensors, line(lhs, rhs), symbols={"c": "positive"})) == []
    assert check(certificate(tensors, line(lhs, mul(q(2), rhs)), symbols={"c": "positive"}))


def test_sine_and_cosine_obey_the_addition_theorem() -> None:
    x, y = t("x", "n"), t("x", "m")
    sine = add(mul(f("sin", x), f("cos", y)), mul(f("cos", x), f("sin", y)))
    circle = add(power(f("sin", x), 2), power(f("cos", x), 2))
    assert check(certificate({"x": "N"}, line(f("sin", add(x, y)), sine), line(circle, q(1)))) == []
    assert check(certificate({"x": "N"}, line(sub(power(f("cos", x), 2), power(f("sin", x), 2)), q(1))))
    assert check(certificate({"x": "N"}, line(f("sin", sub(x, y)), sine)))


def test_a_gradient_that_forgets_repeated_labels_fails() -> None:
    hit = ["delta", ["i", "k"], ["at", "l", ["i", "n"]]]
    twice = mul(total("n:N", hit), total("n:N", hit))
    assert check(certificate({"l": "N < K"}, line(twice, total("n:N", hit))))


def test_a_recurrence_has_its_closed_form() -> None:
    share = mul(["^", ["sym", "b"], sub(["time", ["i", "t"]], ["time", ["i", "s"]])], t("x", ["i", "s"]))
    parts = [definition("v", "t:T", add(mul(["sym", "b"], t("v", BEFORE)), t("x", "t")))]
    start = {"v": {"indices": [], "body": q(0)}}
    sums = system("x", parts, [], {}, time=["t", "T"], initial=start, not_differentiable=["x"])
    closed = line(t("v", "t"), ["sum", [["s", ["i", "t"]]], share])
    assert check(certificate({"x": "T"}, closed, systems=[sums], symbols={"b": "real"})) == []
    wrong = line(t("v", "t"), ["sum", [["s", ["i", "t"]]], mul(["sym", "b"], share)])
    assert check(certificate({"x": "T"}, wrong, systems=[sums], symbols={"b": "real"}))


def test_the_sign_of_a_root_matters() -> None:
    root = power(power(X, 2), 1, 2)
    assert check(certificate({"x": "N"}, line(root, X)))
    assert check(certificate({"x": "N"}, line(f("step", X), q(1))))
    assert check(certificate({"x": "N"}, line(root, sub(mul(q(2), f("relu", X)), X)))) == []


def test_a_bound_that_is_assumed_is_no_equation() -> None:
    bound = {"small": {"lhs": q(1), "rhs": X, "relation": ">="}}
    taken = line(X, q(1), uses=[use("small", q(1), X, q(-1))])
    assert check(certificate({"x": "N"}, taken, hypotheses=bound))


def test_a_bound_needs_a_witness_that_is_visibly_not_negative() -> None:
    s = f("sigma", t("x", "n"))
    slope, half = mul(s, sub(q(1), s)), sub(q(1, 2), s)
    bound = line(q(1, 4), slope, relation=">=", witness=power(half, 2))
    assert check(certificate({"x": "N"}, bound)) == []
    assert check(certificate({"x": "N"}, {**bound, "witness": sub(q(1, 4), slope)})) == [
        "line: the witness may be negative"
    ]
    assert check(certificate({"x": "N"}, {**bound, "witness": power(half, 4)}))
    granted = line(t("p", "n"), q(0), relation=">=", witness=t("p", "n"))
    assert check(certificate({"p": "N"}, granted))
    assert check(certificate({"p": "N"}, {**granted, "nonnegative": [t("p", "i")]})) == []


def cayley_hamilton() -> Term:
    """A² - tr(A) A + (tr² A - tr A²)/2 = 0: true of all matrices of one or two rows only."""
    square = total("k:N", mul(t("a", "i", "k"), t("a", "k", "j")))
    trace = total("k:N", t("a", "k", "k"))
    minor = sub(power(trace, 2), total("k:N l:N", mul(t("a", "k", "l"), t("a", "l", "k"))))
    rest = mul(q(1, 2), minor, ["delta", ["i", "i"], ["i", "j"]])
    return certificate({"a": "N N"}, line(add(square, rest), mul(trace, t("a", "i", "j"))))


def test_what_holds_for_small_matrices_only_is_refuted() -> None:
    assert verify(cayley_hamilton(), forced={"N": 1})[1] == []
    assert verify(cayley_hamilton(), forced={"N": 2})[1] == []
    assert verify(cayley_hamilton(), forced={"N": 3})[1]
    assert check(cayley_hamilton())


def test_letters_that_hide_in_named_tensors_count() -> None:
    claimed = cayley_hamilton()
    named = [
        definition("square", "i:N j:N", total("k:N", mul(t("a", "i", "k"), t("a", "k", "j")))),
        definition("trace", "", total("k:N", t("a", "k", "k"))),
        definition("half", "", mul(q(1, 2), sub(power(t("trace"), 2), total("k:N", t("square", "k", "k"))))),
    ]
    lhs = add(t("square", "i", "j"), mul(t("half"), ["delta", ["i", "i"], ["i", "j"]]))
    said = line(lhs, mul(t("trace"), t("a", "i", "j")))
    named_system = system("a", named, [], {}, not_differentiable=["a"])
    claimed = certificate({"a": "N N"}, said, systems=[named_system])
    assert verify(claimed, forced={"N": 2})[1] == []
    assert check(claimed)


def test_a_number_that_is_true_at_one_size_is_refuted() -> None:
    roots = mul(*(sub(["dim", "N"], q(n)) for n in (2, 3)))
    assert check(certificate({"x": "N"}, line(mul(roots, t("x", "n")), q(0))))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (f("sin h", t("x", "n", "d")), "makes no sense"),
        (t("y", "n"), "makes no sense"),
        (t("x", "n"), "makes no sense"),
        (t("x", "n", "n"), 'has the shape'),
        (total("k:D", t("x", "k", "k")), 'has the shape'),
        (["delta", ["i", "u"], ["i", "v"]], "are unknown"),
        (["sym", "c"], "makes no sense"),
        (["dim", "Z"], "makes no sense"),
        (t("l", "n"), "is of the kind index"),
        (["delta", ["at", "l", ["i", "n"]], ["i", "n"]], "is no index over"),
        (["q", 1, 0], "makes no sense"),
        ([], "says nothing"),
        ("x", "makes no sense"),
        (None, "makes no sense"),
        (power(sub(t("x", "n", "d"), t("x", "n", "d")), -1), "there is no point"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_its_label(said: Term, reason: str) -> None:
    claimed = certificate({"x": "N D", "l": "N < K"}, line(said, said))
    (failure,) = check(claimed)
    assert failure.startswith("line: ")
    assert reason in failure


def test_a_certificate_without_lines_verifies_nothing() -> None:
    assert check(certificate({"x": "N"})) == ["lines: there are none"]


@pytest.mark.parametrize(
    ("path", "to", "reason"),
    [
        (("definitions", 0, "body"), t("dy", "n"), "dy is not given"),
        (("adjoints", 0, "body"), t("dy", "m"), "is no index"),
        (("definitions", 0, "tensor"), "x", "is defined twice"),
        (("outputs",), {"y": "x"}, "a cotangent is not free"),
        (("adjoints", 0, "body"), t("dx", "n"), "recursion"),
    ],
)
def test_a_system_that_makes_no_sense_is_refused(path: tuple[Any, ...], to: Term, reason: str) -> None:
    adjoints = [definition("dx", "n:N", mul(q(2), t("dy", "n")), of="x")]
    doubled = system("x", [definition("y", "n:N", mul(q(2), t("x", "n")))], adjoints, {"y": "dy"})
    claimed = certificate({"x": "N", "dy": "N"}, line(q(1), q(1)), systems=[doubled])
    assert check(claimed) == []
    failures = check(changed(claimed, "systems", 0, *path, to=to))
    assert any(reason in failure for failure in failures)


def test_no_certificate_brings_the_checker_down() -> None:
    source = random.Random(0)
    for _ in range(150):
        claimed = part = json.loads(json.dumps(cross_entropy()))
        for _ in range(source.randrange(1, 9)):
            key = source.choice(list(part) if isinstance(part, dict) else range(len(part)))
            parent, part = part, part[key]
            if not part or not isinstance(part, list | dict):
                break
        parent[key] = source.choice([None, 0, "x", [], {}, ["q"], ["t", "z"], [["k", "K"]]])
        with suppress(checker.Ill, LookupError, TypeError, ValueError, AttributeError):
            check(claimed)


def is_prime(n: int) -> bool:
    return all(pow(a, n - 1, n) == 1 for a in (2, 3, 5, 7, 11, 13, 17)) and all(n % d for d in range(2, 1000))


@pytest.mark.parametrize("tower", [checker.REAL, checker.CIRCLE])
def test_exponentials_and_logarithms_are_inverse_homomorphisms(tower: tuple[int, ...]) -> None:
    source = random.Random(1)
    for n, p in pairwise(tower):
        assert is_prime(n)
        assert is_prime(p)
        assert (p - 1) % n == 0
        a, b = source.randrange(n), source.randrange(n)
        assert checker.exp(a + b, n, p) == checker.exp(a, n, p) * checker.exp(b, n, p) % p
        if n < 2**31:
            assert checker.log(checker.exp(a, n, p), n, p) == a
            assert checker.log(a * b % p, n, p) == (checker.log(a, n, p) + checker.log(b, n, p)) % n


def test_sizes_up_to_twelve_have_roots_at_every_level() -> None:
    for n, p in pairwise(checker.REAL):
        assert all(pow(size, n, p) == 1 for size in range(1, 13))
    assert all(p % 4 == 1 for p in checker.CIRCLE)


def run(*arguments: Any) -> tuple[int, list[str]]:
    done = subprocess.run([sys.executable, PATH, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_the_checker_runs_as_a_file(tmp_path: Path) -> None:
    right, wrong, garbled = tmp_path / "right", tmp_path / "wrong", tmp_path / "garbled"
    right.write_text(json.dumps(cross_entropy()))
    wrong.write_text(json.dumps(cross_entropy(uses=[])))
    garbled.write_text("{")
    assert run(right) == (0, [f"{right}: 3 verified, 0 failed"])
    code, printed = run(right, wrong)
    assert code == 1
    assert printed[1] == f"{wrong}: 2 verified, 1 failed"
    assert printed[2].startswith("  short: ")
    for path in (garbled, tmp_path / "absent"):
        code, printed = run(path)
        assert (code, len(printed)) == (2, 1)


def test_the_checker_needs_the_standard_library_only() -> None:
    tree = ast.parse(PATH.read_text("utf-8"))
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))
    roots = {
        node.module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    roots |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert roots <= sys.stdlib_module_names
