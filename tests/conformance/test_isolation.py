"""A backend that misbehaves: the case is an error with the reason, every other check is as it was."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import psutil
import pytest
from gradspec.conformance import check, load
from gradspec.conformance.errors import Unusable
from gradspec.conformance.replay import replay
from gradspec.conformance.report import Report, version
from minimal import mine, quick, statuses, written

GRADSPEC = [sys.executable, "-m", "gradspec.conformance"]
IMPORTS = (
    "import numpy as np",
    "import ctypes, locale, os, random, signal, subprocess, sys, threading, time\nimport numpy as np",
)
ONLY = "np.shape(x) == (5,)"
"""A case that only the check `shapes` has."""

# What tanh does in one case, and what is said of it.
DEADLY = {
    "hangs": ("time.sleep(1000)", "tanh did not return within 1 s"),
    "spins in C": ("ctypes.PyDLL(None).sleep(1000)", "tanh did not return within 1 s"),
    "stops": ("os.kill(os.getpid(), signal.SIGSTOP)", "tanh did not return within 1 s"),
    "segfaults": ("ctypes.string_at(0)", "tanh died by SIGSEGV"),
    "aborts": ("os.abort()", "tanh died by SIGABRT"),
    "kills its group": ("os.killpg(0, signal.SIGKILL)", "tanh died by SIGKILL"),
    "exits": ("os._exit(3)", "tanh ended the process with status 3"),
    "exits as if well": ("os._exit(0)", "tanh ended the process with status 0"),
    "leaves a child": (
        "subprocess.Popen(['sleep', '1000']); os._exit(3)",
        "tanh ended the process with status 3",
    ),
    "closes all files": ("os.closerange(3, 256)", "tanh closed files that are not its own"),
}
RAISED = {
    "SystemExit": ("sys.exit('bye')", "tanh raised SystemExit: bye"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "tanh raised KeyboardInterrupt"),
    "GeneratorExit": ("raise GeneratorExit", "tanh raised GeneratorExit"),
    "BaseException": ("raise BaseException('no')", "tanh raised BaseException: no"),
    "MemoryError": ("np.empty(2**56)", "tanh raised MemoryError"),
    "RecursionError": ("f = lambda: f(); f()", "tanh raised RecursionError"),
}
LEFT = {
    "floods stdout": ("print('x' * 2_000_000)", "tanh printed more than 1 MiB"),
    "floods stderr": ("sys.stderr.buffer.write(b'x' * 2_000_000)", "tanh printed more than 1 MiB"),
    "closes stdout": ("sys.stdout.close(); print('more')", "tanh closed stdout"),
    "closes stderr": ("sys.stderr.buffer.close()", "tanh closed stderr"),
    "closes descriptor 1": ("os.close(1)", "tanh closed stdout"),
    "changes the directory": ("os.chdir('/')", "tanh changed the working directory"),
    "changes the locale": ("locale.setlocale(locale.LC_ALL, 'C')", "tanh changed the locale"),
    "changes the error state": ("np.seterr(all='raise')", "tanh changed NumPy's error state"),
    "seeds NumPy": (
        "np.random.seed(1)",
        "tanh changed the state of NumPy's global random generator",
    ),
    "draws": ("random.random()", "tanh changed the state of Python's global random generator"),
}


@pytest.fixture(autouse=True)
def nothing_left_behind():
    before = psutil.Process().children(recursive=True)
    yield
    left = [p for p in psutil.Process().children(recursive=True) if p not in before]
    assert not left


def at(case: str, does: str) -> tuple[str, str]:
    """What to replace in the backend so that its tanh `does` this in a case."""
    return "    return np.tanh(x)\n", f"    if {case}:\n        {does}\n    return np.tanh(x)\n"


@cache
def usual() -> dict[str, str]:
    """What a right backend gets, without processes."""
    return statuses(check(mine(), operators=("relu", "tanh"), examples=0))


@pytest.mark.parametrize(("does", "said"), [*DEADLY.values(), *RAISED.values(), *LEFT.values()], ids=str)
def test_a_case_that_misbehaves_is_an_error_and_no_other_check_suffers(does, said, tmp_path):
    path = written(tmp_path, IMPORTS, at(ONLY, does))
    report = check(path, operators=("relu", "tanh"), examples=0, timeout=1)
    assert statuses(report) == {**usual(), "tanh/shapes": "error"}
    (found,) = (r for r in report.results if r.status == "error")
    assert found.message.startswith(said)
    assert found.counterexample["case"]["sizes"] == {"...": (5,)}
    assert "y = backend.tanh(x)" in found.reproduce
    assert not report.conforms


@pytest.mark.parametrize("does", ["time.sleep(1000)", "os._exit(3)"])
def test_a_function_that_always_misbehaves_leaves_the_report_whole(does, tmp_path):
    logged = f"open({str(tmp_path / 'log')!r}, 'a').write('called\\n'); {does}"
    path = written(tmp_path, IMPORTS, at("True", logged))
    checks = ("forward", "gradient", "shapes", "purity")
    report = quick(path, "relu", "tanh", checks=checks, timeout=1)
    wrong = [r.check for r in report.results if r.operator == "tanh" and r.status == "error"]
    assert wrong == ["forward", "shapes", "purity"]
    assert statuses(report)["tanh/gradient"] == "passed"
    # The first call of purity is that of forward, and known.
    assert (tmp_path / "log").read_text().split() == ["called"] * 2


def test_any_number_of_processes_finds_the_same(tmp_path):
    path = written(tmp_path, IMPORTS, at(ONLY, "os._exit(3)"))
    options = {"checks": ("forward", "shapes", "purity"), "examples": 2}
    one, several = (quick(path, jobs=jobs, **options) for jobs in (1, 3))
    assert [(r.id, r.status, r.message) for r in one.results] == [
        (r.id, r.status, r.message) for r in several.results
    ]


def test_a_smaller_case_that_kills_is_no_smaller_failure(tmp_path):
    path = written(
        tmp_path,
        IMPORTS,
        at("np.size(x) == 1", "os._exit(3)"),
        ("return np.tanh(x)", "return np.tanh(x) + 1"),
    )
    (found,) = quick(path, "tanh").results
    assert found.status == "failed"
    (sizes,) = found.counterexample["case"]["sizes"].values()
    assert sizes != (1,)


def test_memory_without_end_is_an_error_of_its_case(tmp_path, monkeypatch):
    monkeypatch.setattr("gradspec.conformance.isolation.crew.MEMORY", 2**28)
    path = written(tmp_path, IMPORTS, at(ONLY, "kept = []\n        while True: kept.append(np.ones(2**20))"))
    report = quick(path, "tanh", checks=("forward", "shapes"))
    assert statuses(report) == {"tanh/forward": "passed", "tanh/shapes": "error"}
    assert report.results[1].message == "tanh took more than 0.2 GiB of memory"


def test_what_comes_back_twice_goes_on_once(tmp_path):
    path = written(tmp_path, IMPORTS, at(ONLY, "os.fork()"))
    assert set(statuses(quick(path, "tanh", checks=("shapes", "laws"))).values()) == {"passed"}


def test_importing_a_backend_may_leave_everything_otherwise(tmp_path):
    does = "np.seterr(all='raise'); np.random.seed(1); random.seed(1); os.chdir('/'); sys.stdout.close()"
    path = written(tmp_path, (IMPORTS[0], f"{IMPORTS[1]}\n{does}"))
    assert check(path, operators=("tanh",), examples=0).conforms
    before = os.getcwd(), np.geterr()
    load(path)
    assert (os.getcwd(), np.geterr()) == before


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("os._exit(3)", "mine.py ended the process with status 3 while it was being imported"),
        ("ctypes.string_at(0)", "died by SIGSEGV while"),
        ("time.sleep(1000)", "took more than 1 s"),
        ("raise KeyboardInterrupt", "cannot be imported: KeyboardInterrupt"),
    ],
)
def test_an_import_that_misbehaves_is_no_backend(does, said, tmp_path, monkeypatch):
    monkeypatch.setattr("gradspec.conformance.isolation.process.OWN", 1.0)
    path = written(tmp_path, (IMPORTS[0], f"{IMPORTS[1]}\n{does}"))
    with pytest.raises(Unusable, match=said) as raised:
        quick(path, "tanh", timeout=0.5)
    assert "\n" not in str(raised.value)


def test_where_the_backend_loads_only_once_what_is_left_are_errors(tmp_path):
    once = f"{IMPORTS[1]}\nopen({str(tmp_path / 'once')!r}, 'x')"
    path = written(tmp_path, (IMPORTS[0], once), at(ONLY, "os._exit(3)"))
    report = quick(path, "tanh", "relu", checks=("forward", "shapes", "purity"))
    assert [r.status for r in report.results] == ["passed"] * 3 + ["passed", "error", "error"]
    assert "FileExistsError" in report.results[-1].message


def test_a_deadly_counterexample_can_be_replayed(tmp_path):
    saved = quick(written(tmp_path, IMPORTS, at(ONLY, "os._exit(3)")), "tanh", checks=("shapes",))
    report = Report.from_json(json.loads(json.dumps(saved.to_json())))
    assert [(r.status, r.message) for r in replay(report)] == [
        ("error", "tanh ended the process with status 3")
    ]
    written(tmp_path)
    assert [r.status for r in replay(report)] == ["passed"]


def test_an_object_is_told_what_it_changes_too(tmp_path):
    def tanh(x):
        os.chdir(tmp_path)
        return np.tanh(x)

    before = os.getcwd()
    (found,) = quick(mine(tanh=tanh), "tanh").results
    assert (found.status, found.message) == ("error", "tanh changed the working directory")
    assert os.getcwd() == before


def test_what_is_random_may_draw_from_the_global_generators():
    def random_dropout(x, *, rate):
        return np.where(np.random.random(x.shape) >= rate, x / (1 - rate), 0.0)

    assert quick(mine(random_dropout=random_dropout), "random_dropout").conforms


installed = pytest.mark.skipif(version() == "unknown", reason="starts gradspec as it is installed")


def started(path, *options) -> subprocess.Popen:
    """`gradspec check` of a tanh that hangs in its only check, once it does."""
    command = [*GRADSPEC, "check", path, "--operators", "tanh", "--checks", "forward", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    log = Path(path).with_name("log")
    while not log.exists():
        assert process.poll() is None
        time.sleep(0.05)
    return process


@installed
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(number, tmp_path):
    hangs = at("True", f"open({str(tmp_path / 'log')!r}, 'x'); ctypes.PyDLL(None).sleep(1000)")
    out = tmp_path / "report.json"
    process = started(written(tmp_path, IMPORTS, hangs), "--json", str(out))
    workers = psutil.Process(process.pid).children(recursive=True)
    assert workers
    process.send_signal(number)
    process.communicate(timeout=20)
    psutil.wait_procs(workers, timeout=5)
    assert not any(w.is_running() and w.status() != psutil.STATUS_ZOMBIE for w in workers)
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert json.loads(out.read_text("utf-8"))["interrupted"] is True


@installed
def test_the_command_ends_with_1_and_a_script_needs_no_main_guard(tmp_path):
    path = written(tmp_path, IMPORTS, at(ONLY, "os._exit(3)"))
    options = ["--operators", "tanh", "--checks", "shapes", "--profile", "smoke", "--timeout", "1"]
    done = subprocess.run([*GRADSPEC, "check", path, *options], capture_output=True, text=True)
    assert done.returncode == 1
    assert "tanh ended the process with status 3" in done.stdout
    script = tmp_path / "script.py"
    script.write_text(
        "from gradspec.conformance import check\n"
        f"print(len(check({path!r}, operators=['tanh'], checks=['forward'], examples=0).results))\n"
    )
    assert subprocess.run([sys.executable, script], capture_output=True, text=True).stdout == "1\n"
