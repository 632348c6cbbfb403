"""docs/peers.md and docs/peers.png from what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from peers_faults import KINDS, Fault, keeps_the_gradient
from peers_inputs import expressible
from peers_picture import draw
from peers_run import CHECKERS, DTYPES, applies
from peers_tables import PEERS, Faults, Results, alarmed, alarms, environment, least, seconds, worst
from peers_text import COLUMNS_SAY, LIMITS, METHOD, TITLES

Finds = Callable[[str], bool]
"""Whether a way of checking finds the fault of that id."""

OWN, LEFT, NONE = "forward, gradient alike", "forward alone", "no gradient"
"""Forward faults whose gradient is that of the wrong function, those beside the right gradient; and what
cannot be given to a gradient checker."""
COLUMNS = ("backward", LEFT, OWN, *(k for k in KINDS if k not in ("forward", "backward")), NONE)


def snippet(results: Results, faults: Faults) -> str:
    """The table of the README."""
    ways = dict(rows(results))
    lines = [
        f"| {len(faults)} faults | found | gradspec's cases | forward oracle | both "
        "| false alarms, float64 | float32 | smallest gradient error | seconds |",
        f"|---|{'--:|' * 8}",
    ]
    for name in (*PEERS, "gradspec"):
        counts = [str(_count(ways[way], faults)) for way in _ways(name)]
        if name == "gradspec":
            counts = [f"**{counts[0]}**", "", "", ""]
        refused = ["{} / {}".format(*alarms(results, name, dtype)) for dtype in DTYPES]
        took = f"{results['seconds'][name]['clean']['cpu']:.1f}"
        cells = (TITLES[name], *counts, *refused, worst(results, name, "float64"), took)
        lines.append(f"| {' | '.join(cells)} |")
    given = sum(expressible(f.operator) for f in faults.values())
    alone = _count(ways[_ways("allclose")[0]], faults)
    return "\n".join([*lines, "", COLUMNS_SAY.format(given=given, alone=alone, total=len(faults))])


def rows(results: Results) -> Iterator[tuple[str, Finds]]:
    """Every way of checking that is compared, by its title."""

    def of(*stages: tuple[str, str]) -> Finds:
        return lambda id_: any(
            (results.get(stage, {}).get(checker, {}).get(id_) or {}).get("found") for stage, checker in stages
        )

    yield _ways("gradspec")[0], of(("typical", "gradspec"))
    for name in PEERS:
        alone, beside = ("typical", name), ("typical", "allclose")
        wide, wide_beside = ("covering", name), ("covering", "allclose")
        ways = of(alone), of(alone, wide), of(alone, beside), of(alone, beside, wide, wide_beside)
        yield from zip(_ways(name), ways, strict=True)
    ways = of(("typical", "allclose")), of(("typical", "allclose"), ("covering", "allclose"))
    yield from zip(_ways("allclose"), ways, strict=True)


def _ways(name: str) -> tuple[str, ...]:
    title = TITLES[name]
    if name == "gradspec":
        return (title,)
    if name == "allclose":
        return title, f"{title}, on gradspec's cases"
    return (
        title,
        f"{title}, on gradspec's cases",
        f"{title} + forward oracle",
        f"{title} + forward oracle, on gradspec's cases",
    )


def column(fault: Fault) -> str:
    """Where a fault is counted."""
    if not expressible(fault.operator):
        return NONE
    if fault.kind != "forward":
        return fault.kind
    return LEFT if keeps_the_gradient(fault) else OWN


def _count(finds: Finds, faults: Faults) -> int:
    return sum(finds(id_) for id_ in faults)


def write(results: Results, faults: Faults, budget: float, folder: Path) -> None:
    where = {id_: column(fault) for id_, fault in faults.items()}
    totals = {c: sum(w == c for w in where.values()) for c in COLUMNS}
    ways = dict(rows(results))
    counted = {
        title: {c: sum(finds(i) for i, w in where.items() if w == c) for c in COLUMNS}
        for title, finds in ways.items()
    }
    draw(counted, totals, folder / "peers.png")
    budget = min([budget, *(v["budget"] for found in results["covering"].values() for v in _left(found))])
    lines = [
        "# Beside the peers",
        "",
        "Written by `python benchmarks/peers.py`; do not edit.",
        "",
        snippet(results, faults),
        "",
        "![faults found, by way of checking and kind of fault](peers.png)",
        "",
        METHOD.format(total=len(faults), expressible=len(faults) - totals[NONE], budget=budget),
        *_by_kind(counted, totals),
        *_in_single(results, where),
        *_unseen(ways, faults),
        *alarmed(results),
        *least(results),
        *seconds(results, faults),
        LIMITS.format(seen=sum(bool(f.seen) for f in faults.values())),
        *environment(results),
    ]
    (folder / "peers.md").write_text("\n".join(lines).rstrip() + "\n", "utf-8")


def _left(judged: Mapping[str, Any]) -> list[Any]:
    """The faults that were not tried on all cases."""
    return [v for v in judged.values() if "left" in v]


def _by_kind(counted: Mapping[str, Mapping[str, int]], totals: Mapping[str, int]) -> list[str]:
    lines = [
        "## Faults found, by kind",
        "",
        f"| | {' | '.join(COLUMNS)} | all |",
        f"|---|{'--:|' * (len(COLUMNS) + 1)}",
        f"| *faults* | {' | '.join(f'*{totals[c]}*' for c in COLUMNS)} | *{sum(totals.values())}* |",
    ]
    for title, counts in counted.items():
        cells = [str(counts[c]) if totals[c] else "" for c in COLUMNS]
        lines.append(f"| {title} | {' | '.join(cells)} | {sum(counts.values())} |")
    return [*lines, ""]


def _in_single(results: Results, where: Mapping[str, str]) -> list[str]:
    """What of JAX's findings is noise, as far as one can tell."""
    found = {
        id_: judged["found"]
        for stage in ("typical", "covering")
        for id_, judged in results[stage]["jax"].items()
        if judged["found"] and where.get(id_) == OWN
    }
    single = sum(way.startswith("float32") for way in found.values())
    return [
        f"Of {len(found)} faults under *{OWN}* JAX's checker refuses a call. For {single} of them that",
        "call is in float32, where its tolerance is so narrow that it refuses right code too (see below).",
        "",
    ]


