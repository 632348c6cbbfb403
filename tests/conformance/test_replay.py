"""A failure that was recorded can be had again: from the report, and from the snippet alone."""

import json
import subprocess
import sys

import numpy as np
import pytest
from gradspec.conformance import counterexample, load
from gradspec.conformance.checks import CHECKS
from gradspec.conformance.counterexample import recorded
from gradspec.conformance.errors import Unusable
from gradspec.conformance.replay import replay, run
from gradspec.conformance.report import Report
from minimal import mine, quick, written

WRONG = ("return np.tanh(x)", "return np.tanh(x) + 1e-9")
WRONG_GRADIENT = ("np.tanh(x) ** 2),)", "np.tanh(x)),)")


def saved(report, folder) -> Report:
    """The report, by way of a file."""
    path = folder / "report.json"
    path.write_text(json.dumps(report.to_json(), allow_nan=False), "utf-8")
    return Report.read(path)


def printed_by(snippet: str, folder) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", snippet]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def number(printed: str) -> float:
    """The only entry of an array."""
    return float(printed.strip("[]\n "))


def failure(report):
    (found,) = (r for r in report.results if r.status == "failed")
    return found


@pytest.mark.parametrize("fault", [WRONG, WRONG_GRADIENT], ids=["forward", "gradient"])
def test_a_recorded_failure_fails_again_until_it_is_mended(fault, tmp_path):
    report = saved(quick(written(tmp_path, fault), "tanh", checks=("forward", "gradient")), tmp_path)
    (again,) = replay(report)
    before = failure(report)
    assert (again.status, again.where, again.actual) == ("failed", before.where, before.actual)
    assert again.expected == pytest.approx(before.expected, rel=1e-12)
    written(tmp_path)
    (mended,) = replay(report)
    assert mended.status == "passed"


def test_every_check_can_be_replayed(tmp_path):
    wrong = ("return np.tanh(x)", "x *= 1; return np.float32(np.tanh(x) + (x.size + np.ndim(x)) * 1e-3)")
    report = saved(quick(written(tmp_path, wrong), "tanh", checks=tuple(CHECKS)), tmp_path)
    recorded_ids = [r.id for r in report.results if r.counterexample]
    assert len(recorded_ids) >= 5
    assert [r.id for r in replay(report) if r.status in ("failed", "error")] == recorded_ids


def test_an_error_is_replayed_as_an_error(tmp_path):
    report = saved(quick(written(tmp_path, ("return np.tanh(x)", "return None")), "tanh"), tmp_path)
    assert [r.status for r in replay(report)] == ["error"]


def test_a_failure_of_a_layout_alone_is_replayed_in_that_layout(tmp_path):
    strided = ("return np.tanh(x)", "return np.tanh(x) + (0 if x.flags.c_contiguous else 1)")
    report = saved(quick(written(tmp_path, strided), "tanh", checks=("shapes",)), tmp_path)
    assert [r.status for r in replay(report)] == ["failed"]
    _, arrays = recorded(failure(report).counterexample)
    assert not arrays.inputs[0].flags.c_contiguous


def test_recorded_arrays_are_those_of_the_run_to_the_last_bit(tmp_path):
    seen = []
    wrong = mine(tanh=lambda x: [seen.append(x), np.tanh(x) + 1][1])
    found = failure(quick(wrong, "tanh"))
    _, arrays = recorded(found.counterexample)
    assert any(np.array_equal(arrays.inputs[0], x) for x in seen)


def test_another_backend_can_be_put_to_it_and_ids_choose(tmp_path):
    report = saved(quick(written(tmp_path, WRONG), "tanh", checks=("forward", "laws")), tmp_path)
    assert {r.status for r in replay(report, "numpy")} == {"passed"}
    assert [r.id for r in replay(report, ids=["tanh/forward"])] == ["tanh/forward/float64"]
    with pytest.raises(Unusable, match="no counterexample named relu"):
        replay(report, ids=["relu"])


def test_a_report_without_failures_has_nothing_to_replay(tmp_path):
    with pytest.raises(Unusable, match="nothing to replay"):
        replay(quick(written(tmp_path), "tanh"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.pop("case"),
        lambda c: c.update(inputs=[]),
        lambda c: c.update(inputs={"x": {"dtype": "float64", "shape": [3], "data": "AAAA"}}),
        lambda c: c.update(inputs={"x": {"dtype": "float65", "shape": [0], "data": ""}}),
        lambda c: c["case"].update(operator="tanhh"),
        lambda c: c["case"].update(layout="folded"),
        lambda c: c["case"].update(sizes=3),
    ],
)
def test_a_counterexample_that_was_tampered_with_is_refused(spoil, tmp_path):
    report = quick(written(tmp_path, WRONG), "tanh")
    spoil(failure(report).counterexample)
    with pytest.raises(Unusable, match="tanh/forward/float64 cannot be read"):
        replay(report)


