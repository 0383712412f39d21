"""``sclerograph compare``: two readings of one patient, and what changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sclerograph.comparison.records import Comparison
    from sclerograph.findings.records import Reading

__all__ = ["compare"]

_READING = "reading.json"


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="Earlier visit: a folder of `read`, or a reading.json.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Later visit of the same patient, likewise.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for comparison.json and comparison.html.")],
    film: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A film of either visit, to be drawn in the report; may be repeated."),
    ] = None,
) -> None:
    """Compare two readings of one patient; write comparison.json and comparison.html.

    Exit status: 0 compared; 1 a reading or a film cannot be read, or no hand is on both; 2 wrong usage.
    """
    from sclerograph.comparison.compare import compare as compare_readings
    from sclerograph.comparison.json_file import write_comparison
    from sclerograph.errors import UsageError
    from sclerograph.reports.comparison_report import write_comparison_report

    readings = _reading(first), _reading(second)
    films = _films(film or [], readings)
    comparison = compare_readings(*readings)
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_comparison_report(comparison, *readings, films, out / "comparison.html")
        # last, so that a comparison always has its report
        write_comparison(comparison, out / "comparison.json")
    except OSError as error:
        raise UsageError(f"the output folder {out} cannot be written: {error.strerror}") from None
    typer.echo(_summary(comparison))
    typer.echo(f"wrote comparison.json and comparison.html to {out}")
    typer.echo(comparison.research_use)
    if not comparison.hands:
        raise typer.Exit(1)


def _reading(path: Path) -> Reading:
    """Read the reading that a path stands for.

    Raises
    ------
    UsageError
        There is none, or more than one.
    UnreadableFile
        It is damaged.
    """
    from sclerograph.errors import UnreadableFile, UsageError
    from sclerograph.findings.json_file import read_reading

    file = path
    if path.is_dir():
        found = [path / _READING] if (path / _READING).is_file() else sorted(path.glob(f"*/{_READING}"))
        if len(found) != 1:
            what = f"{len(found)} visits" if found else f"no {_READING}"
            remedy = "give the folder of one of them" if found else "give the folder of a visit that `read` has written"
            raise UsageError(f"{path} holds {what}: two single visits are compared; {remedy}")
        file = found[0]
    if not file.is_file():
        raise UsageError(f"{path} does not exist: give a folder that `read` has written, or a {_READING}")
    try:
        return read_reading(file)
    except UnreadableFile as error:
        raise UnreadableFile(f"{file}: {error.found}", error.because, error.remedy) from None
    except OSError as error:
        raise UnreadableFile(str(file), (error.strerror or "the system refused").lower(), "check it") from None


def _films(paths: list[Path], readings: tuple[Reading, Reading]) -> dict[str, NDArray[np.float32]]:
    """Return the pixels of films by their SHA-256.

    Raises
    ------
    InputRejected
        A film cannot be read.
    UsageError
        A film belongs to neither reading.
    """
    from sclerograph.errors import UsageError
    from sclerograph.imaging import open_radiograph

    known = {source.sha256 for reading in readings for source in reading.sources}
    films = {}
    for path in paths:
        radiograph = open_radiograph(path)
        if radiograph.source.sha256 not in known:
            raise UsageError(f"--film {path}: neither reading was made from this file; give the films that were read")
        films[radiograph.source.sha256] = radiograph.pixels
    return films


def _summary(comparison: Comparison) -> str:
    """Return one line for each hand, and the notes that a reader must not miss."""
    lines = []
    for hand in comparison.hands:
        side = {"L": "left", "R": "right", None: "side unknown"}[hand.side]
        counts = ", ".join(
            f"{n} {status}"
            for status in ("new", "grown", "stable", "shrunk", "gone")
            if (n := sum(change.status == status for change in hand.deposits))
        )
        if hand.calcinosis is None:
            calcium = f"deposits not compared: {hand.calcinosis_reason}"
        else:
            percent = hand.calcinosis.change_percent
            amount = "" if percent is None else f" ({percent:+.0f} %)"
            calcium = f"deposits: {counts or 'none'}; calcified area: {hand.calcinosis.change_class}{amount}"
        tufts = hand.acro_osteolysis
        bone = f"acro-osteolysis: {tufts.changers} of {tufts.digits} fingertips worse" if tufts.digits else ""
        lines.append("; ".join(part for part in (f"{side} hand, {hand.view}: {calcium}", bone) if part))
    lines += [
        f"{entry.visit} visit, hand {entry.hand + 1}: not compared, {entry.reason}" for entry in comparison.unpaired
    ]
    return "\n".join([*lines, *(f"note: {note}" for note in comparison.notes)])