def _unseen(ways: Mapping[str, Finds], faults: Faults) -> list[str]:
    """What a peer finds and gradspec does not, what nothing finds, and what gradspec alone finds."""
    ours = ways[_ways("gradspec")[0]]
    others = {title: finds for title, finds in ways.items() if finds is not ours}
    lines = ["## Found by one and not by the other", ""]
    missed = [id_ for id_ in faults if not ours(id_)]
    if not missed:
        lines.append("gradspec misses none of these faults, so there is none that a peer finds instead.")
    for id_ in missed:
        by = [title for title, finds in others.items() if finds(id_)]
        lines.append(
            f"- Missed by gradspec: {id_} ({faults[id_].kind}). Found by: {', '.join(by) or 'none'}."
        )
    alone = [id_ for id_ in faults if ours(id_) and not any(finds(id_) for finds in others.values())]
    best = max(
        (_count(finds, faults), title) for title, finds in others.items() if "gradspec's cases" not in title
    )
    lines += [
        "",
        f"The best of the others on its own inputs: {best[1]}, {best[0]} of {len(faults)}.",
        "",
        "<details>",
        f"<summary>{len(alone)} are found by gradspec alone, its cases and a forward oracle lent to the peers"
        "</summary>",
        "",
        *(f"- {id_} ({faults[id_].kind})" for id_ in alone),
        "",
        "</details>",
        "",
    ]
    return lines


def missing(results: Results, faults: Faults) -> list[str]:
    """What has to be measured before the page can be written, in words for each checker."""
    lacking = []
    for checker in CHECKERS:
        judged = results.get("typical", {}).get(checker, {})
        left = sum(applies(checker, f.operator) and id_ not in judged for id_, f in faults.items())
        if left or checker not in results.get("seconds", {}):
            lacking.append(f"{checker} ({left} faults and what comes after them)")
    return lacking
