"""What `gradspec prove` establishes of a chapter: each line, its certificate, and the reference beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from ...spec.certificate.check import check
from ...spec.certificate.export import certificate
from ...spec.chapters import Line, Unproved, chapter, proof
from ...spec.render import STATUS, established
from ..errors import in_words
from .agreement import agreement
from .settings import SETTINGS

REFUTED = "REFUTED"
NOT_CHECKED = "not checked"

HOW = (
    *STATUS.values(),
    "exact in a finite field",
    "exact on fractions",
    "agreed to 50 digits",
    "re-verified independently",
    NOT_CHECKED,
    REFUTED,
)
"""How a line can be established, the strongest claims first; the last is none."""


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: `status` is one of `HOW`, `detail` says at which shapes or why not."""

    label: str
    status: str
    detail: str
    seconds: float

    @property
    def holds(self) -> bool:
        return self.status != REFUTED


def entries(name: str) -> list[Entry]:
    """The ledger of a chapter: derivation, laws, certificate, and agreement with the reference."""
    began = time.perf_counter()
    try:
        lines = proof(chapter(name))
    except Unproved as error:
        label, _, said = str(error).partition(": ")
        return [Entry(label, REFUTED, said, time.perf_counter() - began)]
    return [*map(_proved, lines), _certified(name, lines), *_agreed(name)]


def _proved(line: Line) -> Entry:
    status = STATUS[line.theorem.status]
    detail = established(line.theorem).removeprefix(status).removeprefix(", ")
    return Entry(line.label, status, detail, line.seconds)


def _certified(name: str, lines: list[Line]) -> Entry:
    """The exported certificate, re-verified by the checker that shares nothing with the kernel."""
    began = time.perf_counter()
    try:
        claimed = certificate(chapter(name), lines)
        failed = check(claimed)
    except Exception as error:  # a wrong chapter's too: it is what one line of the ledger says
        failed = [in_words(error)]
    status = REFUTED if failed else "re-verified independently"
    said = "; ".join(failed) if failed else f"{len(claimed['lines'])} lines"
    return Entry(f"{name}.certificate", status, said, time.perf_counter() - began)


def _agreed(name: str) -> Iterator[Entry]:
    """The reference, unmodified, against what the chapter says, on numbers that are not rounded."""
    for setting in SETTINGS.get(name, ()):
        status = {"balls": "agreed to 50 digits", "fractions": "exact on fractions"}.get(
            setting.kind, "exact in a finite field"
        )
        try:
            made = agreement(name, setting)
        except ModuleNotFoundError as error:
            yield Entry(f"{name}.reference", NOT_CHECKED, str(error), 0.0)
        except Exception as error:
            yield Entry(f"{name}.reference", REFUTED, f"{setting}: {in_words(error)}", 0.0)
        else:
            said = made.difference or f"{made.numbers} numbers: {', '.join(made.compared)}"
            how = REFUTED if made.difference else status
            yield Entry(f"{name}.reference", how, f"{setting}; {said}", made.seconds)
