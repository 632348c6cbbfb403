"""docs/mutants.md: how many mutants each check found first, and why those that survive do."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence

from gradspec.spec import operators
from mutants import Mutant, mutants
from mutants_run import CHECKS, LIMIT, PROFILES, Judged, Verdict, key
from mutants_survivors import EXPLAINED
from mutation_survivors import EQUIVALENT

Found = Mapping[str, tuple[list[Verdict], float]]
_SHORT = {"finite_difference": "finite diff.", "invalid_input": "invalid input"}
_EQUIVALENT = {known for keys in EQUIVALENT.values() for known in keys}

PAGE = """\
# Mutants under the suite

`{command}` made {mutants} backends of the reference, in each of which one token is wrong,
and held them to the suite with seed {seed}. {equivalent} of them get through and compute the same numbers as
the reference; [mutation.md](mutation.md) has the reason for each. Of the {differ} that differ the suite finds
**{found}, or {rate:.2f} %**. That took {minutes:.0f} minutes of processor time ({cores} cores).

- {smoke} are found by the cases of the profile `smoke`, {ci} by those that the default profile adds.
- {other} of these are found on another operator than that of the file's name, which uses the file; {variant}
  under a convention that is not the default, which a backend has to declare.
- {endless} do not end within {limit:g} s; {unloaded} cannot be imported.
- {survived} survive; the reasons stand below.

The columns say which check found a mutant first. `forward` and `gradient` in float64 are tried first, the
others from left to right after them, so a column is no measure of what its check could find by itself.
"""


def table(found: Found) -> list[str]:
    """For each file, how many mutants were found by which check first."""
    ways = [*CHECKS, "no import"]
    ways = [way for way in ways if any(v.check == way for verdicts, _ in found.values() for v in verdicts)]
    titles = ["mutants", *(_SHORT.get(w, w) for w in ways), "equivalent", "survived", "found", "seconds"]
    lines = [f"| file | {' | '.join(titles)} |", "|---" + "|--:" * len(titles) + "|"]
    for name in [*found, "all"]:
        rows = [row for file in found if name in (file, "all") for row in _rows(file, found)]
        counts = Counter(v.check for _, v in rows)
        same, alive = len(_same(rows)), len(_alive(rows))
        share = f"{100 * (1 - alive / max(1, len(rows) - same)):.1f} %"
        seconds = sum(seconds for file, (_, seconds) in found.items() if name in (file, "all"))
        cells = [len(rows), *(counts[w] for w in ways), same, alive, share, f"{seconds:.0f}"]
        lines.append(f"| {name if name == 'all' else f'`{name}.py`'} | {' | '.join(map(str, cells))} |")
    return lines


def _rows(file: str, found: Found) -> list[Judged]:
    return list(zip(mutants([file]), found[file][0], strict=True))


def _same(rows: Sequence[Judged]) -> list[Mutant]:
    return [m for m, v in rows if not v.said and key(m) in _EQUIVALENT]


def _alive(rows: Sequence[Judged]) -> list[Mutant]:
    return [m for m, v in rows if not v.said and key(m) not in _EQUIVALENT]


def survivors(found: Found) -> tuple[list[str], list[str]]:
    """The survivors with their explanations, as lines, and what is wrong about these."""
    explained = {known for keys in EXPLAINED.values() for known in keys}
    alive = [key(mutant) for file in found for mutant in _alive(_rows(file, found))]
    wrong = [f"survived, unexplained: {known}" for known in dict.fromkeys(alive) if known not in explained]
    wrong += [
        f"explained, but no survivor: {known}"
        for known in explained
        if known not in alive and known[0].split(".")[0] in found
    ]
    lines = []
    for why, keys in EXPLAINED.items():
        shown = [f"  - `{known[0]}`: `{known[1]}` → `{known[2]}`" for known in keys if known in alive]
        lines += [f"- {why}", *shown] if shown else []
    return lines, wrong


def page(found: Found, command: str, seed: int) -> str:
    """docs/mutants.md."""
    rows = [row for file in found for row in _rows(file, found)]
    killed = [(m, v) for m, v in rows if v.said]
    differ = len(killed) + len(_alive(rows))
    said = PAGE.format(
        command=command, seed=seed, mutants=len(rows), equivalent=len(_same(rows)), differ=differ,
        found=len(killed), rate=100 * len(killed) / differ, survived=len(_alive(rows)), limit=LIMIT,
        minutes=sum(seconds for _, seconds in found.values()) / 60, cores=os.cpu_count(),
        other=sum(v.operator != m.module and m.module in operators() for m, v in killed),
        variant=sum(bool(v.convention) for _, v in killed),
        endless=sum("TimeoutError" in v.said for _, v in killed),
        unloaded=sum(v.check == "no import" for _, v in killed),
        **{profile: sum(v.profile == profile for _, v in killed) for profile in PROFILES},
    )  # fmt: skip
    return "\n".join([said, *table(found), "", "## Survivors", "", *survivors(found)[0], ""])
