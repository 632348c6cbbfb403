"""gradspec beside the gradient checkers of PyTorch, JAX and Autograd: the same faults, in one run.

    pip install -e '.[test,torch,calibration]' jax autograd
    python benchmarks/peers.py                      # everything; what is in docs/peers.json is not repeated
    python benchmarks/peers.py --only torch-slow    # one checker (several: with commas); --again: anew
    python benchmarks/peers.py --render             # only the page and the picture
    python benchmarks/peers.py --quick              # every twelfth fault, one seed; writes nothing

What changed is judged again: a fault with its file, and every one by gradspec with the suite.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import peers_faults as faulty
import peers_run as run
from peers_faults import SCALED
from peers_page import missing, snippet, write
from peers_run import CHECKERS, DTYPES
from variant import remembering

DOCS = faulty.ROOT / "docs"
KEPT = DOCS / "peers.json"
LIBRARIES = ("gradspec", "numpy", "torch", "jax", "autograd")
Results = dict[str, dict[str, dict[str, Any]]]
"""By stage, checker and what was measured."""


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", type=lambda text: text.split(","), metavar="CHECKER")
    parser.add_argument("--again", action="store_true", help="forget what is known of these checkers")
    parser.add_argument("--render", action="store_true")
    parser.add_argument(
        "--measured", action="store_true", help="leave out faults not put to every checker yet"
    )
    parser.add_argument(
        "--seeds", type=int, default=10, help="verdicts on the reference; a third as many on each variant"
    )
    parser.add_argument("--budget", type=float, default=30, help="seconds for a fault on gradspec's cases")
    options = parser.parse_args(given)
    for name in options.only or ():
        if name not in CHECKERS:
            parser.error(f"no checker {name!r}; there are {', '.join(CHECKERS)}")
    results = {} if options.quick else load(KEPT)
    if not options.render:
        chosen = tuple(options.only or CHECKERS)
        for stage in results:
            for name in chosen if options.again else ():
                results[stage].pop(name, None)
        seeds = 1 if options.quick else options.seeds
        for name in chosen:
            measure(name, results, seeds, options.budget, quick=options.quick)
    present = {id_: fault for id_, (fault, _) in faulty.faults().items()}
    if options.quick:
        seen = {id_ for found in results["typical"].values() for id_ in found}
        present = {id_: fault for id_, fault in present.items() if id_ in seen}
    if options.measured:
        asked = results["typical"]
        present = {
            id_: fault
            for id_, fault in present.items()
            if all(id_ in asked.get(c, {}) for c in CHECKERS if run.applies(c, fault.operator))
        }
    if lacking := missing(results, present):
        print(f"not measured yet, so nothing is written: {'; '.join(lacking)}", file=sys.stderr)
        return
    print(snippet(results, present))
    if not options.quick:
        write(results, present, options.budget, DOCS)


def measure(checker: str, results: Results, seeds: int, budget: float, quick: bool) -> None:
    """Everything about one checker, each number kept as soon as it is known."""

    def keep(stage: str, key: str, value: Any) -> None:
        results.setdefault(stage, {}).setdefault(checker, {})[key] = value
        print(f"{checker}: {stage}: {key}: {value}", file=sys.stderr, flush=True)
        if not quick:
            save(KEPT, results, checker)

    def known(stage: str, key: str) -> Any:
        return results.get(stage, {}).get(checker, {}).get(key)

    environment = {"cores": os.cpu_count(), "python": platform.python_version()}
    keep("environment", "of", environment | {name: version(name) for name in LIBRARIES})
    every = faulty.faults()
    kinds = ("typical",) if checker == "gradspec" else ("typical", "covering")
    for kind in kinds:
        kept = results.setdefault(kind, {}).setdefault(checker, {})
        enough = budget if kind == "covering" else float("inf")
        stale = [
            id_
            for id_, judged in kept.items()
            if id_ not in every
            or judged["mark"] != faulty.mark(checker, kind, id_)
            or ("left" in judged and judged["budget"] < enough)
        ]
        for id_ in stale:
            del kept[id_]
    for id_, (fault, _) in list(every.items())[:: 12 if quick else 1]:
        if not run.applies(checker, fault.operator):
            continue
        for kind in kinds:
            if known(kind, id_) is None:
                judged = run.judge(checker, fault, kind, budget)
                keep(kind, id_, judged | {"mark": faulty.mark(checker, kind, id_)})
            if known(kind, id_)["found"]:
                break  # what the typical inputs find, the others need not
    if checker != "gradspec":
        for name in faulty.operators():
            mark = faulty.cases_mark(name)
            if run.applies(checker, name) and (known("cases", name) or {}).get("mark") != mark:
                cases, count, slow = run.accepted(checker, name, "covering", budget)
                keep("cases", name, {"accepted": len(cases), "of": count, "slow": slow, "mark": mark})
    if checker != "allclose":
        alarms(checker, keep, known, seeds, quick)
        mark = faulty.suite_mark() if checker == "gradspec" else ""
        for dtype in DTYPES:
            for name in SCALED:
                key = f"{dtype} {name}"
                if (known("smallest", key) or {}).get("mark") != mark:
                    keep("smallest", key, {"error": run.smallest(checker, name, dtype), "mark": mark})
    if known("seconds", "clean") is None:
        keep("seconds", "clean", run.clean_seconds(checker))


def alarms(checker: str, keep: Any, known: Any, seeds: int, quick: bool) -> None:
    """How often correct code is refused: a verdict for each operator, seed and piece of code."""
    backends, mark = faulty.honest_backends(checker), faulty.correct_mark(checker)
    if quick:
        backends = {faulty.REFERENCE: backends[faulty.REFERENCE]}
    for name in faulty.EXPRESSIBLE:
        for dtype in DTYPES:
            key = f"{dtype} {name}"
            if (known("alarms", key) or {}).get("mark") == mark:
                continue
            found: dict[str, Any] = {"reference": [0, 0], "variants": [0, 0], "refused": [], "mark": mark}
            with remembering():
                for whose, (backend, names) in backends.items():
                    if name in names:
                        group = "reference" if whose == faulty.REFERENCE else "variants"
                        tried = range(seeds if group == "reference" else max(1, seeds // 3))
                        refused = sum(run.refuses(checker, backend, name, dtype, seed) for seed in tried)
                        found[group] = [found[group][0] + refused, found[group][1] + len(tried)]
                        found["refused"] += [whose] if refused else []
            keep("alarms", key, found)


def load(path: Path) -> Results:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def save(path: Path, results: Results, checker: str) -> None:
    """Writes what is known of this checker, and leaves the others, which another run may be measuring.

    One measurement a line, so that a difference can be read.
    """
    merged = load(path)
    for stage, found in results.items():
        merged.setdefault(stage, {})[checker] = found.get(checker, {})
    stages = []
    for stage, checkers in merged.items():
        rows = [
            f"{json.dumps(name)}: {{\n"
            + ",\n".join(
                f"  {json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}"
                for k, v in found.items()
            )
            + "\n }"
            for name, found in checkers.items()
        ]
        stages.append(f"{json.dumps(stage)}: {{\n " + ",\n ".join(rows) + "\n}")
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_text("{" + ",\n".join(stages) + "}\n", "utf-8")
    beside.replace(path)


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
