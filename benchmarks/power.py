"""What the suite finds: `python benchmarks/power.py [OPERATOR…] [--seeds N] [--in-full N] [--processes N]`
writes docs/power.md.

Every fault of the corpus (tests/corpus/wrong) is a backend of its own, checked in the default profile: with
the first seeds in full, each failure with the cause that is told of it; with the cases that every seed has;
and, where these do not find it, with the other seeds until a check fails. A fault that gets through, one that
only drawn cases find, or a cause that is not true of it, makes the exit status 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import pickle
import sys
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from _paths import ROOT
from corpus import faults
from fault import Fault
from kills import Kill, found, kills
from power_page import page

CHUNK = 12
"""Faults of one operator that one task takes: what is due is computed once for them all."""


@dataclass(frozen=True)
class Judged:
    """What the suite said of one fault: all failures with each of the first seeds; what it got through."""

    number: int
    in_full: list[list[Kill]]
    escaped: list[int]
    """The seeds with which it got through."""
    by_luck: bool
    """Whether it gets through the cases that every seed has."""
    seconds: float

    @property
    def kills(self) -> list[Kill]:
        """The failures with seed 0."""
        return self.in_full[0]

    @property
    def fault(self) -> Fault:
        return faults()[self.number]


def judged(numbers: list[int], seeds: int, full: int) -> list[Judged]:
    warnings.simplefilter("ignore")  # of a wrong backend
    results = []
    for number in numbers:
        began, fault = time.process_time(), faults()[number]
        in_full = [kills(fault, seed) for seed in range(full)]
        first = [k.check for k in sorted(in_full[0], key=lambda k: k.examples)]
        escaped = [seed for seed, failures in enumerate(in_full) if not failures]
        by_luck = not found(fault, None, first)
        # The cases that every seed has come first with each: what they find, it finds.
        escaped += [seed for seed in range(full, seeds) if by_luck and not found(fault, seed, first)]
        results.append(Judged(number, in_full, escaped, by_luck, time.process_time() - began))
    return results


def tasks(operators: list[str]) -> list[list[int]]:
    """Faults by operator, the slowest operators first."""
    by_operator: dict[str, list[int]] = {}
    for number, fault in enumerate(faults()):
        if not operators or fault.operator in operators:
            by_operator.setdefault(fault.operator, []).append(number)
    ordered = sorted(by_operator, key=lambda name: name not in _SLOW)
    return [numbers[i : i + CHUNK] for name in ordered for numbers in (by_operator[name],)
            for i in range(0, len(numbers), CHUNK)]  # fmt: skip


_SLOW = ("lstm", "rnn", "multi_head_attention", "scaled_dot_product_attention")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("operators", nargs="*", metavar="OPERATOR")
    parser.add_argument("--seeds", type=int, default=11, help="how many seeds, from 0 on (default: 11)")
    parser.add_argument("--in-full", type=int, default=2, help="how many of them in full (default: 2)")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    started, results = time.perf_counter(), []
    kept = Path(tempfile.gettempdir()) / "gradspec-power.pickle"  # what an interruption leaves
    work = tasks(arguments.operators)
    with ProcessPoolExecutor(arguments.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        asked = arguments.seeds, max(1, arguments.in_full)
        for done in as_completed(pool.submit(judged, numbers, *asked) for numbers in work):
            results += done.result()
            kept.write_bytes(pickle.dumps(results))
            print(f"\r{len(results)} of {sum(map(len, work))} faults", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    seconds = time.perf_counter() - started
    text, bad = page(sorted(results, key=lambda j: j.number), arguments.seeds, seconds, arguments.processes)
    if arguments.operators:
        print(text)
    else:
        (ROOT / "docs" / "power.md").write_text(text, "utf-8")
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
