"""``make train``: from nothing to seven exported networks and the suspicion of erosion that is fitted to what they see;
each step continues where an earlier run stopped.

    python -m sclerograph.training [--data FOLDER] [--work work] [--processes 2]

Without the folder of real films the networks are trained on simulated films alone.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from sclerograph.training.recipe import Recipe


def _step(name: str, *arguments: str) -> None:
    typer.echo(f"== {name} {' '.join(arguments)}")
    subprocess.run([sys.executable, "-m", f"sclerograph.training.{name}", *arguments], check=True)


def main(
    data: Annotated[Path | None, typer.Option(help="Folder of real films.", exists=True, file_okay=False)] = None,
    work: Annotated[Path, typer.Option(help="Where films, checkpoints and logs go.")] = Path("work"),
    processes: Annotated[int, typer.Option(help="Processes that simulate films.")] = 2,
) -> None:
    """Simulate, train, let the networks mark unlabelled films, train on them again, export, and fit what rests on
    them.
    """
    Recipe(work, data, _step).run(processes)


if __name__ == "__main__":
    typer.run(main)
