"""A chapter of the specification as plain text: definitions, derivations line by line, laws, assumptions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ...spec.render import established, text

if TYPE_CHECKING:
    from ...spec.chapters import Chapter, Line
    from ...spec.kernel import Theorem


def derivation(
    chapter: Chapter, lines: Sequence[Line], pitfalls: Iterable[str], references: Iterable[str], width: int
) -> Iterator[str]:
    """The chapter, a line at a time, at most `width` columns wide where it can be broken."""
    yield f"{chapter.name}: {chapter.title}"
    yield from _block(chapter.about, width)
    yield from _section("assumed where a line says so", [x for x in lines if x.kind == "hypothesis"], width)
    yield from _section("definitions", [x for x in lines if x.kind == "definition"], width)
    yield from _gradients([x for x in lines if x.kind in ("derived", "gradient")], width)
    yield from _section("laws", [x for x in lines if x.kind == "law"], width)
    for heading, said in (("pitfalls", pitfalls), ("references", references)):
        entries = list(said)
        if entries:
            yield from ("", heading)
            for entry in entries:
                yield from _wrapped(f"  {entry}", "    ", width)


def statement(theorem: Theorem) -> str:
    """The theorem as an equation or a bound."""
    return f"{text(theorem.lhs)} {theorem.relation} {text(theorem.rhs)}"


def _section(heading: str, lines: Sequence[Line], width: int) -> Iterator[str]:
    if not lines:
        return
    yield from ("", heading)
    for line in lines:
        plain = line.kind == "definition"
        how = "" if plain else f"   [{line.theorem.rule}; {established(line.theorem)}]"
        yield from _wrapped(f"  {line.label}{how}", "          ", width)
        yield from _wrapped(f"      {statement(line.theorem)}", "          ", width)
        yield from _block(line.about, width, "      ")


def _gradients(lines: Sequence[Line], width: int) -> Iterator[str]:
    """Each gradient with its derivation; a line that only repeats the one before is left out."""
    if lines:
        yield from ("", "derivation of the gradients")
    block: list[Line] = []
    for line in lines:
        block.append(line)
        if line.label.rpartition(".")[2].isdigit():
            continue
        yield from _wrapped(f"  {line.label}   [{established(line.theorem)}]", "          ", width)
        said = ""
        for step in block:
            now = statement(step.theorem)
            if now != said or step is line:
                rule = _as_written(step.theorem) if step.kind == "gradient" else step.theorem.rule
                yield from _wrapped(f"      {now}   [{rule}]", "          ", width)
            said = now
        yield from _block(line.about, width, "      ")
        block = []


def _as_written(theorem: Theorem) -> str:
    """`as written, with s, p`: the lines that were put in for that."""
    own = theorem.label.split(".", 1)[0]
    put_in = [
        p.label.removeprefix(f"{own}.") for p in theorem.premises if not p.label.startswith(theorem.label)
    ]
    return "as written" + (f", with {', '.join(put_in)}" if put_in else "")


def _block(said: str, width: int, indent: str = "") -> Iterator[str]:
    if said:
        yield from _wrapped(indent + said, indent, width)


def _wrapped(said: str, indent: str, width: int) -> list[str]:
    return textwrap.wrap(
        said, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
