"""The texts of an analysis table as they stand in their source, with a fingerprint of that source."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sclerograph.cohort.plan import Data, LongTable
from sclerograph.cohort.reading_rows import ReadingVisit, reading_rows
from sclerograph.cohort.reading_variables import READING_COLUMNS, cell_text, reading_values
from sclerograph.errors import InputRejected, UsageError

if TYPE_CHECKING:
    from sclerograph.findings.records import Reading

__all__ = ["SourceRecord", "SourceTable", "read_long_table", "read_source"]

_BLOCK = 1 << 20
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class SourceRecord:
    """Where data came from: its name, the SHA-256 of its bytes, its rows."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class SourceTable:
    """One row a patient, all columns that were asked for as texts (missing ones empty), in the order of the source.

    ``first_row`` is the number of the first row as a spreadsheet counts it, for messages. ``visits`` names, of a
    registry, the visit of each patient that is analysed.
    """

    name: str
    patients: pd.Index
    texts: pd.DataFrame
    first_row: int
    records: tuple[SourceRecord, ...]
    visits: Mapping[str, str] = field(default_factory=dict)

    def row(self, position: int) -> str:
        """Return how a row is named to people."""
        return f"row {self.first_row + position}"


def read_source(data: Data, columns: Sequence[str], folder: Path) -> SourceTable:
    """Read the columns of a plan's patients from its table or registry, and from their readings where asked for.

    Parameters
    ----------
    data
        Where the patients are.
    columns
        Columns to read; those of :data:`~sclerograph.cohort.reading_variables.READING_COLUMNS` come from readings.
    folder
        The folder of the plan, from which relative paths start.

    Raises
    ------
    UsageError
        A file or column is missing, a patient stands there twice or without a name, or a reading cannot be found.
    """
    of_readings = [name for name in columns if name in READING_COLUMNS and (data.readings or data.registry)]
    plain = [name for name in columns if name not in of_readings]
    if data.registry is not None:
        from sclerograph.cohort.registry_source import read_registry

        return read_registry(data, plain, of_readings, folder)
    return _from_table(data, plain, of_readings, folder)


def _from_table(data: Data, plain: list[str], of_readings: list[str], folder: Path) -> SourceTable:
    path = folder / _needed(data.table)
    wanted = list(dict.fromkeys([data.patient, *plain, *([data.reading] if of_readings else [])]))
    texts = _read_csv(path, wanted, data.separator, data.encoding)
    name = path.name
    patients = pd.Index(texts[data.patient].str.strip())
    _check_patients(patients, name)
    texts = texts.reset_index(drop=True).apply(lambda column: column.str.strip())
    texts = texts.mask(texts.isin(data.missing), "")
    records = [SourceRecord(name, _file_sha256(path), len(texts))]
    table = SourceTable(name, patients, texts, 2, ())
    if of_readings:
        values, record = _readings_of(table, of_readings, data, folder)
        texts = pd.concat([texts, values], axis=1)
        records.append(record)
    return SourceTable(name, patients, texts[list(dict.fromkeys([*plain, *of_readings]))], 2, tuple(records))


def _needed(path: Path | None) -> Path:
    """Return a path that the plan's own check guarantees."""
    if path is None:
        raise UsageError("data.table: a plan without a registry needs a table; name its file")
    return path


