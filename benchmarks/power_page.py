"""docs/power.md: what `benchmarks/power.py` found, as tables."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING

from fault import KINDS, Kind
from gradspec.conformance.backend import load
from gradspec.conformance.case import valid
from gradspec.conformance.checks import CHECKS
from gradspec.conformance.precision import precision
from gradspec.conformance.running import attempt
from gradspec.conformance.surroundings import undisturbed
from gradspec.conformance.trial import Trial
from gradspec.conformance.vacuity import dummies, refused
from gradspec.spec import declaration, operators
from kills import accepted

if TYPE_CHECKING:
    from power import Judged

_KINDS: dict[Kind, str] = {
    "forward": "wrong forward",
    "backward": "wrong backward",
    "stability": "stability",
    "shape": "edge shape or layout",
    "precision": "precision",
    "state": "aliasing and state",
    "contract": "contract",
}
_SHORT = {"finite_difference": "finite diff.", "invalid_input": "invalid input"}

_HEAD = """\
# Power

`python benchmarks/power.py` held {faults} wrong backends (tests/corpus/wrong), each the reference with one
realistic fault, to the suite in its default profile. With seed 0 it finds **{found} of {faults}**; with
each of {more} other seeds too, it finds **{always}**. The cases that every seed has, without a single drawn
one, find **{standing}**: beyond the seeds that are run in full, a seed is tried only on faults that these
leave open. It took {minutes:.0f} minutes in {processes} processes on {cores} cores
({each:.1f} s of processor time a fault, for all seeds).

The faults were written by people who did not design the cases, from the contract and from bugs that
libraries had; some got through at first, and the suite has the cases that find them since. So this is no
measure of what it does with the next one: of 120 faults that nobody had seen (`unseen_*.py`) it found 95 at
first, of 80 more (`unseen_again_*.py`) 66, and of another 80 (`unseen_third_*.py`) 70
([decision 0013](decisions/0013-faults-that-nobody-had-seen.md)).
"""

_DIAGNOSIS = """\
## Causes

A failure is told with its cause where one explanation of the catalogue predicts every number of every call
tried, and with none otherwise. {applies} faults have a cause that the catalogue can say; of these {right}
are told by it (**{share:.1f} %**), {silent} are met with silence. {other} faults have none; of all failures
of all faults with each of {full} seeds **{wrong}** name a cause that is not true.
"""

_TABLE = """\
## Which check finds what

How many of an operator's faults each check fails, and in brackets how many it alone does. `–`: the check
does not apply.
"""

_EXAMPLES = """\
## How soon

Cases until the check fails, over all faults it fails, for the dtype that fails first.
"""

_VACUOUS = """\
## Able to fail

