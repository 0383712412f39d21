"""Readings from an output folder of ``sclerograph read`` into a registry.

A folder that cannot go in is named with its reason and set aside; the others go in. Doing it again adds what is new.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sclerograph.errors import InputRejected, RefusedEntry, UsageError
from sclerograph.registry import document as documents
from sclerograph.registry.pseudonym import check_pseudonym, check_visit_name
from sclerograph.registry.readings import KnownFile, NewReading, Origin
from sclerograph.registry.store import Registry

__all__ = ["Assignment", "IntakeResult", "Maker", "SetAside", "add_folder", "read_assignments"]

READING_FILE = "reading.json"
_COLUMNS = ("folder", "patient", "visit")
# A reading of two hands has some hundred kilobytes; a file beyond this was not written by this software.
_LARGEST_FILE = 64 * 1024 * 1024
#: Readings in one transaction: enough to make it quick, few enough to keep them in memory.
_BATCH = 32


@dataclass(frozen=True)
class Assignment:
    """Whose visit a folder is. ``day`` counts from a day that the site chose for the patient."""

    pseudonym: str
    visit: str
    day: int | None = None


@dataclass(frozen=True)
class Maker:
    """Who made the readings of a folder: the software, or a reader on an occasion."""

    origin: Origin = "software"
    name: str = ""
    occasion: str = ""


@dataclass(frozen=True)
class SetAside:
    """A folder, or a row of a mapping, that did not go in, and why."""

    what: str
    reason: str


@dataclass
class IntakeResult:
    """How many readings were added and how many were there; what was set aside."""

    added: int = 0
    already_there: int = 0
    set_aside: list[SetAside] = field(default_factory=list)


def read_assignments(path: Path) -> tuple[dict[str, Assignment], list[SetAside]]:
    """Read a mapping from folders to patients and visits: a CSV file with the columns folder, patient, visit and day.

    ``day`` may be missing or empty. Commas, semicolons and tabs separate.

    Returns
    -------
    tuple
        The assignments by folder, and the rows that were set aside with their reason.

    Raises
    ------
    UsageError
        The file cannot be read or lacks a column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"the mapping {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the mapping {path} is not in UTF-8: save it as 'CSV UTF-8'") from None
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns = [name.strip().casefold() for name in next(rows, [])]
    missing = [name for name in _COLUMNS if name not in columns]
    if missing:
        raise UsageError(f"the mapping {path} has no column {', '.join(missing)}: it needs {', '.join(_COLUMNS)}")
    assignments: dict[str, Assignment] = {}
    problems = []
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            try:
                folder, assignment = _assignment(dict(zip(columns, (cell.strip() for cell in row), strict=False)))
                if assignments.get(folder, assignment) != assignment:
                    raise RefusedEntry("a folder that is there twice", "it belongs to one visit", "keep one of them")
                assignments[folder] = assignment
            except RefusedEntry as refusal:
                problems.append(SetAside(f"{path}, line {rows.line_num}", str(refusal)))
    except csv.Error:
        raise UsageError(f"the mapping {path} is no CSV file after line {rows.line_num}: save it again") from None
    return assignments, problems


def _assignment(cells: Mapping[str, str]) -> tuple[str, Assignment]:
    folder = cells.get("folder", "")
    if not folder:
        raise RefusedEntry("column 'folder' is empty", "the row speaks of no folder", "fill it in")
    day = cells.get("day", "")
    try:
        number = int(day) if day else None
    except ValueError:
        raise RefusedEntry(
            "column 'day' is no whole number", "visits are placed by days, not dates", "count days from the first visit"
        ) from None
    return folder, Assignment(
        check_pseudonym(cells.get("patient", "")), check_visit_name(cells.get("visit", "")), number
    )


