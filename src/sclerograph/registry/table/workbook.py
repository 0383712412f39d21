"""Reading a sheet of a workbook, where cells know whether they are numbers, dates or formulas."""

from __future__ import annotations

import io
import math
import zipfile
from datetime import date, datetime
from typing import Any

import numpy as np

from sclerograph.errors import MissingComponent, UnreadableFile, UsageError
from sclerograph.registry.table.raw import CellKind, RawTable

__all__ = ["read_workbook"]

#: A workbook that unpacks to more than this is no clinical table.
_LARGEST_UNPACKED = 2 * 1024**3


def read_workbook(content: bytes, sha256: str, sheet: str | None) -> RawTable:
    """Return the cells of one sheet of a workbook.

    Parameters
    ----------
    content
        The file.
    sha256
        Of the file.
    sheet
        Name of the sheet; needed when more than one sheet holds anything.

    Raises
    ------
    UnreadableFile
        It is no workbook, damaged, or unpacks to an absurd size.
    UsageError
        The sheet is not there, or several could be meant.
    """
    _check_size(content)
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise MissingComponent(
            "reading workbooks needs openpyxl, which is not installed: pip install 'sclerograph[cohort]'"
        ) from None
    try:
        # Formulas stay formulas: what a formula last yielded is stored or not, at the pleasure of who saved the file.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except Exception as error:  # openpyxl fails on damaged files in many ways
        raise UnreadableFile(
            f"a workbook that cannot be opened ({type(error).__name__})", "its cells cannot be read", "save it again"
        ) from None
    try:
        return _sheet_table(_chosen(book, sheet), sha256)
    finally:
        book.close()


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise UnreadableFile("a file that is no workbook", "its cells cannot be read", "save it as .xlsx") from None
    if unpacked > _LARGEST_UNPACKED:
        raise UnreadableFile("a workbook of absurd size", "it would fill the memory", "save the table alone, as CSV")


def _chosen(book: Any, sheet: str | None) -> Any:
    if sheet is not None:
        if sheet not in book.sheetnames:
            raise UsageError("the workbook has no sheet of the name that the mapping gives")
        return book[sheet]
    filled = [one for one in book.worksheets if next(_filled_rows(one), None) is not None]
    if not filled:
        raise UnreadableFile("an empty workbook", "there is nothing to import", "check the file")
    if len(filled) > 1:
        raise UsageError(f"{len(filled)} sheets of the workbook hold something: name one in the mapping (sheet = ...)")
    return filled[0]


def _filled_rows(sheet: Any) -> Any:
    """Yield the number and the cells of the rows that hold anything."""
    # Some programs write a size into the sheet that is not its size; this makes openpyxl count for itself.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if any(cell.value is not None and str(cell.value).strip() for cell in row):
            yield number, row


def _sheet_table(sheet: Any, sha256: str) -> RawTable:
    rows = _filled_rows(sheet)
    first = next(rows, None)
    if first is None:
        raise UnreadableFile("an empty sheet", "there is nothing to import", "check the file")
    headers = [_text(cell.value)[0] for cell in first[1]]
    while headers and not headers[-1]:
        headers.pop()
    width = len(headers)
    texts: list[list[str]] = [[] for _ in headers]
    kinds: list[bytearray] = [bytearray() for _ in headers]
    numbers: list[int] = []
    ragged: list[int] = []
    for number, row in rows:
        if any(cell.value is not None and str(cell.value).strip() for cell in row[width:]):
            ragged.append(len(numbers))
        for index in range(width):
            cell = row[index] if index < len(row) else None
            text, kind = ("", CellKind.TEXT) if cell is None else _text(cell.value, getattr(cell, "data_type", "n"))
            texts[index].append(text)
            kinds[index].append(kind)
        numbers.append(number)
    return RawTable(
        tuple(headers),
        tuple(texts),
        np.asarray(numbers, np.int64),
        sha256,
        kinds={index: np.frombuffer(bytes(kind), np.uint8) for index, kind in enumerate(kinds) if any(kind)},
        ragged=frozenset(ragged),
    )


def _text(value: Any, data_type: str = "n") -> tuple[str, CellKind]:
    """Return a cell as text, and what it is."""
    if value is None:
        return "", CellKind.TEXT
    if data_type == "f":
        return str(value), CellKind.FORMULA
    if data_type == "e":
        return str(value), CellKind.ERROR
    if isinstance(value, bool):
        return str(value).lower(), CellKind.TRUTH
    if isinstance(value, datetime):
        return value.date().isoformat(), CellKind.DATE
    if isinstance(value, date):
        return value.isoformat(), CellKind.DATE
    if isinstance(value, int):
        return str(value), CellKind.NUMBER
    if isinstance(value, float):
        whole = math.isfinite(value) and value.is_integer() and abs(value) < 1e15
        return (str(int(value)) if whole else repr(value)), CellKind.NUMBER
    return str(value).strip(), CellKind.TEXT