def _read_csv(path: Path, wanted: list[str] | None, separator: str, encoding: str) -> pd.DataFrame:
    """Read columns of a CSV file as texts, nothing taken for missing."""
    try:
        with path.open(encoding=encoding, newline="") as stream:
            names = _regular_header(csv.reader(stream, delimiter=separator, strict=True), path.name)
        for name in wanted or []:
            if names.count(name) != 1:
                found = "there is no column" if name not in names else "there are two columns"
                raise UsageError(
                    f"{path.name}: {found} {name!r} in its first row; correct the table, or the variable's column in "
                    "the plan"
                )
        return pd.read_csv(
            path,
            sep=separator,
            encoding=encoding,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            header=0,
            names=names,
            usecols=wanted,
            index_col=False,
        )
    except OSError as error:
        raise UsageError(f"the table {path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, LookupError):
        raise UsageError(
            f"{path.name} is not text of encoding {encoding}; set data.encoding to the right one"
        ) from None
    except (pd.errors.ParserError, csv.Error):
        raise UsageError(
            f"{path.name} is no regular table: a quotation mark opens or closes within a value; check it and "
            f"data.separator, which is {separator!r}"
        ) from None


def _regular_header(rows: Iterator[list[str]], name: str) -> list[str]:
    """Return the names of the columns, after a look at every row: one with a cell too many shifts all that follow."""
    header = next(rows, None)
    if not header:
        raise UsageError(f"{name} is empty: there are no patients to analyse; check the path")
    empty = None
    for number, row in enumerate(rows, 2):
        if not row:
            empty = empty or number
        elif empty is not None:
            raise UsageError(f"{name}: row {empty} is empty, and rows follow it; take it out")
        elif len(row) != len(header):
            raise UsageError(
                f"{name}: row {number} has {len(row)} cells and the first row {len(header)}: values would stand under "
                "wrong names; look for a missing separator, or for one within a value"
            )
    return [text.strip() for text in header]


def _check_patients(patients: pd.Index, name: str) -> None:
    """Refuse a table in which a patient has no name or stands twice."""
    empty = (patients == "").nonzero()[0]
    if empty.size:
        raise UsageError(f"{name}: row {empty[0] + 2} has no patient; give each row its pseudonym")
    if patients.has_duplicates:
        second = int(patients.duplicated().nonzero()[0][0])
        first = int((patients == patients[second]).nonzero()[0][0])
        raise UsageError(
            f"{name}: rows {first + 2} and {second + 2} are of the same patient, and an analysis counts each patient "
            "once; keep one of them, or put repeated visits into a long table"
        )


def _readings_of(
    table: SourceTable, columns: Sequence[str], data: Data, folder: Path
) -> tuple[pd.DataFrame, SourceRecord]:
    """Return the columns of the patients' readings as texts, and one fingerprint of all of them."""
    digest, found, rows = hashlib.sha256(), 0, []
    for position, name in enumerate(table.texts[data.reading]):
        if not name:
            rows.append(dict.fromkeys(columns, ""))
            continue
        reading, content = _reading_in_folder(table, position, data, folder)
        digest.update(content)
        rows.append({key: cell_text(value) for key, value in reading_values(reading, columns).items()})
        found += 1
    record = SourceRecord(f"{_needed(data.readings).name}/*/reading.json", digest.hexdigest(), found)
    return pd.DataFrame(rows, columns=list(columns)), record


def _reading_in_folder(table: SourceTable, position: int, data: Data, folder: Path) -> tuple[Reading, bytes]:
    from sclerograph.findings.json_file import read_reading

    root = folder / _needed(data.readings)
    path = root / table.texts[data.reading].iloc[position] / "reading.json"
    try:
        return read_reading(path), path.read_bytes()
    except (OSError, InputRejected, UsageError):
        raise UsageError(
            f"{table.name}: {table.row(position)} names a reading that is not in {root} or cannot be read there; "
            f"correct column {data.reading!r}, or leave the cell empty"
        ) from None


def read_long_table(
    table: LongTable, data: Data, folder: Path, source: SourceTable
) -> tuple[pd.DataFrame, SourceRecord]:
    """Read a table with several rows a patient: its columns are numbers where every value is one, else texts.

    Parameters
    ----------
    table, data, folder
        What is wanted, where the patients come from, and the folder of the plan.
    source
        The patients, as :func:`read_source` returned them.

    Returns
    -------
    DataFrame, SourceRecord
        The table, its patients in a column ``patient`` of texts.

    Raises
    ------
    UsageError
        The file cannot be read, or has no column of patients.
    """
    if table.readings is not None:
        return _table_of_readings(table, data, folder, source)
    path = folder / _needed(table.path)
    texts = _read_csv(path, None, data.separator, data.encoding).apply(lambda column: column.str.strip())
    if table.patient not in texts:
        raise UsageError(f"{path.name}: there is no column {table.patient!r} of patients; name it in data.long")
    texts = texts.mask(texts.isin(data.missing))
    absent = [name for name in table.categories if name not in texts]
    if absent:
        raise UsageError(f"{path.name}: there is no column {absent[0]!r}; correct the categories of data.long")
    result = pd.DataFrame({"patient": texts.pop(table.patient)})
    for name in texts:
        if name in table.categories:
            result[str(name)] = texts[name].astype("category")
            continue
        column = texts[name]
        if data.decimal == ",":
            column = column.str.replace(",", ".", regex=False)
        numbers = pd.to_numeric(column, errors="coerce")
        result[str(name)] = numbers.astype(float) if numbers.notna().equals(column.notna()) else texts[name]
    return result, SourceRecord(path.name, _file_sha256(path), len(result))


def _table_of_readings(
    table: LongTable, data: Data, folder: Path, source: SourceTable
) -> tuple[pd.DataFrame, SourceRecord]:
    """Return the rows that the patients' readings make."""
    kind = table.readings
    assert kind is not None
    if data.registry is not None:
        from sclerograph.cohort.registry_source import registry_visits

        visits = registry_visits(data, folder, source, every=kind == "visits")
    else:
        visits = _folder_visits(data, folder, source)
    rows = pd.DataFrame([row for visit in visits for row in reading_rows(visit, kind)])
    if rows.empty:
        raise UsageError(f"the long table {table.name}: no patient has a reading; check data.readings or the registry")
    content = rows.to_csv(index=False, lineterminator="\n").encode("utf-8")
    for name in ("digit", *table.categories):
        if name in rows:
            rows[name] = rows[name].astype("category")
    if kind == "visits":
        rows["years"] = (rows["day"] - rows.groupby("patient")["day"].transform("min")) / _DAYS_PER_YEAR
    # A column that nobody has a value of holds no texts.
    for name in map(str, rows):
        if rows[name].isna().all():
            rows[name] = rows[name].astype(float)
    return rows, SourceRecord(f"readings by {kind}", hashlib.sha256(content).hexdigest(), len(rows))


def _folder_visits(data: Data, folder: Path, source: SourceTable) -> Iterator[ReadingVisit]:
    names = _read_csv(folder / _needed(data.table), [data.patient, data.reading], data.separator, data.encoding)
    texts = names.apply(lambda column: column.str.strip())
    texts = texts.mask(texts.isin(data.missing), "")
    listed = SourceTable(source.name, source.patients, texts, source.first_row, ())
    for position, patient in enumerate(source.patients):
        if texts[data.reading].iloc[position]:
            yield ReadingVisit(str(patient), _reading_in_folder(listed, position, data, folder)[0])


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
