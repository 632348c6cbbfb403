"""Reports in words, as JUnit XML and as Markdown."""

from xml.etree import ElementTree as ET

import pytest
from gradspec.conformance.formats import FORMATS, rendered
from gradspec.conformance.formats.failure import failures, text
from gradspec.conformance.formats.matrix import matrix
from gradspec.conformance.formats.verdict import exit_status, plural, verdict
from reports import failed, report, result


def test_a_failure_says_what_where_and_how_to_see_it_again():
    made = report(failed())
    (only,) = failures(made)
    told = text(only, made)
    for part in (
        "✗ lstm · gradient · float64   dweight_h[2, 0]",
        "lstm.dweight_h: dweight_h = Σ_t",
        "the error is 5e+14 times as large",
        "dweight_h is 2 × the specified",
        "T = 1, N = 2  (one step)",
        "float64[1, 2] [[1., nan]]",
        "float64[100] from 0 to 99",
        "gradspec check path/to/mine.py --operators lstm --checks gradient --dtypes float64 --seed 7",
        "    print(np.zeros(1))",
    ):
        assert part in told


def test_the_same_failure_in_two_dtypes_is_told_once():
    (only,) = failures(report(failed(dtype="float32"), failed(dtype="float64", where="dweight_h[0, 1]")))
    assert "float32, float64" in only.headline


def test_different_failures_are_told_apart():
    assert len(failures(report(failed(dtype="float32"), failed(dtype="float64", where="dx[0]")))) == 2


def test_control_characters_of_a_backend_steer_no_terminal_and_break_no_xml():
    made = report(
        failed(status="error", message="boom \x1b[31m\x00\ud800"), backend={"name": "\x1b", "version": "1"}
    )
    for kind in FORMATS[1:]:
        assert not any(c in rendered(made, kind) for c in "\x1b\x00\ud800")
    ET.fromstring(rendered(made, "junit"))


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ([result()], 0),
        ([result(), failed()], 1),
        ([result(), result(status="vacuous")], 1),
        ([result(status="unsupported")], 2),
        ([result(status="xfailed")], 2),
        ([result(), result(operator="rnn", status="xfailed")], 0),
        ([], 2),
    ],
)
def test_the_exit_status_says_what_the_report_says(results, status):
    made = report(*results)
    assert exit_status(made) == status
    assert (status == 0) == made.conforms
    assert ("conforms" in verdict(made)) == made.conforms


def test_an_interrupted_run_has_no_verdict():
    made = report(result(), interrupted=True)
    assert exit_status(made) == 130
    assert "no verdict" in verdict(made)


def test_the_verdict_names_what_failed_and_what_is_unsupported():
    line = verdict(report(failed(), result("rnn"), result("mlp", status="unsupported")))
    assert line.startswith("mine 1.0 does NOT conform: 1 of 2 checks failed (lstm)")
    assert line.endswith("unsupported: mlp")


def test_counts_are_readable():
    assert plural(1, "case") == "1 case"
    assert plural(12345, "case") == "12 345 cases"
    assert plural(1_234_567, "number") == "1.2 million numbers"


def test_the_matrix_shows_dtypes_apart_only_where_they_differ():
    made = matrix(
        report(
            result(dtype="float32"),
            failed(dtype="float64"),
            result(check="forward", dtype="float32"),
            result(check="forward", dtype="float64"),
            result("adam", "forward", "float64", unsupported_examples=1),
        )
    )
    assert made.checks == ("forward", "gradient")
    assert made.rows == {"lstm": ("✓", "✓✗"), "adam": ("◐", "·")}
    assert "side by side: float32, float64" in made.legend
    assert not any("vacuous" in meaning for meaning in made.legend)


def test_junit_counts_and_places_every_result():
    made = report(
        result(),
        failed(check="forward"),
        result(check="laws", status="error", message="raised"),
        result("mlp", "laws", status="unsupported", message="mlp is not defined"),
        result("mlp", "forward", status="xfailed", message="known"),
    )
    root = ET.fromstring(rendered(made, "junit"))
    assert [root.get(k) for k in ("tests", "failures", "errors", "skipped")] == ["5", "1", "1", "2"]
    assert [suite.get("name") for suite in root] == ["lstm", "mlp"]
    case = root.find("testsuite/testcase/failure/..")
    assert (case.get("classname"), case.get("name")) == ("gradspec.lstm.forward", "float64")
    assert {p.get("name"): p.get("value") for p in root.iter("property")}["seed"] == "7"


def test_markdown_cannot_be_broken_by_what_it_quotes():
    made = report(failed(message="```\n</details> a|b <script>", where=None))
    told = rendered(made, "markdown")
    assert "\n````text\n" in told
    assert "<script>" not in told.split("````text")[0]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_tells_an_empty_report(kind):
    assert rendered(report(), kind)
