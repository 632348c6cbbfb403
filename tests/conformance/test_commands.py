"""The command line: what it prints, writes and exits with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from gradspec.conformance.cli import cli
from gradspec.spec import operators
from reports import failed, report

SMOKE = ["--profile", "smoke", "--jobs", "1"]


def run(*arguments):
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def test_alone_it_prints_its_help():
    assert run().exit_code == 0
    assert "gradspec check torch" in run().output


@pytest.mark.parametrize("command", ["check", "init", "operators", "replay"])
def test_every_help_has_examples_and_exit_statuses(command):
    said = run(command, "--help").output
    assert "Examples:" in said
    assert "Exit status:" in said


def test_help_imports_no_numpy():
    room = Path(__file__).parents[2]
    code = (
        f"import sys; sys.path.insert(0, {str(room)!r}); import conftest, gradspec.conformance.cli, "
        "gradspec.conformance.plugin; sys.exit('numpy' in sys.modules or 'hypothesis' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_operators_are_listed_one_a_line():
    lines = run("operators").output.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(operators())
    assert {line.count("\t") for line in lines} == {3}


def test_the_markdown_table_has_a_row_for_each_operator():
    assert len(run("operators", "--markdown").output.splitlines()) == len(operators()) + 2


@pytest.mark.parametrize("name", operators())
def test_every_operator_is_shown_in_full(name):
    said = run("operators", name)
    assert said.exit_code == 0
    for part in ("equations", f"  {name}.", "references"):
        assert part in said.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "--operators", "lstn"), "did you mean lstm?"),
        (("check", "--operators", ","), "no operator is named"),
        (("check", "--checks", "gradent"), "did you mean gradient?"),
        (("check", "--dtypes", "float23"), "did you mean float32?"),
        (("check", "--json", "no/such/folder/r.json"), "No such file or directory"),
        (("check", "--json", "."), "directory"),
        (("check", "--json", "-", "--junit", "-"), "both name stdout"),
        (("check", "--xfails", "no-such-file"), "cannot read no-such-file"),
        (("check", "no-such-backend", "--jobs", "1"), "no backend 'no-such-backend'"),
        (("operators", "lstn"), "did you mean lstm?"),
        (("replay", "no-such-report"), "cannot read no-such-report"),
    ],
)
def test_what_cannot_be_run_is_one_line_and_status_2(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = run(*arguments)
    assert outcome.exit_code == 2
    assert said in outcome.stderr
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [("lstm/gradient", "has no reason"), ("a b  # why", "is no id"), ("a/b/c/d  # why", "is no id")],
)
def test_a_bad_list_of_expected_failures_is_refused(line, said, tmp_path):
    (tmp_path / "known").write_text(f"# comment\n\n{line}\n")
    outcome = run("check", "--xfails", tmp_path / "known")
    assert outcome.exit_code == 2
    assert f"known:3: {line.split('  #')[0]}" in outcome.stderr.replace("'", "")
    assert said in outcome.stderr


def test_a_check_writes_every_report_and_leaves_nothing_else(tmp_path):
    paths = {kind: tmp_path / kind for kind in ("json", "junit", "markdown")}
    (tmp_path / "known").write_text("sigmoid/forward/float32  # to see it pass\n")
    options = [o for kind, path in paths.items() for o in (f"--{kind}", path)]
    outcome = run("check", "--operators", "sigmoid", "--xfails", tmp_path / "known", *SMOKE, *options)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.startswith("gradspec")
    assert " conforms: 1 operator" in outcome.output
    assert json.loads(paths["json"].read_text("utf-8"))["coverage"]["xpassed"] == 1
    assert {p.name for p in tmp_path.iterdir()} == {*paths, "known"}


def test_a_report_on_stdout_is_alone_there():
    outcome = run("check", "--operators", "sigmoid", *SMOKE, "--json", "-")
    assert json.loads(outcome.stdout)["conforms"] is True
    assert " conforms: " in outcome.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_report_that_cannot_be_written_is_no_success():
    outcome = run("check", "--operators", "sigmoid", *SMOKE, "--json", "/dev/full")
    assert outcome.exit_code == 2
    assert "cannot write /dev/full" in outcome.stderr


def test_an_adapter_runs_as_it_is_written(tmp_path):
    path = tmp_path / "mine.py"
    assert run("init", path).exit_code == 0
    outcome = run("check", path, *SMOKE)
    assert outcome.exit_code == 0, outcome.output
    assert "mybackend 0.1 conforms: 1 operator" in outcome.output


def test_every_signature_of_an_adapter_is_ready_to_be_uncommented(tmp_path):
    path = tmp_path / "mine.py"
    run("init", path)
    lines = path.read_text("utf-8").splitlines()
    code = [
        line.removeprefix("# ") if line.startswith(("# def ", "#     return ")) else line for line in lines
    ]
    names: dict[str, object] = {}
    exec(compile("\n".join(code), "mine.py", "exec"), names)
    assert set(operators()) <= names.keys()


def test_an_adapter_is_not_overwritten_unless_forced(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("mine")
    assert run("init", path).exit_code == 2
    assert path.read_text() == "mine"
    assert run("init", path, "--force", "--operators", "lstm").exit_code == 0
    assert "softmax" not in path.read_text("utf-8")


def test_a_failure_is_replayed_until_it_is_mended(tmp_path):
    backend = tmp_path / "mine.py"
    head = 'import numpy as np\nname, version, dtypes = "mine", "1", ("float64",)\n'
    backend.write_text(head + "def tanh(x):\n    return np.tanh(x) + 1e-9\n")
    saved = tmp_path / "report.json"
    assert (
        run("check", backend, "--operators", "tanh", "--checks", "forward", *SMOKE, "--json", saved).exit_code
        == 1
    )
    again = run("replay", saved, "tanh/forward")
    assert again.exit_code == 1
    assert "1 of 1 still fail" in again.output
    assert run("replay", saved, "--backend", "numpy").exit_code == 0
    assert run("replay", saved, "lstm").exit_code == 2


def test_a_file_that_is_no_report_cannot_be_replayed(tmp_path):
    path = tmp_path / "report.json"
    for text in ("", "[]", "{}", json.dumps({**report(failed()).to_json(), "results": [{"nonsense": 1}]})):
        path.write_text(text)
        outcome = run("replay", path)
        assert outcome.exit_code == 2
        assert outcome.stderr.count("\n") == 1
