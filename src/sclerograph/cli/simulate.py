"""``sclerograph simulate``: films with known truth."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sclerograph.errors import MissingComponent, UsageError

__all__ = ["simulate"]

simulate = typer.Typer(help="Draw films with exact truth.", no_args_is_help=True, rich_markup_mode=None)


class Disease(StrEnum):
    """What a simulated hand suffers from."""

    healthy = "healthy"
    calcinosis = "calcinosis"
    acro_osteolysis = "acro-osteolysis"
    both = "both"


class Gear(StrEnum):
    """How carefully a film is drawn."""

    fast = "fast"
    fine = "fine"


@simulate.callback()
def _group() -> None:
    """Keep ``hand`` a sub-command: a group with a single command would otherwise become that command."""


@simulate.command("hand")
def hand(
    out: Annotated[Path, typer.Option("--out", help="Folder for the films (DICOM) and their truth (JSON).")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same films.")] = 0,
    count: Annotated[int, typer.Option(min=1, help="How many films.")] = 1,
    disease: Annotated[Disease, typer.Option(help="What the hands suffer from.")] = Disease.both,
    gear: Annotated[Gear, typer.Option(help="fast: for training; fine: for measuring.")] = Gear.fine,
) -> None:
    """Draw hand radiographs whose deposits, tufts, bones and landmarks are known exactly."""
    try:
        from sclerograph.phantom.simulate import simulate_hand
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "sclerograph":
            raise
        raise MissingComponent(
            f"simulating needs {error.name}, which is not installed: pip install 'sclerograph[phantom]'"
        ) from None
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the output folder {out} cannot be made: {error.strerror}") from None
    simulate_hand(out, seed=seed, count=count, disease=disease.value, gear=gear.value)
    typer.echo(f"wrote {count} {'film' if count == 1 else 'films'} and their truth to {out}")
