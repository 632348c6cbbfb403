"""What a person sees of a report."""

import io

from gradspec.conformance.terminal import console, show
from reports import failed, report, result


def shown(made, *, verbose=False, stream=None):
    stream = stream or io.StringIO()
    show(made, console(stream), verbose=verbose)
    return stream.getvalue()


def test_a_pipe_gets_no_ansi_and_at_most_100_columns_of_matrix():
    from gradspec.conformance.checks import CHECKS
    from gradspec.spec import operators

    said = shown(report(*(result(name, check) for name in operators() for check in CHECKS)))
    assert "\x1b" not in said
    *table, _ = said.splitlines()
    assert max(map(len, table)) <= 100
    assert "scaled_dot_product_attention" in said


def test_commands_and_snippets_are_not_wrapped():
    long = "print(" + "1 + " * 60 + "1)"
    assert long in shown(report(failed(reproduce=long)))


def test_square_brackets_are_not_markup():
    assert "[red]x[/red]" in shown(report(failed(message="[red]x[/red]", diagnosis=None)))


def test_five_failures_are_told_in_full_and_the_rest_in_a_line_each():
    made = report(*(failed(name) for name in ("lstm", "rnn", "mlp", "relu", "tanh", "softmax", "perceptron")))
    assert shown(made).count("  expected ") == 5
    assert "2 of 7 failures are told in one line; --verbose" in shown(made)
    assert shown(made, verbose=True).count("  expected ") == 7


def test_one_fault_seen_by_two_checks_is_told_in_full_once():
    assert shown(report(failed(check="gradient"), failed(check="shapes"))).count("  expected ") == 1


def test_notes_and_expected_failures_are_shown():
    made = report(
        result("relu", notes=["relu'(0) is 0"]),
        result("relu", dtype="float32", notes=["relu'(0) is 0"]),
        result("embedding", "invalid_input", status="xfailed", message="clamps"),
        conventions={"rmsprop.epsilon": "inside"},
    )
    said = shown(made)
    assert said.count("relu: relu'(0) is 0") == 1
    assert "x embedding/invalid_input (float64): clamps" in said
    assert "rmsprop.epsilon = 'inside'" in said


def test_a_stream_that_cannot_encode_is_no_reason_to_crash():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    show(report(failed()), console(stream))
    stream.flush()
    assert b"lstm" in raw.getvalue()