def add_folder(
    registry: Registry,
    out: Path,
    whose: Assignment | Mapping[str, Assignment],
    maker: Maker = Maker(),
    progress: Callable[[int], None] = lambda _: None,
) -> IntakeResult:
    """Add the readings in an output folder of ``sclerograph read``.

    Parameters
    ----------
    registry
        Where they go.
    out
        The output folder, or the folder of one visit.
    whose
        Patient and visit of all folders, or of each by its name.
    maker
        Who made the readings.
    progress
        Told the number of folders that were dealt with.

    Raises
    ------
    UsageError
        There is no such folder, or no reading in it.
    """
    if not out.is_dir():
        raise UsageError(f"there is no folder {out}: give the output folder of 'sclerograph read'")
    folders = _visit_folders(out)
    if not folders:
        raise UsageError(f"there is no {READING_FILE} in the folders of {out}: give the output of 'sclerograph read'")
    result = IntakeResult()
    remaining = iter(folders)
    while batch := list(islice(remaining, _BATCH)):
        _add_batch(registry, batch, whose, maker, result)
        progress(len(batch))
    if not isinstance(whose, Assignment):
        for name in sorted(whose.keys() - {folder.name for folder in folders}):
            refusal = RefusedEntry(f"no {READING_FILE} in it", "there is nothing to add", "read its films first")
            result.set_aside.append(SetAside(name, str(refusal)))
    return result


def _visit_folders(out: Path) -> list[Path]:
    if (out / READING_FILE).exists():
        return [out]
    # A name with a dot in front is a folder that a run is just writing.
    return sorted(
        path
        for path in out.iterdir()
        if path.is_dir() and not path.name.startswith(".") and (path / READING_FILE).exists()
    )


def _add_batch(
    registry: Registry,
    folders: list[Path],
    whose: Assignment | Mapping[str, Assignment],
    maker: Maker,
    result: IntakeResult,
) -> None:
    files = []
    for folder in folders:
        assignment = whose if isinstance(whose, Assignment) else whose.get(folder.name)
        try:
            if assignment is None:
                raise RefusedEntry("nobody said whose it is", "a reading belongs to a patient", "add it to the mapping")
            content = _content(folder / READING_FILE)
        except InputRejected as refusal:
            result.set_aside.append(SetAside(folder.name, str(refusal)))
            continue
        files.append((folder.name, assignment, content, hashlib.sha256(content).hexdigest()))
    known = registry.known_files(sha256 for *_, sha256 in files)
    new = []
    for name, assignment, content, sha256 in files:
        if any(_is_same(each, sha256, assignment, maker) for each in known):
            result.already_there += 1
            continue
        try:
            new.append((name, _new_reading(content, sha256, assignment, maker)))
        except InputRejected as refusal:
            result.set_aside.append(SetAside(name, str(refusal)))
    outcomes = registry.add_readings([reading for _, reading in new])
    for (name, _), outcome in zip(new, outcomes, strict=True):
        if isinstance(outcome, RefusedEntry):
            result.set_aside.append(SetAside(name, str(outcome)))
            continue
        result.added += outcome.new
        result.already_there += not outcome.new


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise RefusedEntry(
                f"a {READING_FILE} of more than 64 MB", "no reading is that large", "read the film again"
            )
        return path.read_bytes()
    except OSError as error:
        raise RefusedEntry(
            f"a {READING_FILE} that cannot be opened", f"the system said '{error.strerror}'", "check the permissions"
        ) from None


def _is_same(known: KnownFile, sha256: str, assignment: Assignment, maker: Maker) -> bool:
    return (known.sha256, known.pseudonym, known.visit, known.origin, known.occasion) == (
        sha256,
        assignment.pseudonym,
        assignment.visit,
        maker.origin,
        maker.occasion,
    ) and (maker.origin == "software" or known.made_by == maker.name)


def _new_reading(content: bytes, sha256: str, assignment: Assignment, maker: Maker) -> NewReading:
    return NewReading(
        assignment.pseudonym,
        assignment.visit,
        documents.parse(content),
        sha256,
        maker.origin,
        maker.name,
        maker.occasion,
        assignment.day,
    )
