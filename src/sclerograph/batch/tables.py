"""``summary.csv`` and ``rejected.csv``: the tables over all visits of an output folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from sclerograph.batch.visits import shown
from sclerograph.batch.work import FilmState
from sclerograph.findings.atomic_file import write_atomically

__all__ = ["REJECTED_FILE", "SUMMARY_FILE", "join_summaries", "write_rejected"]

REJECTED_FILE = "rejected.csv"
SUMMARY_FILE = "summary.csv"


def join_summaries(folders: Iterable[Path], target: Path) -> None:
    """Join the summaries of visits, one line a hand, into one table.

    A visit that an older version wrote may lack a column, or have one more: the table has every column that occurs.
    """
    columns: dict[str, None] = {}
    rows: list[tuple[list[str], list[str]]] = []
    # Nearly all tables have the same columns: one list of them is kept, not one a visit.
    last: list[str] = []
    for folder in folders:
        try:
            # Whole and then decoded: of a hundred thousand small files, opening them as text takes most of the time.
            text = (folder / SUMMARY_FILE).read_bytes().decode("utf-8-sig")
        except OSError:
            continue
        lines = csv.reader(io.StringIO(text, newline=""))
        header = next(lines, [])
        if header != last:
            columns |= dict.fromkeys(header)
            last = header
        rows += [(last, line) for line in lines]
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\n")
    names = list(columns)
    writer.writerow(names)
    for header, line in rows:
        if header == names and len(line) == len(names):
            writer.writerow(line)
        else:
            cells = dict(zip(header, line, strict=False))
            writer.writerow([cells.get(name, "") for name in names])
    write_atomically(target, output.getvalue())


def write_rejected(films: Iterable[FilmState], target: Path) -> None:
    """Write which inputs were not read: file, kind of problem, reason. Without any, the table has its header alone."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(["file", "kind", "reason"])
    writer.writerows([shown(film.path), film.kind, film.reason] for film in films)
    write_atomically(target, output.getvalue())
