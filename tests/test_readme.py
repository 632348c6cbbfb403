"""What the README says is true: its tables, examples and options, and the commands that CI takes from it."""

import re
import runpy
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from gradspec.conformance import Report
from gradspec.conformance.checks import CHECKS
from gradspec.conformance.cli import cli
from gradspec.conformance.exact.ledger import HOW, NOT_CHECKED, REFUTED
from gradspec.conformance.noise import REPLICAS
from gradspec.conformance.precision import SLACK
from gradspec.conformance.suite import PROFILES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
RIGHT = ("len(prediction)", "prediction.size")
"""What the README says to replace, and by what."""


def between(name: str) -> str:
    """What stands between `<!-- name -->` and `<!-- /name -->`."""
    _, _, rest = README.partition(f"<!-- {name} -->\n")
    return rest.partition(f"\n<!-- /{name} -->")[0]


def python(first_line: str) -> str:
    """The code block that begins so."""
    return next(c for c in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if c.startswith(first_line))


def run(*arguments: str) -> str:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False).output


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The README's backend as a file in the current directory."""
    monkeypatch.chdir(tmp_path)
    path = Path("mykernels.py")
    path.write_text(python("# mykernels.py"), "utf-8")
    return path


def shape(line: str) -> str:
    """A line of output without its numbers, which move with the cases, and without trailing blanks."""
    return re.sub(r"[-+]?\d+(?:[ .]\d+)*(?:e[-+]\d+)?", "#", line).rstrip()


def test_the_table_of_operators_is_the_one_the_command_prints() -> None:
    assert between("operators") == run("operators", "--markdown").strip()


def test_the_table_of_checks_is_the_one_in_the_code() -> None:
    rows = [f"| `{c.name}` | {c.summary} |" for c in CHECKS.values()]
    assert between("checks") == "\n".join(["| check | holds the backend to |", "|---|---|", *rows])


@pytest.mark.parametrize(("name", "right"), [("fails", False), ("passes", True)])
def test_the_example_prints_what_is_shown(name: str, right: bool, example: Path) -> None:
    if right:
        example.write_text(example.read_text("utf-8").replace(*RIGHT), "utf-8")
    options = ("--operators", "mean_squared_error", "--jobs", "1")
    printed = {shape(line) for line in run("check", example.name, *options).splitlines()}
    shown = [line for line in between(name).splitlines() if line != "[…]" and not line.startswith("```")]
    assert shown
    assert [line for line in shown if shape(line) not in printed] == []


def test_the_derivation_that_is_shown_is_the_one_printed() -> None:
    printed = run("derive", "softmax_cross_entropy").splitlines()
    shown = [line for line in between("derive").splitlines() if line != "[…]" and not line.startswith("```")]
    assert shown
    assert [line for line in shown if line not in printed] == []


def test_every_status_of_the_ledger_is_explained() -> None:
    explained = README[README.index("| status | means |") :]
    statuses = [status for status in HOW if status not in ("definition", NOT_CHECKED, REFUTED)]
    assert [status for status in statuses if status not in explained] == []


def test_the_example_in_python_runs(example: Path) -> None:
    example.write_text(example.read_text("utf-8").replace(*RIGHT), "utf-8")
    names: dict[str, object] = {"mykernels": SimpleNamespace(**runpy.run_path(str(example)))}
    exec(python("import mykernels").replace("import mykernels\n", ""), names)
    report = names["report"]
    assert isinstance(report, Report)
    assert report.conforms


def test_every_option_that_is_named_exists() -> None:
    known = {o for c in cli.commands.values() for p in c.params for o in p.opts}
    known |= {"--conform", "--conform-profile", "--conform-seed", "--junitxml"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known


def test_every_command_that_is_named_exists() -> None:
    assert set(re.findall(r"gradspec (?=[a-z]+)(\w+)", README)) <= {*cli.commands, "is"}


def test_the_numbers_behind_the_tolerance_are_those_of_the_code() -> None:
    prose = " ".join(README.split())
    assert f"in {REPLICAS} replicas" in prose
    assert f"{SLACK:g} standard deviations" in prose
    for profile, examples in PROFILES.items():
        assert f"`{profile}`" in prose or f"--profile {profile}" in prose
        assert not examples or f" {examples} " in prose


@pytest.mark.parametrize("end", ["gradspec check", "python -m pytest -n auto"])
def test_ci_finds_each_of_the_two_commands(end: str) -> None:
    assert len(re.findall(rf"^python3 -m venv .*{end}$", README, re.MULTILINE)) == 1
    assert f"readme '{end}'" in (ROOT / ".ci/run").read_text("utf-8")


def test_the_script_of_ci_is_valid() -> None:
    subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=True)


def test_every_link_into_the_repository_leads_somewhere() -> None:
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_changelog_has_the_version_that_is_packaged() -> None:
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
