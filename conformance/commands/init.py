"""`gradspec init`: an adapter to fill in."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from ...spec import declaration
from ...spec import operators as all_operators
from ..template import adapter
from ._failing import chosen, fail

EPILOG = """\b
Examples:
  gradspec init mybackend.py
  gradspec init mybackend.py --operators lstm,softmax

\b
Exit status: 0, or 2 where the file exists or cannot be written.
"""


@click.command(epilog=EPILOG, short_help="Write an adapter to fill in.")
@click.argument("file", metavar="FILE")
@click.option("--operators", metavar="A,B", help="Only these operators, beside the worked example.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def init(file: str, operators: str | None, force: bool) -> None:
    """Writes a commented adapter to FILE, one function for each operator, ready to be filled in.

    It can be checked as it is: sigmoid is filled in as an example, the rest is unsupported until uncommented.
    """
    names = chosen(operators, all_operators(), "operator") or all_operators()
    again = shlex.quote(file)
    text = adapter([declaration(name) for name in names], again)
    try:
        with Path(file).open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        fail(f"{file} exists; --force overwrites it")
    except OSError as error:
        fail(f"cannot write {file}: {error.strerror or error}")
    click.echo(f"wrote {file}; it can be checked as it is: gradspec check {again}")
