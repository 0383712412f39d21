"""The readings of a registry as files: a ``reading.json`` of each with its corrections made, and a table of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from sclerograph.errors import UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.json_file import tree_text
from sclerograph.registry.readings import CurrentReading

__all__ = ["TABLE_FILE", "export_readings"]

TABLE_FILE = "readings.csv"
_COLUMNS = (
    "patient",
    "visit",
    "day",
    "origin",
    "made_by",
    "occasion",
    "added_at",
    "corrections",
    "corrected_by",
    "corrected_at",
    "sha256",
    "file",
)


def export_readings(readings: Iterable[CurrentReading], out: Path) -> int:
    """Write readings into a new folder and return how many there were.

    ``sha256`` in the table is what a correction is based on (see :mod:`sclerograph.registry.corrections_file`).

    Raises
    ------
    UsageError
        The folder cannot be made, or something is in it.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise UsageError(f"the folder {out} is not empty: readings of two exports would be mixed; give a new one")
    except OSError as error:
        raise UsageError(f"the output folder {out} cannot be made: {error.strerror}") from None
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(_COLUMNS)
    count = 0
    for reading in readings:
        count += 1
        folder = out / reading.pseudonym / reading.visit / reading.sha256[:12]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "reading.json"
        write_atomically(path, tree_text(reading.document))
        last = reading.corrections[-1] if reading.corrections else None
        writer.writerow(
            (
                reading.pseudonym,
                reading.visit,
                "" if reading.day is None else reading.day,
                reading.origin,
                reading.made_by,
                reading.occasion,
                reading.added_at.isoformat(),
                len(reading.corrections),
                "" if last is None else last.author,
                "" if last is None else last.recorded_at.isoformat(),
                reading.sha256,
                path.relative_to(out).as_posix(),
            )
        )
    write_atomically(out / TABLE_FILE, table.getvalue())
    return count
