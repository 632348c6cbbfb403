"""`gradspec prove`: a ledger that says how each line is established, and never more than was done."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from gradspec.conformance.cli import cli
from gradspec.conformance.exact import ledger
from gradspec.conformance.exact.ledger import HOW, NOT_CHECKED, REFUTED, entries
from gradspec.spec import chapters as room


def prove(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ("prove", "--jobs", "1", *arguments))


def test_the_ledger_has_every_line_with_its_status_and_time() -> None:
    done = prove("softmax_cross_entropy")
    assert done.exit_code == 0
    (line,) = [said for said in done.output.splitlines() if said.startswith("softmax_cross_entropy.dlogits ")]
    assert "proved for all shapes" in line
    assert line.rstrip().endswith("ms")
    assert "re-verified independently" in done.output
    assert "exact in a finite field" in done.output
    assert "lines in 1 chapter: all of it holds" in done.output.splitlines()[-1]


def test_the_summary_has_a_line_for_each_chapter() -> None:
    said = prove("--summary", "sigmoid", "relu").output.splitlines()
    assert [line.split()[0] for line in said[:2]] == ["sigmoid", "relu"]
    assert all("lines hold" in line for line in said[:2])


def test_every_status_is_one_of_those_that_are_explained() -> None:
    for name in ("momentum", "early_stopping", "positional_encoding"):
        assert {entry.status for entry in entries(name)} <= set(HOW)


def test_the_ledger_is_written_as_json(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    assert prove("sgd", "--json", str(path)).exit_code == 0
    said = json.loads(path.read_text())
    assert said["holds"] is True
    assert {"sgd.parameters", "sgd.certificate"} <= {line["label"] for line in said["lines"]}
    streamed = CliRunner().invoke(cli, ("prove", "sgd", "--jobs", "1", "--json", "-"))
    assert json.loads(streamed.stdout)["holds"] is True


def test_what_the_kernel_refuses_is_refuted_by_its_label(monkeypatch: pytest.MonkeyPatch) -> None:
    def unproved(chapter: object) -> None:
        raise room.Unproved("sgd.law.closed: what is left is 1")

    monkeypatch.setattr(ledger, "proof", unproved)
    done = prove("sgd")
    assert done.exit_code == 1
    assert REFUTED in done.output
    assert "sgd.law.closed" in done.output
    assert "1 do NOT hold" in done.output


def test_a_certificate_that_the_checker_refuses_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "check", lambda claims: ["law.closed"])
    done = prove("sgd")
    assert done.exit_code == 1
    assert any(REFUTED in line for line in done.output.splitlines() if line.startswith("sgd.certificate"))


def test_a_reference_that_differs_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradspec.reference import sgd

    def other(parameter, gradients, *, learning_rate):  # type: ignore[no-untyped-def]
        return parameter + learning_rate * gradients

    monkeypatch.setattr(sgd, "sgd", other)
    found = [entry for entry in entries("sgd") if entry.label == "sgd.reference"]
    assert found
    assert any(not entry.holds for entry in found)


def test_without_flint_the_balls_are_not_checked_and_nothing_claims_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "flint", None)
    found = [entry for entry in entries("sigmoid") if entry.label == "sigmoid.reference"]
    assert {entry.status for entry in found} == {"exact in a finite field", NOT_CHECKED}
    (missing,) = {entry.detail for entry in found if entry.status == NOT_CHECKED}
    assert "pip install 'gradspec[prove]'" in missing
    done = prove("sigmoid")
    assert done.exit_code == 1
    assert "could not be checked" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lstn",), "did you mean lstm?"),
        (("sgd", "--json", "/nowhere/ledger.json"), "cannot write"),
        (("--jobs", "0"), "--jobs"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(cli, ("prove", *arguments))
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_chapters_are_spread_over_processes() -> None:
    done = CliRunner().invoke(cli, ("prove", "--jobs", "2", "--summary", "sgd", "tanh", "sgd"))
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.output.splitlines()[:2]] == ["sgd", "tanh"]


def test_what_was_proved_before_an_interrupt_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(names: object, jobs: int) -> Any:
        yield "sigmoid", entries("sigmoid")
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules[cli.commands["prove"].callback.__module__], "_ledgers", interrupted)
    done = prove("sigmoid", "tanh", "--json", str(tmp_path / "ledger.json"))
    assert done.exit_code == 130
    assert "interrupted after 1 of 2 chapters" in done.output
    ledger = json.loads((tmp_path / "ledger.json").read_text("utf-8"))
    assert ledger["holds"] is False
    assert ledger["lines"]
