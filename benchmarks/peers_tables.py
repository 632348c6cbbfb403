"""The tables of docs/peers.md about correct code, small errors and time, and how a result is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peers_faults import SCALED, Fault
from peers_run import CHECKERS, DTYPES
from peers_text import ALARMS, LEAST, SECONDS, TITLES

Results = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By stage, checker and what was measured."""
Faults = Mapping[str, Fault]

PEERS = tuple(name for name in CHECKERS if name not in ("gradspec", "allclose"))


GROUPS = "reference", "variants"


def alarms(results: Results, name: str, dtype: str, groups: Sequence[str] = GROUPS) -> tuple[int, int]:
    """How many verdicts on correct code refuse it, and how many there are."""
    kept = [v for k, v in results["alarms"][name].items() if k.startswith(dtype)]
    counted = [v[group] for v in kept for group in groups]
    return sum(refused for refused, _ in counted), sum(given for _, given in counted)


def _error(value: float | str | None) -> str:
    return (
        "none" if value is None else value if isinstance(value, str) else f"{value:.0e}".replace("e-0", "e-")
    )


def worst(results: Results, name: str, dtype: str) -> str:
    """Over the four operators, the largest of the smallest errors found; none at all is worse."""
    found = [results["smallest"][name][f"{dtype} {operator}"]["error"] for operator in SCALED]
    words = [f for f in found if not isinstance(f, float)]
    return _error(words[0] if words else max(found))


def alarmed(results: Results) -> list[str]:
    lines = [
        ALARMS,
        "| | reference, float64 | float32 | honest variants, float64 | float32 | covering cases refused |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name in ("gradspec", *PEERS):
        cells = ["{} / {}".format(*alarms(results, name, d, [g])) for g in GROUPS for d in DTYPES]
        cases = results.get("cases", {}).get(name, {}).values()
        refused = sum(c["of"] - c["accepted"] - c["slow"] for c in cases)
        cells.append(f"{refused} / {sum(c['of'] for c in cases)}" if cases else "")
        lines.append(f"| {TITLES[name]} | {' | '.join(cells)} |")
    for dtype in DTYPES:
        names = [
            f"{key.split()[1]} ({', '.join(value['refused'])})"
            for key, value in results["alarms"]["gradspec"].items()
            if value["refused"] and key.startswith(dtype)
        ]
        if names:
            lines += ["", f"gradspec's false alarms in {dtype}: {'; '.join(names)}."]
    return [*lines, ""]


def least(results: Results) -> list[str]:
    heads = [f"`{name}`, d{SCALED[name]}" for name in SCALED]
    lines = [LEAST]
    for dtype in DTYPES:
        lines += [
            *([""] if len(lines) > 1 else []),
            f"| {dtype} | {' | '.join(heads)} |",
            f"|---|{'--:|' * len(heads)}",
        ]
        for name in ("gradspec", *PEERS):
            found = [_error(results["smallest"][name][f"{dtype} {operator}"]["error"]) for operator in SCALED]
            lines.append(f"| {TITLES[name]} | {' | '.join(found)} |")
    return [*lines, ""]


def seconds(results: Results, faults: Faults) -> list[str]:
    lines = [
        SECONDS,
        "| | clean verdict, wall | processor | corpus | what is left, on gradspec's cases | out of time |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name in CHECKERS:
        kept = {s: results.get(s, {}).get(name, {}) for s in ("typical", "covering")}
        of = {s: [v for i, v in found.items() if i in faults] for s, found in kept.items()}
        typical, covering = (sum(v["seconds"] for v in of[s]) for s in ("typical", "covering"))
        late = sum("left" in v for v in of["covering"])
        wide = f"{covering:.0f} | {late}" if of["covering"] else " | "
        clean = results["seconds"][name]["clean"]
        lines.append(
            f"| {TITLES[name]} | {clean['wall']:.1f} | {clean['cpu']:.1f} | {typical:.0f} | {wide} |"
        )
    return [*lines, ""]


def environment(results: Results) -> list[str]:
    of = {tuple(found["of"].items()) for found in results["environment"].values()}
    return ["; ".join(", ".join(f"{k} {v}" for k, v in environment) for environment in of) + "."]
