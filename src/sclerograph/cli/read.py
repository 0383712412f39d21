"""``sclerograph read``: read films and write a folder for each visit."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["read"]


class SideChoice(StrEnum):
    """The side that every film shows."""

    left = "L"
    right = "R"


class ViewChoice(StrEnum):
    """The view that every film shows."""

    pa = "PA"
    ap = "AP"
    oblique = "oblique"
    lateral = "lateral"


def read(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Films (DICOM, PNG, JPEG, TIFF, BMP), folders.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Output folder; the same one continues a run.")],
    side: Annotated[
        SideChoice | None,
        typer.Option(metavar="L|R", case_sensitive=False, help="Side of every film, where the file does not say it."),
    ] = None,
    view: Annotated[
        ViewChoice | None,
        typer.Option(
            metavar="PA|AP|oblique|lateral",
            case_sensitive=False,
            help="View of every film, where the file does not say it.",
        ),
    ] = None,
    mm_per_pixel: Annotated[
        float | None, typer.Option(help="Millimetres per pixel in the plane of the hand, measured by yourself.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that read at the same time.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Read on the cluster of this dask scheduler instead.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Read everything again, also what is current.")] = False,
) -> None:
    """Read hand radiographs; write reading.json, report.html and overlay.png for each visit.

    Exit status: 0 everything was read; 1 some inputs were rejected or failed (see rejected.csv), the others are
    written; 2 wrong usage.
    """
    from sclerograph.batch.options import Options
    from sclerograph.batch.run import Request, run_batch
    from sclerograph.batch.settings import installed_settings
    from sclerograph.cli.progress import TerminalListener
    from sclerograph.errors import UsageError

    if mm_per_pixel is not None and not 0.0 < mm_per_pixel < 10.0:
        raise UsageError(f"--mm-per-pixel {mm_per_pixel:g}: millimetres per pixel lie between 0 and 10; measure again")
    options = Options(side.value if side else None, view.value if view else None, mm_per_pixel)
    request = Request(paths, out, options, workers, scheduler, force)
    try:
        with TerminalListener() as listener:
            result = run_batch(request, installed_settings(options), listener)
    except KeyboardInterrupt:
        typer.echo("stopped; the same command goes on from here", err=True)
        # What shells expect of a program that Ctrl-C ended.
        raise typer.Exit(130) from None
    typer.echo(listener.summary(result, out))
    raise typer.Exit(result.exit_code)
