"""Checks as pytest items. Each test runs pytest of its own, in a folder of its own."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import sys
sys.path.insert(0, {room!r})
import importlib.util
found = importlib.util.spec_from_file_location("of_the_clone", {room!r} + "/conftest.py")
found.loader.exec_module(importlib.util.module_from_spec(found))
pytest_plugins = ["gradspec.conformance.plugin"]
"""

BACKEND = """
import numpy as np
name, version, dtypes = "mine", "1", ("float64",)
expected_failures = {"relu/forward": "adds one", "tanh": "was wrong once"}
def tanh(x): return np.tanh(x)
def relu(x): return np.maximum(x, 0) + 1
def sigmoid(x): return 1 / (1 + np.exp(-x)) + 1e-9
"""


@pytest.fixture
def project(pytester):
    pytester.makeconftest(CONFTEST.format(room=str(Path(__file__).parents[2])))
    pytester.makepyfile(mine=BACKEND)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return pytester


def conform(project, *options, backend="mine.py"):
    given = ("-p", "no:cacheprovider", "--conform", backend, "--conform-profile", "smoke", *options)
    return project.runpytest_subprocess(*given)


def test_every_status_becomes_its_pytest_outcome(project):
    outcome = conform(project, "-v", "-rA", "-k", "forward and (tanh or relu or sigmoid or softmax::)")
    outcome.assert_outcomes(failed=1, skipped=1, xfailed=1, xpassed=1)
    outcome.stdout.fnmatch_lines(
        ["*✗ sigmoid · forward · float64*", "*FAILED gradspec::sigmoid::forward::float64*"]
    )
    outcome.stdout.no_fnmatch_line("*Traceback*")


def test_checks_come_after_the_projects_own_tests(project):
    project.makepyfile("def test_of_mine(): pass")
    lines = conform(project, "--collect-only", "-q", "-k", "test_of_mine or tanh").outlines
    assert lines[0].endswith("::test_of_mine")
    assert lines[1] == "gradspec::tanh::forward::float64"


def test_checks_alone_are_enough_to_run(project):
    outcome = conform(project, "-k", "gradspec::tanh::forward", "--junitxml", "out.xml")
    assert outcome.ret == 0
    assert 'classname="gradspec.tanh.forward" name="float64"' in (project.path / "out.xml").read_text("utf-8")


def test_an_unusable_backend_is_a_usage_error(project):
    outcome = conform(project, backend="no_such_backend")
    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines(["ERROR: --conform: no backend 'no_such_backend'*"])


def test_without_the_option_nothing_is_added(project):
    assert project.runpytest_subprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED
