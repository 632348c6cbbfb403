"""How far honest libraries are off, in units of the computed tolerance: the evidence behind `SLACK`.

For each operator and dtype, each library answers `--draws` calls (Hypothesis-drawn sizes, attributes and
recipes, each with many seeds of values); every error is divided by its tolerance, the largest quotient kept.

    python benchmarks/calibrate.py torch benchmarks/jax_backend.py benchmarks/optax_backend.py
    python benchmarks/calibrate.py --render          # docs/calibration.md and .png from docs/calibration.json

Measuring needs the libraries, the picture needs matplotlib (pip install 'gradspec[calibration]').
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from gradspec.conformance.backend import Backend, load
from gradspec.conformance.case import Case, valid
from gradspec.conformance.compare import ratios
from gradspec.conformance.errors import BackendError, Unsupported
from gradspec.conformance.precision import SLACK, precision
from gradspec.conformance.strategies import draw
from gradspec.conformance.trial import Trial, Uninformative
from gradspec.spec import declaration, operators

DOCS = Path(__file__).parents[1] / "docs"
DTYPES = ("float32", "float64")
SHAPES = 50
"""How many sizes and settings the draws are spread over: some libraries compile each anew."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("backends", nargs="*", metavar="BACKEND")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--operators", type=lambda text: text.split(","), default=list(operators()))
    parser.add_argument("--render", action="store_true", help="only write the page from what was measured")
    options = parser.parse_args(arguments)
    path = DOCS / "calibration.json"
    for named in options.backends:
        backend = load(named)
        for operator in (name for name in options.operators if not declaration(name).random):
            for dtype in DTYPES:
                if f"{operator}/forward/{dtype}" in backend.expected_failures:
                    continue  # known to compute in less than this dtype: it says nothing about honest errors
                measured = measure(backend, operator, dtype, options.draws)
                if measured is not None:
                    # Read and written each time, so that several libraries can be measured side by side.
                    known = json.loads(path.read_text()) if path.exists() else {}
                    known[f"{operator}/{dtype}/{backend.name} {backend.version}"] = measured
                    path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
                    print(operator, dtype, backend.name, measured, flush=True)
    render(json.loads(path.read_text()))


def measure(backend: Backend, operator: str, dtype: str, draws: int) -> dict[str, Any] | None:
    """The largest error over tolerance, and its 99.9th percentile; None where the library lacks it."""
    found: list[np.ndarray] = []
    answered = 0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for case in _cases(operator, draws):
            if answered >= draws or not valid(case, backend.conventions):
                continue
            errors = _errors(Trial(backend, case, precision(dtype)))
            if errors is not None:
                answered += 1
                found += errors
    numbers = np.concatenate(found) if found else np.empty(0)
    if not numbers.size:
        return None
    return {
        "draws": answered,
        "numbers": int(numbers.size),
        "p999": float(np.quantile(numbers, 0.999)),
        "largest": float(numbers.max()),
    }


def _cases(operator: str, draws: int) -> Iterator[Case]:
    """Each drawn case under many seeds; more than asked for, since some say nothing and some are declined."""
    shapes = [case for case in draw(operator, 3 * SHAPES, 1) if case.layout == "plain"]
    for seed in range(3 * draws // SHAPES):
        for case in shapes:
            yield replace(case, seed=seed)


def _errors(trial: Trial) -> list[np.ndarray] | None:
    """Every number of outputs and gradients as a multiple of its tolerance."""
    try:
        pairs = list(zip(trial.outputs, trial.due_outputs, strict=True))
        if trial.operator.differentiable_inputs and trial.backend.differentiates(trial.operator):
            pairs += zip(trial.gradients, trial.due_gradients, strict=True)
    except (Uninformative, Unsupported, BackendError):
        return None
    return [
        ratios(a.astype(np.float64), d.value, d.tolerance).ravel()
        for a, d in pairs
        if d.dtype.kind not in "iub"
    ]


def render(known: dict[str, dict[str, Any]]) -> None:
    """The table and the picture."""
    rows = [(*key.split("/"), value) for key, value in sorted(known.items())]
    libraries = sorted({library for _, _, library, _ in rows})
    worst = max((value["largest"], operator, library) for operator, _, library, value in rows)
    lines = [
        "# Calibration of the tolerances",
        "",
        "Written by `python benchmarks/calibrate.py torch benchmarks/{jax,optax}_backend.py`; do not edit.",
        "",
        f"The tolerance of a number is {SLACK:g} standard deviations of the noisy reference",
        "(`conformance/noise.py`). Below, for each operator, dtype and independent library: how many calls",
        "were compared, how many numbers, and the largest error (and its 99.9th percentile) as a multiple of",
        "the tolerance. Above 1 a library would be refused.",
        "",
        f"Largest of all: {worst[0]:.2f} ({worst[1]}, {worst[2]}).",
        "JAX's float64 attention computes the scores in float32, and is left out.",
        "",
        "![largest error over tolerance, by operator and library](calibration.png)",
        "",
        "| operator | dtype | library | draws | numbers | 99.9 % | largest |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for operator, dtype, library, value in rows:
        lines.append(
            f"| `{operator}` | {dtype} | {library} | {value['draws']} | {value['numbers']} "
            f"| {value['p999']:.3f} | {value['largest']:.3f} |"
        )
    covered = {operator: {lib for op, _, lib, _ in rows if op == operator} for operator in operators()}
    single = [name for name, libs in covered.items() if len(libs) == 1]
    none = [name for name, libs in covered.items() if not libs and not declaration(name).random]
    lines += ["", f"Libraries: {', '.join(libraries)}."]
    if single:
        lines.append(f"Found in one of them only: {', '.join(f'`{n}`' for n in single)}.")
    if none:
        lines.append(
            "Found in none of them, so not calibrated against another library: "
            f"{', '.join(f'`{n}`' for n in none)}."
        )
    (DOCS / "calibration.md").write_text("\n".join(lines) + "\n", "utf-8")
    _draw(rows, libraries)


def _draw(rows: list[tuple[str, str, str, dict[str, Any]]], libraries: list[str]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = sorted({operator for operator, *_ in rows}, reverse=True)
    figure, axes = plt.subplots(1, 2, figsize=(11, 0.3 * len(names) + 1.6), sharey=True, sharex=True)
    for axis, dtype in zip(axes, DTYPES, strict=True):
        for position, library in enumerate(libraries):
            offset = 0.2 * (position - (len(libraries) - 1) / 2)
            points = [
                (v["largest"], v["p999"], names.index(o) + offset)
                for o, d, lib, v in rows
                if (d, lib) == (dtype, library)
            ]
            if points:
                largest, usual, height = zip(*points, strict=True)
                colour = f"C{position}"
                axis.hlines(
                    height, [max(u, 1e-3) for u in usual], [max(x, 1e-3) for x in largest], color=colour, lw=1
                )
                axis.scatter(
                    [max(x, 1e-3) for x in largest], height, s=22, color=colour, label=library, zorder=3
                )
        axis.axvline(1, color="black", lw=1)
        axis.set_xscale("log")
        axis.set_xlim(8e-4, 2)
        axis.set_title(f"{dtype}: largest error / tolerance (line: from the 99.9th percentile)", fontsize=9)
        axis.grid(axis="x", alpha=0.3)
        axis.set_yticks(range(len(names)), names, fontsize=8)
    axes[0].legend(fontsize=8, loc="lower left")
    figure.tight_layout()
    figure.savefig(DOCS / "calibration.png", dpi=110)


if __name__ == "__main__":
    main()
