"""The picture: how many faults each way of checking finds, split by kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

COLOURS = ("#0072B2", "#56B4E9", "#F0E442", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#000000", "#BBBBBB")
"""Okabe & Ito's, which those who are colour-blind can tell apart, in the order of the kinds."""


def draw(counted: Mapping[str, Mapping[str, int]], totals: Mapping[str, int], path: Path) -> None:
    """A horizontal bar for each way of checking; what is left empty is not found."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    kinds = [kind for kind, count in totals.items() if count]
    bars = {"all faults": totals, **counted}
    total = sum(totals.values())
    figure, axis = plt.subplots(figsize=(10, 0.34 * len(bars) + 1.5), facecolor="white")
    heights, labels, whose, height = [], [], "", 0.0
    for title in bars:
        further = title.startswith((f"{whose} +", f"{whose}, on"))
        labels.append(title.removeprefix(whose).strip(" ,") if further else title)
        whose = whose if further else title
        height -= 1.0 if further else 1.35
        heights.append(height)
    for kind, colour in zip(totals, COLOURS, strict=True):
        if kind not in kinds:
            continue
        before = list(totals)[: list(totals).index(kind)]
        lefts = [sum(counts[k] for k in before) for counts in bars.values()]
        widths = [counts[kind] for counts in bars.values()]
        axis.barh(
            heights, widths, left=lefts, color=colour, label=kind, height=0.8, edgecolor="white", lw=0.6
        )
    for height, counts in zip(heights, bars.values(), strict=True):
        found = sum(counts.values())
        axis.text(found + total / 150, height, str(found), va="center_baseline", fontsize=9)
    axis.axvline(total, color="#999999", lw=0.8, ls=":", zorder=0)
    axis.set_yticks(heights, labels, fontsize=9)
    axis.set_xlim(0, total * 1.06)
    axis.set_ylim(min(heights) - 0.6, max(heights) + 0.6)
    axis.set_xlabel("faults found", fontsize=9)
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    figure.legend(loc="upper center", ncols=5, fontsize=9, frameon=False)
    figure.tight_layout(rect=(0, 0, 1, 1 - 0.7 / figure.get_figheight()))
    figure.savefig(path, dpi=120)
    plt.close(figure)
