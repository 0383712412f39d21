"""Writing clinical values as a table: CSV, a workbook, or the CSV that REDCap imports.

What is written is read back by :func:`~sclerograph.registry.import_table.import_table` to the same values. A text
that a spreadsheet would run as a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from sclerograph.errors import MissingComponent, UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.dictionary.variable import Dictionary
from sclerograph.registry.table.guard import guarded

__all__ = ["REDCAP_EVENT_NAME", "Layout", "export_table", "layout_of"]

Layout = Literal["csv", "xlsx", "redcap"]

#: The repeating event of a longitudinal REDCap project that visits are imported into.
REDCAP_EVENT_NAME = "visit_arm_1"


def layout_of(path: Path) -> Layout:
    """Return the layout that the ending of a file's name asks for."""
    endings: dict[str, Layout] = {".csv": "csv", ".xlsx": "xlsx"}
    if path.suffix.lower() not in endings:
        raise UsageError("a table is written as .csv or .xlsx: give the file such a name")
    return endings[path.suffix.lower()]


def export_table(
    frame: pd.DataFrame, path: Path, layout: Layout | None = None, dictionary: Dictionary | None = None
) -> None:
    """Write clinical values to a file.

    Parameters
    ----------
    frame
        Typed values, one column a variable of the dictionary, as
        :func:`~sclerograph.registry.import_table.import_table` and
        :func:`~sclerograph.registry.clinical_frame.clinical_frame` return them.
    path
        The file; its folder must exist.
    layout
        ``csv``, ``xlsx`` or ``redcap``; by the ending of the file's name when ``None``. For REDCap, yes and no are 1
        and 0, and a table with visits has the columns of a repeating event named :data:`REDCAP_EVENT_NAME`.
    dictionary
        The variables; those of the package when ``None``.

    Raises
    ------
    UsageError
        A column is no variable, there is no pseudonym, or the file cannot be written.
    """
    layout = layout if layout is not None else layout_of(path)
    dictionary = dictionary if dictionary is not None else load_dictionary()
    unknown = [str(name) for name in frame if name not in dictionary.variables]
    if unknown or "pseudonym" not in frame:
        raise UsageError(f"a table to export has a pseudonym and variables of the dictionary, not {unknown}")
    if layout == "xlsx":
        content: bytes | str = _workbook(frame, dictionary)
    else:
        content = _text_table(frame, dictionary, redcap=layout == "redcap")
    try:
        write_atomically(path, content)
    except OSError as error:
        raise UsageError(f"the table cannot be written: {error.strerror}") from None


def _text_table(frame: pd.DataFrame, dictionary: Dictionary, *, redcap: bool) -> str:
    columns = {str(name): _texts(frame[name], dictionary, redcap=redcap) for name in frame}
    if redcap:
        columns = _with_events(frame, columns)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    # A mark of UTF-8, without which Excel takes accents for something else; REDCap wants none.
    return stream.getvalue() if redcap else "\ufeff" + stream.getvalue()


def _texts(values: pd.Series[Any], dictionary: Dictionary, *, redcap: bool) -> list[str]:
    write = _writer(dictionary.variables[str(values.name)].type, redcap=redcap)
    return ["" if missing else write(value) for value, missing in zip(values, values.isna(), strict=True)]


def _writer(kind: str, *, redcap: bool) -> Callable[[Any], str]:
    yes, no = ("1", "0") if redcap else ("yes", "no")
    writers: dict[str, Callable[[Any], str]] = {
        "yes_no": lambda value: yes if value else no,
        "integer": lambda value: str(int(value)),
        "number": lambda value: repr(float(value)),
        "date": lambda value: f"{value:%Y-%m-%d}",
    }
    return writers.get(kind, lambda value: guarded(str(value)))


def _with_events(frame: pd.DataFrame, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the columns as REDCap wants them: the record first, then the event and its number."""
    record = {"pseudonym": columns.pop("pseudonym")}
    if not {"visit_date", "visit_label"} & set(columns):
        return record | columns
    instances = frame.groupby("pseudonym").cumcount() + 1
    return (
        record
        | {
            "redcap_event_name": [REDCAP_EVENT_NAME] * len(frame),
            "redcap_repeat_instrument": [""] * len(frame),
            "redcap_repeat_instance": [str(number) for number in instances],
        }
        | columns
    )


def _workbook(frame: pd.DataFrame, dictionary: Dictionary) -> bytes:
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise MissingComponent(
            "writing workbooks needs openpyxl, which is not installed: pip install 'sclerograph[cohort]'"
        ) from None
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("clinical values")
    sheet.append([str(name) for name in frame])
    for row in zip(*(_cells(frame[name], dictionary) for name in frame), strict=True):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cells(values: pd.Series[Any], dictionary: Dictionary) -> list[str | float | int | date | None]:
    """Return the cells of a column of a workbook: numbers and dates as such, all else as text."""
    kind = dictionary.variables[str(values.name)].type
    convert: dict[str, Callable[[Any], str | float | int | date]] = {
        "integer": int,
        "number": float,
        "date": lambda value: value.date(),
    }
    write = convert.get(kind) or _writer(kind, redcap=False)
    return [None if missing else write(value) for value, missing in zip(values, values.isna(), strict=True)]