Three backends that compute nothing: **z** answers with zeros, **c** with the same constant array always,
**e** with what it is given. Listed are those that a check refuses on an operator. A check that refused none
of them would be `vacuous`, and the backend under test would not conform.
"""


def page(results: Sequence[Judged], seeds: int, seconds: float, processes: int) -> tuple[str, list[str]]:
    """The page, and in words what must not be."""
    found = [j for j in results if 0 not in j.escaped]
    always = [j for j in results if not j.escaped]
    head = _HEAD.format(
        faults=len(results), found=len(found), more=seeds - 1, always=len(always),
        standing=sum(not j.by_luck for j in results), minutes=seconds / 60, processes=processes,
        cores=os.cpu_count(), each=sum(j.seconds for j in results) / max(1, len(results)),
    )  # fmt: skip
    told = [j for j in results if accepted(j.fault)]
    right = [j for j in told if _right(j)]
    wrong = [
        (seed, j, k)
        for j in results
        for seed, kills in enumerate(j.in_full)
        for k in kills
        if k.cause and k.cause not in accepted(j.fault)
    ]
    diagnosis = _DIAGNOSIS.format(
        applies=len(told), right=len(right), share=100 * len(right) / max(1, len(told)),
        silent=len(told) - len(right), other=len(results) - len(told), wrong=len(wrong),
        full=len(results[0].in_full),
    )  # fmt: skip
    parts = [head, "\n".join(_by_kind(results)), diagnosis, _TABLE, "\n".join(_checks(results))]
    parts += [
        _EXAMPLES,
        "\n".join(_soon(results)),
        _VACUOUS,
        "\n".join(_dummies(results)),
        "## Every fault\n",
    ]
    parts += ["\n".join(_list(results))]
    bad = [
        f"got through with seed {', '.join(map(str, j.escaped))}: {j.fault.id}" for j in results if j.escaped
    ]
    bad += [f"found by luck alone: {j.fault.id}" for j in results if j.by_luck]
    bad += [
        f"not true: {j.fault.id} is told as {k.cause} ({k.check}, {k.dtype}, seed {seed})"
        for seed, j, k in wrong
    ]
    return "\n".join(parts) + "\n", bad


def _right(judged: Judged) -> bool:
    return any(k.cause in accepted(judged.fault) for k in judged.kills)


def _by_kind(results: Sequence[Judged]) -> Iterator[str]:
    yield "| kind | faults | found with seed 0 | found with every seed | with a cause | told by it |"
    yield "|---|--:|--:|--:|--:|--:|"
    for kind in KINDS:
        of = [j for j in results if j.fault.kind == kind]
        told = [j for j in of if accepted(j.fault)]
        yield (
            f"| {_KINDS[kind]} | {len(of)} | {sum(0 not in j.escaped for j in of)} | "
            f"{sum(not j.escaped for j in of)} | {len(told)} | {sum(map(_right, told))} |"
        )
    yield ""


def _checks(results: Sequence[Judged]) -> Iterator[str]:
    names = list(CHECKS)
    yield f"| operator | faults | {' | '.join(_SHORT.get(n, n) for n in names)} |"
    yield "|---|--:|" + "--:|" * len(names)
    for operator in operators():
        of = [j for j in results if j.fault.operator == operator]
        cells = []
        for name in names:
            by = [j for j in of if any(k.check == name for k in j.kills)]
            alone = sum(all(k.check == name for k in j.kills) for j in by)
            applies = CHECKS[name].applies(declaration(operator))
            cells.append(f"{len(by)}{f' ({alone})' if alone else ''}" if applies else "–")
        yield f"| `{operator}` | {len(of)} | {' | '.join(cells)} |"
    yield ""


def _soon(results: Sequence[Judged]) -> Iterator[str]:
    yield "| check | faults | median | 9 of 10 | most |"
    yield "|---|--:|--:|--:|--:|"
    for name in CHECKS:
        first: dict[int, int] = defaultdict(lambda: 1 << 30)
        for j in results:
            for k in j.kills:
                if k.check == name:
                    first[j.number] = min(first[j.number], k.examples)
        counts = sorted(first.values())
        if counts:
            yield (
                f"| {name} | {len(counts)} | {median(counts):.0f} | {counts[int(0.9 * (len(counts) - 1))]} "
                f"| {counts[-1]} |"
            )
    yield ""


def _dummies(results: Sequence[Judged]) -> Iterator[str]:
    names = list(CHECKS)
    yield f"| operator | {' | '.join(_SHORT.get(n, n) for n in names)} |"
    yield "|---|" + "---|" * len(names)
    backend, format_ = load("numpy"), precision("float64")
    with undisturbed():
        for operator in sorted({j.fault.operator for j in results}, key=operators().index):
            cells = []
            for check in CHECKS.values():
                declared = declaration(operator)
                if not check.applies(declared):
                    cells.append("–")
                    continue
                trials = [Trial(backend, c, format_) for c in check.cases(declared, ()) if valid(c, {})]
                informative = [t for t in trials if isinstance(attempt(check, t), list)]
                cells.append("".join(d.name[0] for d in dummies() if refused(check, d, informative)))
            yield f"| `{operator}` | {' | '.join(cells)} |"
    yield ""


def _list(results: Sequence[Judged]) -> Iterator[str]:
    yield "`n` after a check: the cases it took until it failed. A cause in italics was met with silence.\n"
    operator = ""
    for j in sorted(results, key=lambda j: (operators().index(j.fault.operator), j.number)):
        if j.fault.operator != operator:
            operator = j.fault.operator
            yield f"\n### {operator}\n\n| fault | kind | cause | found by |\n|---|---|---|---|"
        told = Counter(k.cause for k in j.kills if k.cause)
        cause = f"`{told.most_common(1)[0][0]}`" if told else f"*{j.fault.cause or ''}*".replace("**", "")
        first: dict[str, int] = {}
        for k in j.kills:
            first[k.check] = min(first.get(k.check, 1 << 30), k.examples)
        by = ", ".join(f"{_SHORT.get(name, name)} {n}" for name, n in first.items())
        where = f" ([seen]({j.fault.seen}))" if j.fault.seen.startswith("http") else ""
        yield f"| {j.fault.name}{where} | {_KINDS[j.fault.kind]} | {cause.replace('|', '∣')} | {by} |"
