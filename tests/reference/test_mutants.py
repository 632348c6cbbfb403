"""A sample of the one-token mutants of the reference is killed; benchmarks/mutation.py runs all of them."""

import ast
from runpy import run_path

import pytest
from in_memory import reference_with, served
from mutants import ROOM, Mutant, modules, mutants, source
from mutated import by_chapter, judged

SURVIVORS = run_path(str(ROOM.parent / "benchmarks" / "mutation_survivors.py"))["EQUIVALENT"]
EXPLAINED = {key for keys in SURVIVORS.values() for key in keys}
FILES = ["adam", "clip_by_global_norm", "early_stopping", "mean_squared_error", "perceptron", "relu", "rnn"]
FILES += ["scaled_dot_product_attention", "sigmoid", "softmax", "tanh"]
MUTANTS = [m for m in mutants(FILES) if (f"{m.module}.{m.function}", m.before, m.after) not in EXPLAINED]
SAMPLE = MUTANTS[:: len(MUTANTS) // 40]


def mutant(module: str, before: str, after: str) -> Mutant:
    """The first mutant of the file that reads so."""
    return next(m for m in mutants([module]) if (m.before, m.after) == (before, after))


@pytest.mark.filterwarnings("ignore")  # of a mutant, not of the reference
@pytest.mark.parametrize("mutant", SAMPLE, ids=lambda m: f"{m.module}-{m.line}-{m.change}")
def test_a_mutant_is_killed(mutant: Mutant) -> None:
    assert judged(mutant).how, mutant.key


def test_there_are_many_and_they_are_the_same_each_time() -> None:
    assert len(MUTANTS) > 800
    assert mutants(["tanh", "relu"]) == [*mutants(["tanh"]), *mutants(["relu"])]
    assert {"lstm", "_recurrent", "_root", "_validate"} < {*modules()}


def test_each_differs_from_the_reference_and_from_the_others() -> None:
    found = mutants(["lstm"])
    texts = {ast.unparse(m.tree()) for m in found}
    assert len(texts) == len(found)
    assert ast.unparse(ast.parse(source("lstm"))) not in texts


def test_what_refuses_is_left_alone() -> None:
    for found in mutants(["scaled_dot_product_attention"]):
        assert not {"fit", "agree", "raise", "one_of"} & {*found.before.replace("(", " ").split()}
    assert {m.function for m in mutants(["_validate"])} == {"steps"}


def test_every_kind_of_change_is_made() -> None:
    keys = "\n".join(
        m.key for m in mutants(["lstm", "scaled_dot_product_attention", "_recurrent", "sigmoid"])
    )
    for before, after in (
        ("da_t @ weight_h.T", "da_t @ weight_h"),
        ("h_t @ weight_h", "weight_h @ h_t"),
        ("dh_t * h_to_c[t]", "dh_t + h_to_c[t]"),
        ("dh_t * h_to_c[t]", "dh_t * h_to_c[t - 1]"),
        ("dh[t] + dh_next", "dh[t]"),
        ("f * c_t + i * g", "f * c_t - i * g"),
        ("np.where(x >= 0, 1, e)", "np.where(x > 0, 1, e)"),
        ("np.exp(-np.abs(x))", "np.exp(np.abs(x))"),
        ("np.max(s, axis=-1, keepdims=True)", "np.max(s, axis=-1)"),
        ("np.swapaxes(p, -1, -2) @ dy", "p @ dy"),
        ("reversed(range(x.shape[0]))", "range(x.shape[0])"),
        ("h[:-1]", "h"),
    ):
        assert any(before in key and after in key.split(" → ")[1] for key in keys.split("\n")), (
            before,
            after,
        )


def test_the_other_modules_see_the_mutated_one() -> None:
    changed = mutant("sigmoid", "np.where(x >= 0, 1, e) / (1 + e)", "np.where(x >= 0, 1, e) / (2 + e)")
    load = reference_with("sigmoid", compile(changed.tree(), "", "exec"))
    assert load("lstm").sigmoid is load("sigmoid").sigmoid
    assert load("sigmoid").sigmoid(0) == pytest.approx(1 / 3)
    assert {"sigmoid", "lstm", "rnn", "mlp", "perceptron", "binary_cross_entropy"} == {*served("sigmoid")}
    assert served("sigmoid")[0] == "sigmoid"


def test_the_reference_itself_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    (some, *_) = mutants(["softmax"])
    assert judged(some).how
    monkeypatch.setattr(Mutant, "tree", lambda self: ast.parse(source(self.module)))
    assert not judged(some).how


def test_a_mutant_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = source("tanh").replace("return np.tanh(x)", "\n    while True:\n        pass")
    monkeypatch.setattr(Mutant, "tree", lambda self: ast.parse(endless))
    assert judged(mutants(["tanh"])[0], seconds=0.1).how == "raises TimeoutError"


def test_a_mutant_that_writes_into_its_inputs_changes_no_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    writing = source("tanh").replace("return np.tanh(x)", "x[...] = 0\n    return np.tanh(x)")
    with monkeypatch.context() as patched:
        patched.setattr(Mutant, "tree", lambda self: ast.parse(writing))
        assert judged(mutants(["tanh"])[0]).how
    assert all(entry != 0 for entry in next(by_chapter("tanh")).point.inputs[0].flat)
