"""Kills every one-token mutant of the reference: `python benchmarks/mutation.py [FILE…] [--processes N]`.

Each mutant (tests/reference/mutants.py) runs against the chapters of the operators that its file serves, on
exact numbers. A survivor that benchmarks/mutation_survivors.py does not explain makes the exit status 1, and
so does an explanation of what did not survive. A run of all files writes docs/mutation.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Sequence

from _paths import ROOT
from in_memory import served
from mutants import Mutant, modules, mutants
from mutated import Verdict, by_chapter, judged, unmutated
from mutation_survivors import EQUIVALENT

PAGE = """\
# Mutations of the reference

`python benchmarks/mutation.py` made {mutants} mutants of the reference, one token each, and held every one to
the chapters of the specification on exact numbers, outputs and gradients, without tolerance. It took
{seconds:.0f} s in {processes} processes on {cores} cores.

- {a_number} gave another number than the chapter (column "a number").
- {an_exception} raised an exception where the chapter has a number.
- {no_value} agreed wherever they had a value, and had none somewhere: the root of a negative number, 0 / 0.
- {unmutated} agree with the chapter, and differ from the unmutated reference in a convention of which no
  chapter speaks, or in a mask that is drawn (tests/reference/other_conventions.py). That comparison does not
  say that the reference is right there.
- {survived} survived. Each computes the same numbers, for the reason given below.

What refuses inputs is not mutated; tests/reference/test_refusals.py is about that. Rounding, overflow and NaN
do not exist among exact numbers; the conformance suite is about those.
"""

Judged = tuple[Mutant, Verdict, float]
WAYS = ("a number", "an exception", "no value", "unmutated", "survived")


def judge(mutant: Mutant) -> Judged:
    warnings.simplefilter("ignore")  # of a mutant, not of the reference
    began = time.perf_counter()
    return mutant, judged(mutant), time.perf_counter() - began


def way(verdict: Verdict) -> str:
    """How it was killed, if it was."""
    if not verdict.how:
        return "survived"
    if not verdict.by_chapter:
        return "unmutated"
    for beginning, said in (("raises", "an exception"), ("has no value", "no value")):
        if verdict.how.startswith(beginning):
            return said
    return "a number"


def run(names: Sequence[str], processes: int) -> tuple[list[Judged], float]:
    """All mutants of these files, judged, and the seconds that took."""
    began = time.perf_counter()
    for operator in {operator for name in names for operator in served(name)}:
        list(by_chapter(operator)), list(unmutated(operator))  # once, before the processes are forked
    print(f"{time.perf_counter() - began:.1f} s for what the chapters say", flush=True)
    found = []
    every = mutants(names)
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for done in pool.imap(judge, every, chunksize=4):
            found.append(done)
            if len(found) % 200 == 0:
                print(f"{len(found)} of {len(every)}, {time.perf_counter() - began:.0f} s", flush=True)
    return found, time.perf_counter() - began


def table(found: Sequence[Judged]) -> list[str]:
    """For each file, how many mutants went which way."""
    lines = [
        "| file | mutants | " + " | ".join(WAYS) + " | seconds |",
        "|---" + "|--:" * (len(WAYS) + 2) + "|",
    ]
    for name in [*dict.fromkeys(mutant.module for mutant, *_ in found), "all"]:
        rows = [row for row in found if name in (row[0].module, "all")]
        counts = Counter(way(verdict) for _, verdict, _ in rows)
        seconds = sum(seconds for *_, seconds in rows)
        cells = [f"{name}" if name == "all" else f"`{name}.py`", len(rows), *(counts[w] for w in WAYS)]
        lines.append(f"| {' | '.join(map(str, cells))} | {seconds:.1f} |")
    return lines


def survivors(found: Sequence[Judged]) -> tuple[list[str], list[str]]:
    """The survivors with their explanations, as lines, and what is wrong about these."""
    explained = {key: why for why, keys in EQUIVALENT.items() for key in keys}
    alive: dict[tuple[str, str, str], list[Mutant]] = {}
    for mutant, verdict, _ in found:
        if not verdict.how:
            alive.setdefault((f"{mutant.module}.{mutant.function}", mutant.before, mutant.after), []).append(
                mutant
            )
    here = {mutant.module for mutant, *_ in found}
    wrong = [f"survived, unexplained: {key}" for key in alive if key not in explained]
    wrong += [f"explained, but no survivor: {key}" for key in explained
              if key not in alive and key[0].split(".")[0] in here]  # fmt: skip
    lines = []
    for why, keys in EQUIVALENT.items():
        shown = [f"  - `{place}`: `{a}` → `{b}`" for place, a, b in keys if (place, a, b) in alive]
        lines += [f"- {why}", *shown] if shown else []
    return lines, wrong


def page(found: Sequence[Judged], seconds: float, processes: int) -> str:
    """docs/mutation.md."""
    counts = Counter(way(verdict) for _, verdict, _ in found)
    lines, _ = survivors(found)
    said = PAGE.format(
        mutants=len(found), seconds=seconds, processes=processes, cores=os.cpu_count(),
        **{way.replace(" ", "_"): counts[way] for way in WAYS},
    )  # fmt: skip
    return "\n".join([said, *table(found), "", "## Survivors", "", *lines, ""])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="files of the reference, such as lstm; all")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    found, seconds = run(options.files or modules(), options.processes)
    print("\n".join(table(found)))
    _, wrong = survivors(found)
    print(*wrong, f"{len(found)} mutants in {seconds:.0f} s", sep="\n")
    if not options.files:
        (ROOT / "docs" / "mutation.md").write_text(page(found, seconds, options.processes), "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
