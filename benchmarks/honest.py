"""No false alarm: every honest variant of the corpus, with many seeds.

    python benchmarks/honest.py [--seeds 200] [--processes 2] [VARIANT…]
    python benchmarks/honest.py --backends torch,benchmarks/jax_backend.py@5

VARIANT is any part of a variant's name. A library may have a number of seeds of its own behind an @: to
compile every shape anew takes its time. A run of all variants writes docs/honest.md. The exit status is 1
after any false alarm.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from _paths import ROOT
from gradspec.conformance import check
from gradspec.conformance.backend import load
from gradspec.conformance.report import Result
from gradspec.spec import declaration, operators
from honest import variants
from variant import only_drawn, remembering

DEPENDS_ON_THE_SEED = ("forward", "gradient", "finite_difference", "laws")
"""The checks that take drawn cases; the others take the same ones with every seed."""
AT_ONCE = 5
"""Seeds of one piece of work."""
ROUND = 20
"""Pieces of work for a process, before another takes its place."""

PAGE = """\
# Honest variants

`{command}` held {count} backends that are right in another way than
the reference (`tests/corpus/honest`) to the whole suite. **False alarms: {alarms}.** It took {minutes:.0f}
minutes in {processes} processes on {cores} cores.

Each variant is checked in float32 and float64, in profile `ci`: with seed 0 as anyone's backend is; with
{last} more in the cases that Hypothesis draws, 40 for each operator and seed. All else is the same with every
seed, so it is left out there: the covering cases, and every check but
{checks}. "Largest" is the largest error as a multiple of its
tolerance, and where it was: above 1 a variant would be refused.
"""


@dataclass
class Tally:
    """What one backend has come to, over operators and seeds."""

    seeds: set[int] = field(default_factory=set)
    operators: set[str] = field(default_factory=set)
    checks: int = 0
    numbers: int = 0
    largest: tuple[float, str] = (0.0, "")
    alarms: list[tuple[int, Result]] = field(default_factory=list)

    def take(self, seed: int, result: Result) -> None:
        # With drawn cases alone a check may have nothing to say; with the covering ones it may not.
        if result.status == "unsupported" or (seed and result.status == "vacuous"):
            return
        self.seeds.add(seed)
        self.operators.add(result.operator)
        self.checks += 1
        self.numbers += result.compared
        if result.status in ("failed", "error", "vacuous"):
            self.alarms.append((seed, result))
        elif result.status == "passed" and result.worst is not None:
            self.largest = max(self.largest, (result.worst, result.id))

    def join(self, other: Tally) -> None:
        self.seeds |= other.seeds
        self.operators |= other.operators
        self.checks += other.checks
        self.numbers += other.numbers
        self.largest = max(self.largest, other.largest)
        self.alarms += other.alarms


Work = tuple[str, tuple[str, ...], range]
"""An operator, the backends (variants by name, or what `load` takes) and the seeds to try them with."""


@cache
def backend(name: str) -> Any:
    """A variant by its name, else a library."""
    known = {variant.name: variant for variant in variants()}
    return known[name].backend() if name in known else load(name)


def tried(work: Work) -> tuple[Work, dict[str, Tally]]:
    warnings.simplefilter("ignore")  # of a library, not of the suite
    operator, names, seeds = work
    found = {name: Tally() for name in names}
    with remembering():
        for seed in seeds:
            checks, cases = (DEPENDS_ON_THE_SEED, only_drawn()) if seed else (None, nullcontext())
            with cases:
                for name in names:
                    report = check(backend(name), operators=[operator], checks=checks, seed=seed)
                    for result in report.results:
                        found[name].take(seed, result)
    return work, found


def pieces(names: Sequence[str], libraries: Sequence[tuple[str, int]], seeds: int) -> Iterator[Work]:
    """All the work, seed by seed; a library with as many seeds goes along with the variants."""
    defined = {variant.name: variant.operators for variant in variants()}
    along = tuple(library for library, count in libraries if count == seeds)
    longest_first = sorted(operators(), key=lambda name: -len(declaration(name).inputs))
    for start in range(0, seeds, AT_ONCE):
        for operator in longest_first:
            those = (*(name for name in names if operator in defined[name]), *along)
            if those:
                yield operator, those, range(start, min(start + AT_ONCE, seeds))
    for library, count in libraries:
        for seed in range(0 if count == seeds else count):
            yield from ((operator, (library,), range(seed, seed + 1)) for operator in longest_first)


def run(work: Sequence[Work], processes: int) -> tuple[dict[str, Tally], float]:
    """The tallies by backend, and the seconds that took; after Ctrl-C or a SIGTERM those of what was done.

    Raises BrokenProcessPool where a process died: what it was at would be missing from the tallies.
    """
    began = time.perf_counter()
    found: dict[str, Tally] = {}
    done = 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # What a library has compiled stays in memory: its processes are replaced now and then.
        for start in range(0, len(work), ROUND * processes):
            for (operator, *_, seeds), tallies in _tried(work[start : start + ROUND * processes], processes):
                for name, tally in tallies.items():
                    found.setdefault(name, Tally()).join(tally)
                    for seed, result in tally.alarms:
                        said = f"FALSE ALARM {name}, seed {seed}: {result.id} {result.message}"
                        print(said, file=sys.stderr)
                done, elapsed = done + 1, time.perf_counter() - began
                said = f"{done} of {len(work)}, {elapsed:.0f} s: {operator}, seeds {seeds[0]} … {seeds[-1]}"
                print(said, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("ended before it was done", file=sys.stderr)
    return found, time.perf_counter() - began


def _tried(work: Sequence[Work], processes: int) -> Iterator[tuple[Work, dict[str, Tally]]]:
    """In processes of their own, which end with this one."""
    ends = (signal.SIGTERM, signal.SIG_DFL)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, context, signal.signal, ends) as pool:
        try:
            for future in as_completed([pool.submit(tried, piece) for piece in work]):
                yield future.result()
        except BaseException:
            for child in multiprocessing.active_children():
                child.terminate()
            raise


def table(found: dict[str, Tally], names: Sequence[str]) -> list[str]:
    lines = [
        "| variant | operators | seeds | checks | numbers | largest | where | false alarms |",
        "|---|--:|--:|--:|--:|--:|---|--:|",
    ]
    for name in names:
        t = found.get(name, Tally())
        worst, where = t.largest
        cells = len(t.operators), len(t.seeds), t.checks, t.numbers, f"{worst:.2f}", where, len(t.alarms)
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return lines


def alarms(found: dict[str, Tally]) -> list[str]:
    """Each false alarm with its smallest reproduction; of those that are alike, the first."""
    lines: list[str] = []
    for name, tally in found.items():
        first: dict[str, tuple[int, Result]] = {}
        for seed, result in sorted(tally.alarms, key=lambda alarm: alarm[0]):
            first.setdefault(result.id, (seed, result))
        for seed, result in first.values():
            lines += [f"{name}, seed {seed}: {result.id}: {result.message}", "", result.reproduce or "", ""]
    return lines


def page(found: dict[str, Tally], libraries: Sequence[str], seconds: float, options: Any) -> str:
    """docs/honest.md."""
    command = f"python benchmarks/honest.py --seeds {options.seeds}"
    command += f" --backends {options.backends}" if options.backends else ""
    names = [variant.name for variant in variants()]
    own = {name: found.get(name, Tally()) for name in names}
    said = PAGE.format(
        command=command, count=len(names), minutes=seconds / 60,
        processes=options.processes, cores=os.cpu_count(),
        last=min(len(tally.seeds) for tally in own.values()) - 1,
        checks=", ".join(f"`{name}`" for name in DEPENDS_ON_THE_SEED),
        alarms=sum(len(tally.alarms) for tally in own.values()),
    )  # fmt: skip
    lines = [said, *table(found, names), ""]
    if libraries:
        lines += ["Libraries, with what their adapters declare as expected to fail left out:", ""]
        lines += [*table(found, libraries), ""]
    wrong = alarms(found)
    if wrong:
        lines += ["## False alarms", "", "```", *wrong, "```", ""]
    about = [f"- {v.name}: {v.about}." for v in variants() if v.about]
    return "\n".join([*lines, "## Sources and remarks", "", *about, ""])


def _library(text: str, seeds: int) -> tuple[str, int]:
    name, _, count = text.partition("@")
    return name, int(count or seeds)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("variants", nargs="*", metavar="VARIANT", help="part of a name; all")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--backends", default="", metavar="NAME[@SEEDS],…", help="libraries, beside the variants"
    )
    options = parser.parse_args()
    asked = options.variants or [""]
    names = [v.name for v in variants() if any(part in v.name for part in asked)]
    libraries = [_library(text, options.seeds) for text in options.backends.split(",") if text]
    if not names:
        parser.error(f"no variant's name has {' or '.join(asked)} in it")
    found, seconds = run(list(pieces(names, libraries, options.seeds)), options.processes)
    known = [name for name, _ in libraries]
    print("\n".join([*table(found, [*names, *known]), "", *alarms(found)]))
    if not options.variants:
        (ROOT / "docs" / "honest.md").write_text(page(found, known, seconds, options), "utf-8")
    count = sum(len(tally.alarms) for tally in found.values())
    print(f"{count} false alarms of {len(found)} backends in {seconds:.0f} s")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
