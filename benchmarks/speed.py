"""How long `gradspec check` takes, as a user meets it: `python benchmarks/speed.py [BACKEND…] [--runs N]`.

Each number is the wall-clock time of a fresh process. Budgets are those of two idle cores; what exceeds one
is marked, and the exit status stays 0: a benchmark is no test.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time

CHECK = [sys.executable, "-m", "gradspec.conformance", "check"]

# NumPy and the suite are imported first, so that what is timed is the backend alone.
IMPORT = """
import sys, time
from gradspec.conformance import check, load
started = time.perf_counter()
load(sys.argv[1])
print(time.perf_counter() - started)
"""


def imported(backend: str) -> float:
    """Seconds that loading the backend adds to a process that has the suite already."""
    answer = subprocess.run([sys.executable, "-c", IMPORT, backend], capture_output=True, text=True)
    if answer.returncode:
        sys.exit(answer.stderr.strip().splitlines()[-1])
    return float(answer.stdout)


def checked(backend: str, *options: str) -> tuple[float, float]:
    """Seconds to the first output, and to the end, of a check."""
    started = time.perf_counter()
    command = [*CHECK, backend, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        first = time.perf_counter() - started
        process.stdout.read()
    if process.returncode not in (0, 1):
        sys.exit(f"gradspec check {backend} {' '.join(options)}: exit status {process.returncode}")
    return first, time.perf_counter() - started


def row(what: str, seconds: list[float], budget: float | None = None) -> None:
    """One line of the table."""
    middle = statistics.median(seconds)
    held = "" if budget is None else f"{budget:8.1f}{'' if middle <= budget else '  EXCEEDED'}"
    print(f"{what:<28}{min(seconds):8.2f}{middle:8.2f}{max(seconds):8.2f}{held}", flush=True)


def measure(backend: str, runs: int) -> None:
    """The table of one backend."""
    print(f"\n{backend:<28}{'min':>8}{'median':>8}{'max':>8}{'budget':>8}   seconds, {runs} runs")
    own = [imported(backend) for _ in range(runs)]
    row("import of the backend", own)
    two = [checked(backend, "--jobs", "2") for _ in range(runs)]
    row("first output", [first for first, _ in two], 1.0)
    row("check --jobs 2", [end for _, end in two], 20.0)
    row("check --jobs 1", [checked(backend, "--jobs", "1")[1] for _ in range(runs)], 35.0)
    smoke = [checked(backend, "--profile", "smoke", "--jobs", "1")[1] for _ in range(runs)]
    row("check --profile smoke", smoke)
    row("  less the import", [end - statistics.median(own) for end in smoke], 2.0)


def main() -> None:
    parser = argparse.ArgumentParser(description="How long `gradspec check` takes.")
    parser.add_argument("backends", nargs="*", default=["numpy"], metavar="BACKEND")
    parser.add_argument("--runs", type=int, default=3, metavar="N")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs: at least 1")
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores")
    for backend in options.backends:
        measure(backend, options.runs)


if __name__ == "__main__":
    main()
