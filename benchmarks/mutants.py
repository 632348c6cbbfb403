"""The suite against one-token mutants: `python benchmarks/mutants.py [FILE…] [--processes N] [--seed S]`.

Each mutant (tests/reference/mutants.py) is a backend: the functions of the mutated reference for the
operators that its file serves, the right ones for all else. It is held to the checks one by one until one
fails: first to the few cases of the profile `smoke`, then to the default profile, then to both under each
convention that its operators know. A mutant that gets through all of it, and is not known to compute the same
numbers (benchmarks/mutation_survivors.py), has to be explained in benchmarks/mutants_survivors.py. One that
is not makes the exit status 1, and so does an explanation of what did not survive. A run of all files writes
docs/mutants.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from _paths import ROOT
from gradspec.conformance.backends import numpy as right
from gradspec.spec import operators
from mutants import modules, mutants
from mutants_page import page, survivors, table
from mutants_run import Verdict, judged, swiftly


def run(names: Sequence[str], processes: int, seed: int) -> dict[str, tuple[list[Verdict], float]]:
    """The verdicts on the mutants of each file, and the seconds of processor time that they took.

    A file that is done is kept for the next run, as long as nothing changes that decides about it.
    """
    kept = Path(tempfile.gettempdir()) / f"gradspec-mutants-{_digest(seed)}.json"
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    for name in operators():  # which loads all of the suite, whatever becomes of its files meanwhile
        swiftly(right, operators=[name], profile="smoke", seed=seed)
    longest_first = sorted(set(names) - set(known), key=lambda name: -len(mutants([name])))
    with multiprocessing.get_context("fork").Pool(processes, maxtasksperchild=1) as pool:
        for name, verdicts, seconds in pool.imap_unordered(partial(_of_file, seed), longest_first):
            known[name] = [asdict(v) for v in verdicts], seconds
            kept.write_text(json.dumps(known), "utf-8")
            alive = sum(not v.said for v in verdicts)
            said = f"{name}: {len(verdicts)} mutants, {alive} got through, {seconds:.0f} s"
            print(f"{len(known)} files done, {said}", file=sys.stderr, flush=True)
    return {name: ([Verdict(**v) for v in known[name][0]], known[name][1]) for name in names}


def _of_file(seed: int, name: str) -> tuple[str, list[Verdict], float]:
    began = time.process_time()
    return name, [verdict for _, verdict in judged(mutants([name]), seed)], time.process_time() - began


def _digest(seed: int) -> str:
    """Of everything that decides what is found."""
    rooms = [ROOT / name for name in ("spec", "reference", "conformance", "tests/reference")]
    texts = [path.read_bytes() for room in rooms for path in sorted(room.rglob("*.py"))]
    texts.append((ROOT / "benchmarks" / "mutants_run.py").read_bytes())
    return hashlib.sha256(b"\0".join([f"{seed}".encode(), *texts])).hexdigest()[:12]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="files of the reference, such as lstm; all")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = run(options.files or modules(), options.processes, options.seed)
    print("\n".join(table(found)))
    _, wrong = survivors(found)
    print(*wrong, sep="\n")
    if not options.files:
        command = "python benchmarks/mutants.py" + (f" --seed {options.seed}" if options.seed else "")
        (ROOT / "docs" / "mutants.md").write_text(page(found, command, options.seed), "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
