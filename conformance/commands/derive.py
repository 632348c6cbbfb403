"""`gradspec derive`: where an equation comes from, line by line."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import click

from ._failing import fail, unknown

if TYPE_CHECKING:
    from ...spec.chapters import Chapter

EPILOG = """\b
Examples:
  gradspec derive lstm
  gradspec derive softmax_cross_entropy --format latex > derivation.tex
  gradspec derive scaled_dot_product_attention --format json > certificate.json
  gradspec derive --list

\b
The JSON is a certificate: python -m gradspec.spec.certificate.check certificate.json verifies it with nothing
but Python's standard library.

\b
Exit status: 0, 1 where a line is not proved, 2 where there is no such chapter.
"""
_WIDTH = 100
"""Columns where the output is no terminal."""


@click.command(epilog=EPILOG, short_help="Show where each equation of an operator comes from.")
@click.argument("name", metavar="OPERATOR", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "latex", "json"]),
    default="text",
    show_default=True,
    help="For a reader, for a paper, for a checker.",
)
@click.option("--list", "listed", is_flag=True, help="List the operators and the other chapters.")
def derive(name: str | None, form: str, listed: bool) -> None:
    """Derives every gradient and law of OPERATOR, for all shapes, each line with its rule and status.

    The labels are those that gradspec check prints where something fails. Beside the operators there are
    chapters on what is built of them: --list names all.
    """
    from ...spec.chapters import Unproved, chapter, chapter_of, chapters, proof

    if listed:
        click.echo("\n".join(f"{known:<32}{chapter(known).title}" for known in chapters()))
        return
    if name is None:
        fail(f"name an operator or a chapter; there are {', '.join(chapters())}")
    try:
        found = chapter_of(name)
    except LookupError:
        fail(unknown(name, chapters(), "chapter"))
    try:
        lines = proof(found)
    except Unproved as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(1) from None
    if form == "json":
        from ...spec.certificate.export import certificate

        click.echo(json.dumps(certificate(found, lines), indent=1, ensure_ascii=False))
    elif form == "latex":
        from ...spec.render import document

        click.echo(document(found, lines, *_declared(found)), nl=False)
    else:
        from ..formats.derivation import derivation

        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
        for said in derivation(found, lines, *_declared(found), width=max(width, 60)):
            click.echo(said)


def _declared(found: Chapter) -> tuple[list[str], list[str]]:
    """Pitfalls and references: the operator's and the chapter's own."""
    from ...spec import declaration, operators

    operator = declaration(found.name) if found.name in operators() else None
    pitfalls = [*(operator.pitfalls if operator else ()), *found.pitfalls]
    references = [*(operator.references if operator else ()), *found.references]
    return list(dict.fromkeys(pitfalls)), list(dict.fromkeys(references))
