"""The command `gradspec`. NumPy is imported only by the commands that compute, so that help comes at once."""

from __future__ import annotations

import sys
import traceback

import click

from .commands.check import check
from .commands.derive import derive
from .commands.init import init
from .commands.operators import operators
from .commands.prove import prove
from .commands.replay import replay

EPILOG = """\b
Examples:
  gradspec check torch                  check a built-in backend
  gradspec init mybackend.py            write an adapter to fill in
  gradspec check mybackend.py           check it
  gradspec derive lstm                  see where its gradients come from

\b
Exit status: 0 conforms, 1 does not, 2 could not be run, 130 interrupted.
"""


def _version(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from .report import version

        click.echo(f"gradspec {version()}")
        context.exit()


@click.group(
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
@click.pass_context
def cli(context: click.Context) -> None:
    """Holds implementations of neural-network building blocks to their specification."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (check, operators, derive, prove, init, replay):
    cli.add_command(command)


def main() -> None:
    """The entry point: every way in which a command ends becomes an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show ✓ is no reason to crash
    try:
        status = cli(prog_name="gradspec", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = 2
    except click.Abort:
        status = 130
    except OSError as error:  # stdout cannot be written
        click.echo(f"Error: {error}", err=True)
        status = 2
    except Exception:
        # Not Python's own 1, which would say that the backend does not conform.
        traceback.print_exc()
        click.echo("Error: this is a fault of gradspec, not of the backend; please report it", err=True)
        status = 2
    sys.exit(status)