@pytest.mark.parametrize("fault", [WRONG, WRONG_GRADIENT], ids=["forward", "gradient"])
def test_the_snippet_alone_prints_the_wrong_value(fault, tmp_path):
    found = failure(quick(written(tmp_path, fault), "tanh", checks=("forward", "gradient")))
    assert "gradspec" not in found.reproduce
    assert number(printed_by(found.reproduce, tmp_path)) == pytest.approx(found.actual, rel=1e-15)


def test_the_snippet_finds_what_lies_beside_the_file(tmp_path):
    (tmp_path / "beside.py").write_text("from numpy import tanh as right\n")
    fault = (
        "def tanh(x):\n    return np.tanh(x)",
        "from beside import right\n\ndef tanh(x):\n    return right(x) + 1",
    )
    found = failure(quick(written(tmp_path, fault), "tanh"))
    assert number(printed_by(found.reproduce, tmp_path.parent)) == pytest.approx(found.actual)


def test_the_snippet_of_a_law_goes_through_the_suite_to_the_same_message(tmp_path, capsys):
    found = failure(quick(written(tmp_path, WRONG), "tanh", checks=("laws",)))
    exec(compile(found.reproduce, "snippet", "exec"), {})
    assert capsys.readouterr().out.strip() == found.message


def test_the_snippet_of_a_layout_goes_through_the_suite(tmp_path, capsys):
    strided = ("return np.tanh(x)", "return np.tanh(x) + (0 if x.flags.c_contiguous else 1)")
    found = failure(quick(written(tmp_path, strided), "tanh", checks=("shapes",)))
    exec(compile(found.reproduce, "snippet", "exec"), {})
    assert capsys.readouterr().out.strip() == found.message


def test_the_snippet_of_many_numbers_has_them_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(counterexample, "_READABLE", 100)
    wrong = ("return np.tanh(x)", "return np.tanh(x) + (x.size > 100)")
    found = failure(quick(load(written(tmp_path, wrong)), "tanh", checks=("shapes",)))
    exec(compile(found.reproduce, "snippet", "exec"), {})
    assert capsys.readouterr().out.strip() == found.message


def test_the_snippet_of_an_object_says_that_it_is_missing():
    found = failure(quick(mine(tanh=lambda x: np.tanh(x) + 1), "tanh"))
    assert "backend = ...  # the SimpleNamespace that was checked" in found.reproduce


def test_the_snippet_of_a_class_in_a_module_makes_one(tmp_path, monkeypatch, capsys):
    (tmp_path / "wrong_kernels.py").write_text(
        "import numpy as np\nclass Wrong:\n    name, dtypes = 'wrong', ('float64',)\n"
        "    def tanh(self, x): return np.tanh(x) + 1\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    found = failure(quick("wrong_kernels:Wrong", "tanh"))
    exec(compile(found.reproduce, "snippet", "exec"), {})
    assert number(capsys.readouterr().out) == pytest.approx(found.actual)


def test_a_single_check_runs_on_a_single_case(tmp_path):
    found = failure(quick(written(tmp_path, WRONG), "tanh"))
    case = found.counterexample["case"]
    assert run(written(tmp_path, WRONG), "forward", case, "float64").status == "failed"
    assert run("numpy", "forward", case, "float64").status == "passed"


def test_a_difference_without_an_array_is_replayed_too(tmp_path):
    in_place = ("return np.tanh(x)", "x += 1\n    return np.tanh(x - 1)")
    report = saved(quick(written(tmp_path, in_place), "tanh", checks=("purity",)), tmp_path)
    assert failure(report).expected is None
    assert [r.message for r in replay(report)] == ["forward changed x in place"]


TORCH = """\
import torch

name, version, dtypes = "mine", "1", ("float64",)


def from_numpy(array):
    return torch.tensor(array)


def to_numpy(tensor):
    return tensor.detach().numpy()


def tanh(x):
    return torch.tanh(x) * 1.001


def mlp(x, weights, biases, *, activation):
    *hidden, (weight, bias) = zip(weights, biases)
    for w, b in hidden:
        x = x @ w + b if activation == "identity" else getattr(torch, activation)(x @ w + b)
    return 1.001 * (x @ weight + bias)


def vjp(function, primals, cotangents):
    leaves = [p.clone().requires_grad_() for p in primals]
    outputs = function(*leaves)
    return outputs, torch.autograd.grad(outputs, leaves, cotangents)
"""


@pytest.mark.torch
@pytest.mark.parametrize("operator", ["tanh", "mlp"])
def test_the_snippet_of_a_hook_prints_the_wrong_gradient(operator, tmp_path):
    pytest.importorskip("torch")
    path = tmp_path / "mine.py"
    path.write_text(TORCH)
    found = failure(quick(str(path), operator, checks=("gradient",)))
    assert "backend.vjp(function, " in found.reproduce
    numbers = printed_by(found.reproduce, tmp_path).replace("[", " ").replace("]", " ").split()
    assert any(float(n) == pytest.approx(found.actual, rel=1e-6) for n in numbers)
