"""Filled forms of readers: checked row by row; what is not right is named and set aside, the rest is taken.

A cell holds a number, or ``n`` for what cannot be assessed. A row whose cells are all empty was not read yet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sclerograph.errors import UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.registry.reading_form import FormItem
from sclerograph.registry.session_worklist import COMMENT_COLUMN, HAND_COLUMNS
from sclerograph.registry.sessions import NewAnswer, Presented, presentations, session_plan
from sclerograph.registry.store import Registry
from sclerograph.registry.table.guard import guarded
from sclerograph.registry.table.number import parse_number
from sclerograph.registry.table.problems import Problems
from sclerograph.registry.table.raw import CellKind, RawTable
from sclerograph.registry.table.read import read_table

__all__ = ["PROBLEMS_FILE", "SET_ASIDE_FILE", "FilledForm", "read_form", "write_set_aside"]

SET_ASIDE_FILE = "set-aside.csv"
PROBLEMS_FILE = "problems.csv"
_NOT_ASSESSABLE = "n"
_LONGEST_COMMENT = 2_000


@dataclass(frozen=True)
class FilledForm:
    """What a form holds: the answers of right rows, what is wrong with the others, and how many are not read yet."""

    answers: tuple[NewAnswer, ...]
    problems: Problems
    not_read: int
    table: RawTable

    @property
    def rows_set_aside(self) -> int:
        """The number of rows that were not taken."""
        return int(self.problems.bad_rows().sum())


class _Wrong(Exception):
    """A cell, or a row where ``column`` is ``None``, that is not right."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


def read_form(registry: Registry, session: str, reader: str, path: Path) -> FilledForm:
    """Check the form that a reader filled.

    Parameters
    ----------
    registry, session, reader
        Whose form it is.
    path
        A CSV file or a workbook with the columns of the form, in any order; other columns are not looked at.

    Raises
    ------
    UsageError
        There is no such session or reader, the file cannot be opened, or a column is missing or there twice.
    UnreadableFile
        The file is no table.
    """
    items = session_plan(registry, session).items
    mine = {each.code: each for each in presentations(registry, session, reader)}
    others = {each.code for each in presentations(registry, session)} - mine.keys()
    table = read_table(path)
    columns = _columns(table, items)
    problems = Problems(table.rows)
    answers: list[NewAnswer] = []
    not_read = 0
    seen: dict[tuple[str, str], int] = {}
    for position in range(len(table)):
        cells = {name: table.columns[index][position] for name, index in columns.items()}
        if not any(cells[name] for name in (*(item.name for item in items), COMMENT_COLUMN)):
            not_read += 1
            continue
        row = int(table.rows[position])
        wrong: list[_Wrong] = []
        if position in table.ragged:
            wrong.append(_Wrong("has more or fewer cells than the table has columns"))
        hand = _hand(cells, mine, others, wrong)
        if hand is not None and hand in seen:
            wrong.append(_Wrong(f"is of the same hand as row {seen[hand]}"))
        findings = _findings(cells, items, wrong)
        if len(cells[COMMENT_COLUMN]) > _LONGEST_COMMENT:
            wrong.append(_Wrong(f"has more than {_LONGEST_COMMENT} letters", COMMENT_COLUMN))
        wrong += _wrong_kinds(table, columns, position)
        for each in wrong:
            column = None if each.column is None else columns[each.column]
            problems.add(np.array([position], np.int64), column, each.column, each.reason)
        if hand is not None:
            seen.setdefault(hand, row)
        if hand is not None and not wrong:
            origin = f"form {table.sha256}, row {row}"
            answers.append(NewAnswer(*hand, findings, cells[COMMENT_COLUMN], origin))
    return FilledForm(tuple(answers), problems, not_read, table)


def _columns(table: RawTable, items: Sequence[FormItem]) -> dict[str, int]:
    columns = {}
    for name in (*HAND_COLUMNS, *(item.name for item in items), COMMENT_COLUMN):
        found = table.positions(name)
        if len(found) != 1:
            count = "no column" if not found else f"{len(found)} columns"
            raise UsageError(f"the form has {count} '{name}': fill the form that 'sclerograph session worklist' wrote")
        columns[name] = found[0]
    return columns


def _hand(
    cells: dict[str, str], mine: dict[str, Presented], others: set[str], wrong: list[_Wrong]
) -> tuple[str, str] | None:
    """Return code and hand of a row, ``None`` where they are not those of the reader."""
    code, hand = cells["code"].upper(), cells["hand"].upper()
    if code in others:
        wrong.append(_Wrong("is a film of another reader", "code"))
    elif code not in mine:
        wrong.append(_Wrong("is no code of the session", "code"))
    elif hand not in mine[code].hands:
        wrong.append(_Wrong(f"is not one of the hands of this film ({', '.join(mine[code].hands)})", "hand"))
    else:
        return code, hand
    return None


def _findings(cells: dict[str, str], items: Sequence[FormItem], wrong: list[_Wrong]) -> dict[str, float | None]:
    findings: dict[str, float | None] = {}
    for item in items:
        text = cells[item.name]
        if not text and not item.required:
            continue
        try:
            findings[item.name] = _number(text, item)
        except _Wrong as problem:
            wrong.append(problem)
    return findings


def _number(text: str, item: FormItem) -> float | None:
    if not text:
        raise _Wrong(f"is empty: write {_NOT_ASSESSABLE} where it cannot be assessed", item.name)
    if text.casefold() == _NOT_ASSESSABLE:
        return None
    # No measurement here has thousands that could be grouped, so a single comma is a decimal comma.
    value = parse_number(text, "," if "," in text else ".")
    if isinstance(value, str):
        raise _Wrong(f"is neither a number nor {_NOT_ASSESSABLE}", item.name)
    if item.kind != "area_mm2" and not value.is_integer():
        raise _Wrong("is no whole number", item.name)
    if not 0.0 <= value <= item.highest:
        raise _Wrong(f"is not from 0 to {item.highest}", item.name)
    return value


def _wrong_kinds(table: RawTable, columns: dict[str, int], position: int) -> list[_Wrong]:
    """Name cells of a workbook whose text is not what somebody wrote."""
    said = {CellKind.FORMULA: "is a formula: save the form with its values", CellKind.ERROR: "holds an error"}
    wrong = []
    for name, index in columns.items():
        kinds = table.kinds.get(index)
        if kinds is not None and kinds[position] in said:
            wrong.append(_Wrong(said[CellKind(kinds[position])], name))
    return wrong


def write_set_aside(form: FilledForm, folder: Path, source: Path) -> tuple[Path, Path]:
    """Write the rows that were set aside, with what is wrong with each, and the list of all problems.

    Mended, the file of rows can be imported as a form.

    Raises
    ------
    UsageError
        One of the files is the form itself.
    OSError
        The folder is missing or not writable.
    """
    rows, problems = folder / SET_ASIDE_FILE, folder / PROBLEMS_FILE
    if source.resolve() in (rows.resolve(), problems.resolve()):
        raise UsageError(f"{source.name} is the form itself and would be overwritten: give another folder")
    reasons = form.problems.of_rows()
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["set_aside_row", "set_aside_because", *form.table.headers])
    for position in np.flatnonzero(form.problems.bad_rows()).tolist():
        number = int(form.table.rows[position])
        cells = [guarded(column[position]) for column in form.table.columns]
        writer.writerow([number, reasons[number], *cells])
    write_atomically(rows, stream.getvalue())
    write_atomically(problems, form.problems.to_csv())
    return rows, problems
