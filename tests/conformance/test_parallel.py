"""Processes: the same verdict from any number of them, and from none."""

from gradspec.conformance import load
from minimal import OPERATORS, quick, statuses, written

FALLING = ("    return parameter", "    os.kill(os.getpid(), signal.SIGKILL)\n    return parameter")
IMPORTS = ("import numpy as np", "import os\nimport signal\n\nimport numpy as np")


def told(report):
    return [
        (r.id, r.status, r.worst, r.examples, r.compared, r.message, r.where, r.counterexample)
        for r in report.results
    ]


def test_processes_give_the_same_results(tmp_path):
    path = written(tmp_path, ("return np.tanh(x)", "return np.tanh(x) + 1e-9"))
    options = {"checks": ("forward", "gradient", "shapes"), "examples": 3, "seed": 5}
    here = quick(load(path), **options)
    alone, together = (quick(path, jobs=jobs, **options) for jobs in (1, 2))
    assert told(together) == told(alone) == told(here)
    assert "failed" in statuses(alone).values()


def test_a_process_that_dies_is_an_error_of_its_case_alone(tmp_path):
    taken = []
    path = written(tmp_path, IMPORTS, FALLING)
    report = quick(path, jobs=2, on_unit=lambda unit, results: taken.append(unit))
    assert statuses(report) == {"relu/forward": "passed", "sgd/forward": "error", "tanh/forward": "passed"}
    assert sorted(taken) == sorted(OPERATORS)
    assert [r.message for r in report.results if r.status == "error"] == ["sgd died by SIGKILL"]


def test_a_death_may_be_expected(tmp_path):
    report = quick(written(tmp_path, IMPORTS, FALLING), "sgd", "tanh", jobs=2, xfails={"sgd": "falls over"})
    assert statuses(report) == {"sgd/forward": "xfailed", "tanh/forward": "passed"}
    assert report.conforms
