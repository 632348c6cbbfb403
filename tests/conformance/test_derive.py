"""`gradspec derive`: a derivation in three forms, and one clear line where there is none."""

import json
import re

import pytest
from click.testing import CliRunner, Result
from gradspec.conformance.cli import cli
from gradspec.spec.chapters import chapters


def derive(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ("derive", *arguments))


def test_a_derivation_names_the_rule_of_each_line_and_how_far_it_is_established() -> None:
    done = derive("lstm")
    assert done.exit_code == 0
    assert "lstm.dweight_h   [proved by induction for all T]" in done.output
    assert "[chain rule, by induction over time]" in done.output
    assert "[normal form]" in done.output
    assert "Gate blocks are in the order i, f, g, o" in done.output
    assert "Neural Computation 9(8), 1997" in done.output


def test_what_fits_stays_within_the_width() -> None:
    long = [line for line in derive("rnn").output.splitlines() if len(line) > 100]
    assert long == []


@pytest.mark.parametrize("name", ["softmax", "rnn", "adam"])
def test_the_latex_is_a_document_whose_braces_and_environments_close(name: str) -> None:
    said = derive(name, "--format", "latex").output
    assert said.startswith(r"\documentclass")
    assert said.endswith("\\end{document}\n")
    assert re.sub(r"\\[{}]", "", said).count("{") == re.sub(r"\\[{}]", "", said).count("}")
    assert said.count(r"\begin{") == said.count(r"\end{")
    assert said.count(r"\left") == said.count(r"\right")


@pytest.mark.parametrize("name", chapters())
def test_every_sign_in_a_document_is_one_that_latex_knows(name: str) -> None:
    """ASCII and Latin letters with accents; whatever else stands in a chapter has to become a command."""
    said = derive(name, "--format", "latex").output
    assert {c for c in said if ord(c) > 0x17F or 0x7F < ord(c) < 0xC0} == set()


def test_the_json_is_a_certificate() -> None:
    said = json.loads(derive("softmax", "--format", "json").output)
    assert said["schema"] == "gradspec-certificate/1"
    assert {line["label"] for line in said["lines"]} >= {"y", "dx"}


def test_an_operator_that_a_chapter_covers_leads_there() -> None:
    assert derive("random_dropout").output == derive("dropout").output


def test_the_list_has_every_chapter() -> None:
    listed = [line.split()[0] for line in derive("--list").output.splitlines()]
    assert listed == list(chapters())


@pytest.mark.parametrize(
    ("arguments", "said"), [(("lstn",), "did you mean lstm?"), ((), "name an operator or a chapter")]
)
def test_an_unknown_name_or_none_is_one_line(arguments: tuple[str, ...], said: str) -> None:
    done = derive(*arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert len(done.output.splitlines()) == 1


def test_a_line_that_is_not_proved_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradspec.spec import chapters as room

    def unproved(chapter: object) -> None:
        raise room.Unproved("softmax.dx: what is left is y[n]")

    monkeypatch.setattr(room, "proof", unproved)
    done = derive("softmax")
    assert done.exit_code == 1
    assert done.output == "Error: softmax.dx: what is left is y[n]\n"
