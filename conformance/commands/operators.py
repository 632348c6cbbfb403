"""`gradspec operators`: the table of the contract, from the declarations."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

import click

from ...spec import Array, Attribute, Operator, declaration
from ...spec import operators as all_operators
from ._failing import chosen

EPILOG = """\b
Examples:
  gradspec operators
  gradspec operators lstm
  gradspec operators --markdown > operators.md

\b
Exit status: 0, or 2 where there is no such operator.
"""

_HEADINGS = ("operator", "inputs → outputs", "attributes", "not differentiable")


@click.command(epilog=EPILOG, short_help="List the operators, or show one in full.")
@click.argument("name", required=False)
@click.option("--markdown", is_flag=True, help="As a Markdown table.")
def operators(name: str | None, markdown: bool) -> None:
    """Lists the operators, or shows one in full: NAME's equations, pitfalls, conventions and references.

    Where the output is no terminal, the columns of the list are separated by tabs.
    """
    if name is not None:
        chosen(name, all_operators(), "operator")
        click.echo("\n".join(_in_full(declaration(name))))
        return
    rows = [_row(declaration(operator)) for operator in all_operators()]
    if markdown:
        click.echo(_markdown(rows))
    elif sys.stdout.isatty():
        _table(rows)
    else:
        click.echo("\n".join("\t".join(row) for row in rows))


def domain(attribute: Attribute) -> str:
    """`activation: identity, sigmoid, tanh or relu (default tanh)`"""
    if attribute.array is not None:
        said = f"None or {str(attribute.array).removeprefix(attribute.name).strip()}"
    elif attribute.choices:
        said = " or ".join(
            filter(None, (", ".join(map(str, attribute.choices[:-1])), str(attribute.choices[-1])))
        )
    elif attribute.divides is not None:
        said = f"divides {attribute.divides}"
    elif attribute.size is not None:
        said = "whole"
    else:
        said = _interval(attribute)
    return f"{attribute.name}: {said}" + ("" if attribute.required else f" (default {attribute.default})")


def _interval(attribute: Attribute) -> str:
    kind = "whole" if attribute.whole else "number"
    if attribute.low is None:
        return kind
    if attribute.high is None:
        return f"{kind} ≥ {attribute.low:g}"
    # In words, where there are any: they say which of the ends belong to it.
    return attribute.about or f"{kind} in {attribute.low:g} … {attribute.high:g}"


def _row(operator: Operator) -> tuple[str, str, str, str]:
    empty = f" ({', '.join(map(str, operator.may_be_empty))} 0+)" if operator.may_be_empty else ""
    arrows = f"{_listed(operator.inputs)} → {_listed(operator.outputs)}".strip() + empty
    fixed = (
        ", ".join(a.name for a in operator.inputs if not a.differentiable)
        if operator.differentiable
        else "all"
    )
    return operator.name, arrows, "; ".join(map(domain, operator.attributes)), fixed


def _listed(arrays: Iterable[Array]) -> str:
    return ", ".join(map(str, arrays))


def _markdown(rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(_HEADINGS)} |", "|---|---|---|---|"]
    for name, arrows, attributes, fixed in rows:
        lines.append(f"| `{name}` | `{arrows}` | {attributes} | {fixed} |")
    return "\n".join(lines)


def _table(rows: Iterable[tuple[str, ...]]) -> None:
    from rich.table import Table

    from ..terminal import console

    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style="bold")
    for heading, share in zip(_HEADINGS, (None, 3, 2, None), strict=True):
        table.add_column(heading, ratio=share, no_wrap=share is None, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console(sys.stdout).print(table)


def _in_full(operator: Operator) -> Iterable[str]:
    yield f"{operator.name}: {operator.summary}"
    yield ""
    yield operator.signature()
    yield from _section("attributes", [_attribute(a) for a in operator.attributes])
    yield from _section(
        "equations", _columns({operator.label(part): said for part, said in operator.equations.items()})
    )
    _, _, _, fixed = _row(operator)
    yield from _section("not differentiable", [fixed] if fixed else [])
    yield from _section("not smooth", [operator.not_smooth] if operator.not_smooth else [])
    for convention in operator.conventions:
        choice = " or ".join(map(repr, convention.values)) + (" or a number" if convention.number else "")
        yield from _section(f"convention {convention.key}: {choice}", _columns(convention.used_by))
    yield from _section("pitfalls", operator.pitfalls)
    yield from _section("references", operator.references)


def _attribute(attribute: Attribute) -> str:
    said = domain(attribute)
    return said if not attribute.about or attribute.about in said else f"{said}; {attribute.about}"


def _section(heading: str, lines: Iterable[str]) -> Iterable[str]:
    lines = list(lines)
    return ["", heading, *(f"  {line}" for line in lines)] if lines else []


def _columns(pairs: Mapping[str, str]) -> list[str]:
    width = max(map(len, pairs), default=0)
    return [f"{left:<{width}}  {right}" for left, right in pairs.items()]
