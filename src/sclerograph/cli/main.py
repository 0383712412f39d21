"""The command ``sclerograph``: its sub-commands, and what every error becomes at its rim."""

from __future__ import annotations

from typing import Annotated

import typer

from sclerograph import __version__
from sclerograph.cli.cohort import cohort
from sclerograph.cli.compare import compare
from sclerograph.cli.models import models
from sclerograph.cli.read import read
from sclerograph.cli.registry import registry
from sclerograph.cli.schema import schema
from sclerograph.cli.score import score
from sclerograph.cli.session import session
from sclerograph.cli.simulate import simulate
from sclerograph.errors import InputRejected, SclerographError

__all__ = ["app", "main"]

app = typer.Typer(
    help="Read hand radiographs of systemic sclerosis: calcinosis and acro-osteolysis, from film to report. "
    "For research use only; not for diagnosis.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("read")(read)
app.command("compare")(compare)
app.command("score")(score)
app.add_typer(registry, name="registry")
app.add_typer(cohort, name="cohort")
app.add_typer(session, name="session")
app.add_typer(simulate, name="simulate")
app.command("models")(models)
app.command("schema")(schema)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sclerograph {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold the options that belong to no sub-command."""


def main() -> None:
    """Run the command line; exit 0 when everything went well, 1 when an input was rejected, 2 for wrong usage."""
    try:
        app()
    except InputRejected as error:
        _end(error, 1)
    except SclerographError as error:
        _end(error, 2)


def _end(error: SclerographError, code: int) -> None:
    typer.echo(f"error: {error}", err=True)
    raise SystemExit(code) from None
