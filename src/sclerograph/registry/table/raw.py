"""A table as it was found: its cells as text, before anybody says what they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["CellKind", "RawTable", "column_letters", "header_key"]


class CellKind(IntEnum):
    """What a cell of a workbook is; a cell of a text file is always ``TEXT``."""

    TEXT = 0
    #: A number that the workbook holds as a number; its text has a decimal point whatever the language.
    NUMBER = 1
    #: A day that the workbook holds as a date; its text is YYYY-MM-DD.
    DATE = 2
    #: True or false; its text is ``true`` or ``false``.
    TRUTH = 3
    #: A formula: what it yields depends on other cells, and may never have been computed.
    FORMULA = 4
    #: An error value such as #DIV/0!.
    ERROR = 5


@dataclass(frozen=True)
class RawTable:
    """The cells of a table.

    Attributes
    ----------
    headers
        Titles of the columns, without blanks at their ends.
    columns
        For each column the texts of its cells, one a row, without blanks at their ends.
    rows
        Number of each row in the file, counted as a spreadsheet does: the header's row is 1.
    kinds
        What the cells of a column of a workbook are; a column that is missing here is text throughout.
    ragged
        Rows (positions, not numbers) with more or fewer cells than the header has titles.
    encoding, delimiter
        How a text file was read; ``None`` for a workbook.
    sha256
        Of the file.
    notes
        What a person should know of how the file was read.
    """

    headers: tuple[str, ...]
    columns: tuple[Sequence[str], ...]
    rows: NDArray[np.int64]
    sha256: str
    kinds: Mapping[int, NDArray[np.uint8]] = field(default_factory=dict)
    ragged: frozenset[int] = frozenset()
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def positions(self, header: str) -> tuple[int, ...]:
        """Return the columns with this title; blanks and capitals do not tell titles apart."""
        key = header_key(header)
        return tuple(index for index, title in enumerate(self.headers) if header_key(title) == key)


def header_key(title: str) -> str:
    """Return a title as it is compared: composed letters, single blanks, no difference of capitals."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", title)).strip().casefold()


def column_letters(index: int) -> str:
    """Return the letters by which a spreadsheet calls a column, counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
