"""Options that the commands which train a network share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "BankFolder",
    "BatchSize",
    "CalciumCheckpoints",
    "LesionFilms",
    "Out",
    "PeakRate",
    "Resume",
    "Seed",
    "SideBank",
    "StartFrom",
    "Steps",
    "Threads",
    "Workers",
]

BankFolder = Annotated[Path, typer.Option(exists=True, file_okay=False, help="Bank of simulated films.")]
CalciumCheckpoints = Annotated[
    list[Path],
    typer.Option(
        "--checkpoint", exists=True, dir_okay=False, help="Calcium network; repeat it for those that are averaged."
    ),
]
LesionFilms = Annotated[
    list[Path], typer.Option(exists=True, file_okay=False, help="Folders of films with known lesions; may be repeated.")
]
Out = Annotated[Path, typer.Option(help="Folder of the checkpoint and of the log.")]
Steps = Annotated[int, typer.Option()]
BatchSize = Annotated[int, typer.Option()]
PeakRate = Annotated[float, typer.Option(help="Greatest learning rate.")]
SideBank = Annotated[
    Path | None, typer.Option(help="Bank of hands on their side (gear `side`).", exists=True, file_okay=False)
]
StartFrom = Annotated[Path | None, typer.Option(help="Checkpoint, or shipped network (.onnx), to fine-tune.")]
Seed = Annotated[int, typer.Option()]
Threads = Annotated[int, typer.Option()]
Workers = Annotated[int, typer.Option(help="Processes that make batches.")]
Resume = Annotated[bool, typer.Option(help="Go on from the last checkpoint.")]
