"""Importing a clinical table: every row is checked, what cannot be taken is named and set aside, nothing is lost.

A table is read whole or refused whole (:class:`~sclerograph.errors.InputRejected`) when it names patients, is empty or
lacks a mapped column. Otherwise each of its rows is either imported or set aside with all its problems: a row with one
impossible cell is not imported with a gap, because nobody would see the gap.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sclerograph.errors import MissingComponent, RefusedEntry, UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.dictionary.variable import Dictionary
from sclerograph.registry.mapping import DEFAULT_MISSING, TableMapping, mapping_by_name
from sclerograph.registry.table.encoding import guessed_letters
from sclerograph.registry.table.guard import guarded
from sclerograph.registry.table.identity import identifying_columns
from sclerograph.registry.table.number import Decimal, could_group_thousands, decimal_of_column
from sclerograph.registry.table.problems import Problems
from sclerograph.registry.table.raw import CellKind, RawTable, column_letters
from sclerograph.registry.table.read import read_table
from sclerograph.registry.table.redcap import with_visit_names

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "PROBLEMS_FILE",
    "SET_ASIDE_FILE",
    "ClinicalRow",
    "ImportedTable",
    "Value",
    "import_table",
    "write_set_aside",
]

SET_ASIDE_FILE = "set-aside.csv"
PROBLEMS_FILE = "problems.csv"
#: Columns that a file of set-aside rows has besides those of the table; they are not read when it is imported again.
_ROW_COLUMN = "set_aside_row"
_REASON_COLUMN = "set_aside_because"

Value = bool | int | float | str | date


@dataclass(frozen=True)
class ClinicalRow:
    """One imported row.

    Attributes
    ----------
    row
        Its number in the file; the header's is 1.
    pseudonym
        Of the patient.
    visit_date, visit_label
        Of the visit, where the table has them.
    values
        The recorded values by the name of the variable; what was not recorded is not there.
    """

    row: int
    pseudonym: str
    visit_date: date | None
    visit_label: str | None
    values: Mapping[str, Value]


@dataclass(frozen=True)
class ImportedTable:
    """What came of a table.

    Attributes
    ----------
    frame
        The rows that are right, one column a variable, typed (see
        :class:`~sclerograph.registry.table.column.ColumnValues`); the index is the number of the row in the file.
    problems
        All that is wrong, by row and column.
    one_row_per
        ``patient`` or ``visit``.
    rows_read
        Rows of the table, without its header and blank lines.
    not_read
        Letters of the columns that no variable was mapped to.
    notes
        What a person should know of how the table was read.
    sha256
        Of the file.
    """

    frame: pd.DataFrame
    problems: Problems
    one_row_per: str
    rows_read: int
    not_read: tuple[str, ...]
    notes: tuple[str, ...]
    sha256: str
    _set_aside: tuple[tuple[str, ...], ...] = field(repr=False)
    _titles: tuple[str, ...] = field(repr=False)
    _delimiter: str = field(repr=False)
    _encoding: str = field(repr=False)

    @property
    def rows_set_aside(self) -> int:
        """Number of rows that were not imported."""
        return self.rows_read - len(self.frame)

    def without(self, pseudonyms: Collection[str]) -> ImportedTable:
        """Return the table without the rows of these patients; they are counted as set aside, and written nowhere."""
        return replace(self, frame=self.frame[~self.frame["pseudonym"].isin(list(pseudonyms))])

    def rows(self) -> Iterator[ClinicalRow]:
        """Yield the imported rows one by one."""
        names = [str(name) for name in self.frame if name not in ("pseudonym", "visit_date", "visit_label")]
        columns = {name: _plain(self.frame[name]) for name in map(str, self.frame)}
        empty: list[Any] = [None] * len(self.frame)
        dates, labels = columns.get("visit_date", empty), columns.get("visit_label", empty)
        for i, row in enumerate(self.frame.index):
            values = {name: columns[name][i] for name in names if columns[name][i] is not None}
            yield ClinicalRow(int(row), columns["pseudonym"][i], dates[i], labels[i], values)

    def set_aside_csv(self) -> str:
        """Return the rows that were set aside as the text of a CSV file: their cells as they were, and why.

        Columns that were not read are not in it. Mended, it can be imported with the same mapping.
        """
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=self._delimiter, lineterminator="\n")
        writer.writerow([_ROW_COLUMN, _REASON_COLUMN, *self._titles])
        reasons = self.problems.of_rows()
        for row, cells in zip(sorted(reasons), self._set_aside, strict=True):
            writer.writerow([row, reasons[row], *(guarded(guessed_letters(cell)) for cell in cells)])
        return stream.getvalue()


def import_table(
    path: Path,
    mapping: TableMapping | None = None,
    dictionary: Dictionary | None = None,
    *,
    today: date | None = None,
) -> ImportedTable:
    """Read a clinical table, check it row by row, and return typed rows and named problems.

    Parameters
    ----------
    path
        CSV (any delimiter and encoding), a workbook (``.xlsx``), or a CSV export of REDCap.
    mapping
        Which column is which variable; without one, columns that bear the name of a variable are read.
    dictionary
        The variables; those of the package when ``None``.
    today
        After this day lies the future; the present day when ``None``.

    Raises
    ------
    UnreadableFile
        The file is empty, damaged, or no table.
    RefusedEntry
        A column looks as if it named patients and is not left out.
    UsageError
        The mapping does not fit the table.
    """
    try:
        from sclerograph.registry.table.column import ColumnRule, distinct, read_column
        from sclerograph.registry.table.consistency import check_consistency, check_twins
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "sclerograph":
            raise
        raise MissingComponent(
            f"importing needs {error.name}, which is not installed: pip install 'sclerograph[cohort]'"
        ) from None
    import pandas as pd

    dictionary = dictionary if dictionary is not None else load_dictionary()
    options = mapping.table if mapping is not None else TableMapping().table
    table = with_visit_names(
        read_table(path, sheet=options.sheet, encoding=options.encoding, delimiter=options.delimiter)
    )
    named = identifying_columns(table, options.leave_out)
    if named:
        raise RefusedEntry(
            "; ".join(named), "a registry holds pseudonyms only", "delete these columns, or list them under leave_out"
        )
    # A mapping that names no column says how the table is written, and leaves the columns to their names.
    if mapping is None or options.by_name or not mapping.column:
        mapping = mapping_by_name(table.headers, dictionary, mapping)
        options = mapping.table
    positions = _positions(table, mapping)
    problems = Problems(table.rows)
    problems.add(np.asarray(sorted(table.ragged), np.int64), None, None, "has not as many cells as the header")
    decimals = _decimals(table, positions, mapping, dictionary)
    values: dict[str, pd.Series[Any]] = {}
    contents: dict[str, Any] = {}
    columns: dict[str, int | None] = {}
    for title, column in mapping.column.items():
        index = positions[title]
        variable = dictionary.variables[column.variable]
        rule = ColumnRule(
            variable,
            frozenset(text.strip().casefold() for text in (*options.missing, *column.missing)) | DEFAULT_MISSING,
            decimals.get(index, "."),
            {text.strip().casefold(): code for text, code in column.codes.items()},
            1.0 if column.factor is None else column.factor,
            column.date_format or options.date_format,
        )
        numbers, texts = distinct(np.asarray(table.columns[index], object), table.kinds.get(index))
        result = read_column(numbers, texts, rule)
        for reason, faulty in result.faults.items():
            problems.add(faulty, index, variable.name, reason)
        values[variable.name], contents[variable.name], columns[variable.name] = result.values, numbers, index
    for name, constant in mapping.constant.items():
        text = ("yes" if constant else "no") if isinstance(constant, bool) else str(constant)
        rule = ColumnRule(dictionary.variables[name], DEFAULT_MISSING)
        result = read_column(np.zeros(len(table), np.int64), [(text, int(CellKind.TEXT))], rule)
        if result.faults:
            raise UsageError(f"the mapping's constant {name} {next(iter(result.faults))}")
        values[name], columns[name] = result.values, None
    order = [name for name in dictionary.variables if name in values]
    frame = pd.DataFrame({name: values[name] for name in order})
    nobody = frame["pseudonym"].isna().to_numpy() & ~_has_problem(problems, columns["pseudonym"], len(table))
    problems.add(np.flatnonzero(nobody), columns["pseudonym"], "pseudonym", "is missing")
    if options.one_row_per == "visit":
        _check_visits_named(frame, columns, problems)
    check_consistency(frame, columns, dictionary, date.today() if today is None else today, problems)
    check_twins(frame, pd.DataFrame(contents), columns, dictionary, options.one_row_per, problems)
    bad = problems.bad_rows()
    frame.index = pd.Index(table.rows, name="row")
    mapped = sorted(set(positions.values()))
    return ImportedTable(
        frame=frame[~bad],
        problems=problems,
        one_row_per=options.one_row_per,
        rows_read=len(table),
        not_read=_not_read(table, mapped),
        notes=table.notes,
        sha256=table.sha256,
        _set_aside=_original_cells(table, mapped, np.flatnonzero(bad), decimals),
        _titles=tuple(table.headers[index] for index in mapped),
        _delimiter=table.delimiter or ",",
        _encoding=options.encoding or "utf-8-sig",
    )


def write_set_aside(result: ImportedTable, folder: Path, source: Path) -> tuple[Path, Path]:
    """Write the rows that were set aside, and the list of problems; both have their header alone where all is well.

    Parameters
    ----------
    result
        What came of the table.
    folder
        Where the files go; it must exist.
    source
        The table, which must not be overwritten when it is itself a file of set-aside rows.

    Returns
    -------
    tuple of Path
        The file of rows and the file of problems.
    """
    rows, problems = folder / SET_ASIDE_FILE, folder / PROBLEMS_FILE
    if source.resolve() in (rows.resolve(), problems.resolve()):
        raise UsageError(f"{source.name} is the table itself and would be overwritten: give another folder")
    write_atomically(rows, result.set_aside_csv().encode(result._encoding, "replace"))
    write_atomically(problems, result.problems.to_csv())
    return rows, problems


def _positions(table: RawTable, mapping: TableMapping) -> dict[str, int]:
    """Return the position of each mapped column."""
    positions = {}
    for title in mapping.column:
        found = table.positions(title)
        if len(found) != 1:
            count = "no column" if not found else f"{len(found)} columns"
            raise UsageError(f"the table has {count} of the title '{title}' that the mapping names")
        positions[title] = found[0]
    if len(set(positions.values())) < len(positions):
        raise UsageError("two titles of the mapping mean the same column of the table")
    return positions


def _decimals(
    table: RawTable, positions: Mapping[str, int], mapping: TableMapping, dictionary: Dictionary
) -> dict[int, Decimal | None]:
    """Return the decimal sign of each column of numbers, ``None`` where nobody can tell.

    Within a column that has both, the commoner is the sign, and the cells with the other are named. A column whose only
    separators could group thousands (1,234) has the sign of the other columns, if they agree.
    """
    decimals: dict[int, Decimal | None] = {}
    counts: dict[int, tuple[int, int]] = {}
    for title, column in mapping.column.items():
        if dictionary.variables[column.variable].type not in ("integer", "number"):
            continue
        index = positions[title]
        stated = column.decimal or mapping.table.decimal
        if stated == "auto":
            counts[index] = decimal_of_column(_texts(table, index))
        else:
            decimals[index] = stated
    points, commas = sum(p for p, _ in counts.values()), sum(c for _, c in counts.values())
    elsewhere: Decimal | None = "." if points and not commas else "," if commas and not points else None
    for index, (own_points, own_commas) in counts.items():
        if own_points or own_commas:
            decimals[index] = None if own_points == own_commas else "." if own_points > own_commas else ","
            continue
        unsure = [text for text in _texts(table, index) if could_group_thousands(text)]
        if any("," in text for text in unsure):
            decimals[index] = "," if elsewhere == "," else None
        else:
            # A point alone is a decimal point, unless all the rest of the table has commas.
            decimals[index] = None if unsure and elsewhere == "," else "."
    return decimals


def _texts(table: RawTable, index: int) -> Counter[str]:
    """Return the texts of a column, and in how many cells each stands."""
    kinds = table.kinds.get(index)
    if kinds is None:
        return Counter(table.columns[index])
    return Counter(text for text, kind in zip(table.columns[index], kinds, strict=True) if kind == CellKind.TEXT)


def _has_problem(problems: Problems, column: int | None, rows: int) -> Any:
    bad = np.zeros(rows, bool)
    for positions in problems.positions_of(column):
        bad[positions] = True
    return bad


def _check_visits_named(frame: pd.DataFrame, columns: Mapping[str, int | None], problems: Problems) -> None:
    names = [name for name in ("visit_date", "visit_label") if name in frame]
    if not names:
        raise UsageError("a table with one row a visit needs a column mapped to visit_date or visit_label")
    unnamed = frame[names].isna().all(axis=1).to_numpy()
    column = columns[names[0]]
    unnamed &= ~_has_problem(problems, column, len(frame))
    problems.add(np.flatnonzero(unnamed), column, names[0], "is missing: nobody knows which visit this is")


def _not_read(table: RawTable, mapped: list[int]) -> tuple[str, ...]:
    """Return the letters of the columns that hold something and were not read."""
    own = {_ROW_COLUMN, _REASON_COLUMN}
    return tuple(
        column_letters(index)
        for index, title in enumerate(table.headers)
        if index not in mapped and title not in own and (title or any(table.columns[index]))
    )


def _original_cells(
    table: RawTable, mapped: list[int], bad: Any, decimals: Mapping[int, Decimal | None]
) -> tuple[tuple[str, ...], ...]:
    columns = []
    for index in mapped:
        cells = [table.columns[index][position] for position in bad]
        kinds = table.kinds.get(index)
        if kinds is not None and decimals.get(index) == ",":
            # The workbook held numbers; as text they are written as the mapping says that texts are.
            cells = [
                cell.replace(".", ",") if kinds[position] == CellKind.NUMBER else cell
                for cell, position in zip(cells, bad, strict=True)
            ]
        columns.append(cells)
    return tuple(zip(*columns, strict=True))


def _plain(values: pd.Series[Any]) -> list[Any]:
    """Return a column as plain Python values, ``None`` where nothing was recorded."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(values):
        return [None if pd.isna(day) else day.date() for day in values]
    return [None if missing else value for value, missing in zip(values.tolist(), values.isna(), strict=True)]
