"""Reading a table from a file: text with any delimiter and encoding, or a workbook."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sclerograph.errors import UnreadableFile, UsageError
from sclerograph.registry.table.delimiter import find_delimiter
from sclerograph.registry.table.encoding import decode
from sclerograph.registry.table.raw import RawTable
from sclerograph.registry.table.workbook import read_workbook

__all__ = ["read_table"]

_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_LONGEST_CELL = 100_000


def read_table(
    path: Path, *, sheet: str | None = None, encoding: str | None = None, delimiter: str | None = None
) -> RawTable:
    """Return the cells of a table.

    Parameters
    ----------
    path
        A text file (CSV and its relatives) or a workbook (``.xlsx``).
    sheet
        Name of the sheet of a workbook that has several; a text file has none, and takes no notice.
    encoding, delimiter
        Of a text file; found out when ``None``.

    Raises
    ------
    UnreadableFile
        The file is empty, has no rows below its header, or is of another kind.
    UsageError
        The file cannot be opened, or the sheet or encoding is not there.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"the table cannot be read: {error.strerror}") from None
    sha256 = hashlib.sha256(content).hexdigest()
    if content.startswith(_OLD_WORKBOOK):
        raise UnreadableFile(
            "a workbook of the old kind (.xls), or an encrypted one",
            "its cells cannot be read safely",
            "save it as .xlsx without a password, or as CSV",
        )
    if content.startswith(_ZIP) or path.suffix.lower() in _WORKBOOKS:
        table = read_workbook(content, sha256, sheet)
    else:
        table = _text_table(content, sha256, encoding, delimiter)
    if not len(table):
        raise UnreadableFile("a table without rows", "there is nothing to import", "check the file")
    return table


def _text_table(content: bytes, sha256: str, encoding: str | None, delimiter: str | None) -> RawTable:
    notes = []
    if encoding is None:
        decoded = decode(content)
        text, encoding = decoded.text, decoded.encoding
        if not decoded.certain:
            notes.append(f"the encoding was guessed to be {encoding}: check words with accents")
    else:
        try:
            text = content.decode(encoding)
        except LookupError:
            raise UsageError("the encoding that the mapping names is not known") from None
        except UnicodeDecodeError:
            raise UsageError(f"the table is not written in {encoding}, which the mapping names") from None
    if not text.strip("\ufeff \t\r\n\0"):
        raise UnreadableFile("an empty file", "there is nothing to import", "check the file")
    if delimiter is None:
        delimiter = find_delimiter(text)
    rows, numbers = _split(text, delimiter)
    headers = tuple(title.strip() for title in rows[0])
    return _table(headers, rows[1:], numbers[1:], sha256, encoding, delimiter, notes)


def _split(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Return the rows that are not blank, and their numbers as a spreadsheet counts them."""
    before = csv.field_size_limit(_LONGEST_CELL)
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            if any(cell and not cell.isspace() for cell in row):
                rows.append(row)
                numbers.append(number)
    except csv.Error:
        raise UnreadableFile(
            f"a row that cannot be split into cells, after row {numbers[-1] if numbers else 0}",
            "a quote that is opened and never closed swallows what follows",
            "mend that row",
        ) from None
    finally:
        csv.field_size_limit(before)
    return rows, numbers


def _table(
    headers: tuple[str, ...],
    rows: list[list[str]],
    numbers: list[int],
    sha256: str,
    encoding: str,
    delimiter: str,
    notes: Sequence[str],
) -> RawTable:
    width = len(headers)
    ragged = []
    for position, row in enumerate(rows):
        if len(row) == width:
            continue
        # A spreadsheet that saves a table writes empty cells at the end of some lines: they mean nothing.
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) != width:
            ragged.append(position)
            row.extend([""] * (width - len(row)))
    columns = tuple(
        [cell.strip() for cell in column[: len(rows)]] for column in zip(*(r[:width] for r in rows), strict=True)
    )
    return RawTable(
        headers,
        columns if rows else tuple([] for _ in headers),
        np.asarray(numbers, np.int64),
        sha256,
        ragged=frozenset(ragged),
        encoding=encoding,
        delimiter=delimiter,
        notes=tuple(notes),
    )
