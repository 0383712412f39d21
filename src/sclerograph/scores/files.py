"""``scores.json`` and ``scores.csv``: the scores of readings with all their parts.

The JSON holds everything. The table has one line for each score and each of its parts; a missing value is an empty
cell, never a zero, and a text that a spreadsheet would take for a formula has an apostrophe before it (OWASP, CSV
Injection).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import RESEARCH_USE, Record, SoftwareRecord
from sclerograph.scores.record import Part, Score, Value

__all__ = ["COLUMNS", "SCORES_SCHEMA", "ReadingScores", "scores_text", "write_scores"]

#: Name and version of the layout of ``scores.json``.
SCORES_SCHEMA = "sclerograph.scores/1"

#: The columns of ``scores.csv``. New ones are added at the end.
COLUMNS = (
    "reading",
    "score",
    "scope",
    "hand",
    "side",
    "name",
    "value",
    "unit",
    "interval_low",
    "interval_high",
    "at_least",
    "at_most",
    "assessable",
    "reason",
    "evidence",
    "source",
    "research_use",
)

#: What spreadsheets take for the beginning of a formula, also in full width.
_FORMULA = tuple("=+-@＝＋－＠\t\r")

_DIGITS = 8

#: The fields of a score that are the same for every reading.
_DEFINITION = {"name", "title", "unit", "range", "source", "definition"}


class ReadingScores(Record):
    """The scores of one reading: its name, the SHA-256 of its file, the software that made it."""

    name: str
    sha256: str
    software: SoftwareRecord
    scores: list[Score]


def write_scores(readings: Sequence[ReadingScores], folder: Path) -> list[Path]:
    """Write ``scores.json`` and ``scores.csv`` into a folder that exists; each file is whole or not there.

    Raises
    ------
    OSError
        The folder is missing or not writable.
    """
    stream = io.StringIO(newline="")
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([_cell(value) for value in line] for reading in readings for line in _lines(reading))
    write_atomically(folder / "scores.json", scores_text(readings))
    write_atomically(folder / "scores.csv", stream.getvalue())
    return [folder / "scores.json", folder / "scores.csv"]


def scores_text(readings: Sequence[ReadingScores]) -> str:
    """Return the text of ``scores.json``: definitions once, then one line for each score of each reading."""
    definitions = {score.name: score for reading in readings for score in reading.scores}.values()
    of_definitions = _listed([score.model_dump(mode="json", include=_DEFINITION) for score in definitions])
    of_readings = []
    for reading in readings:
        origin = _json(reading.model_dump(mode="json", exclude={"scores"}))[:-1]
        scores = _listed([score.model_dump(mode="json", exclude=_DEFINITION - {"name"}) for score in reading.scores])
        of_readings.append(f'{origin},"scores":{scores}}}')
    return (
        f'{{"schema":{_json(SCORES_SCHEMA)},"research_use":{_json(RESEARCH_USE)},\n'
        f'"definitions":{of_definitions},\n"readings":[\n' + ",\n".join(of_readings) + "\n]}\n"
    )


def _listed(items: Sequence[object]) -> str:
    return "[\n" + ",\n".join(_json(item) for item in items) + "\n]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _lines(reading: ReadingScores) -> Iterator[list[Value]]:
    for score in reading.scores:
        whole = Part(
            scope="patient",
            name=score.name,
            value=score.value,
            unit=score.unit,
            interval=score.interval,
            at_least=score.at_least,
            at_most=score.at_most,
            assessable=score.assessable,
            reason=score.reason,
        )
        for part in (whole, *score.parts):
            interval = part.interval
            yield [
                reading.name,
                score.name,
                part.scope,
                part.hand,
                part.side,
                part.name,
                part.value,
                part.unit,
                None if interval is None else interval.low,
                None if interval is None else interval.high,
                part.at_least,
                part.at_most,
                part.assessable,
                part.reason,
                "; ".join(part.evidence),
                score.source,
                RESEARCH_USE,
            ]


def _cell(value: Value) -> str:
    """Return a value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:.{_DIGITS}g}"
    flat = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return f"'{flat}" if flat.startswith(_FORMULA) else flat
