"""What is wrong with a table, cell by cell: named by row and column, and never by what the cell holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sclerograph.registry.table.raw import column_letters

__all__ = ["Problem", "Problems"]


@dataclass(frozen=True)
class Problem:
    """One cell, or one row, that cannot be taken.

    Attributes
    ----------
    row
        Number of the row in the file; the header's is 1.
    column
        Letters of the column as a spreadsheet has them, ``None`` when the row as a whole is meant.
    variable
        The variable that the column stands for, ``None`` likewise.
    reason
        What is wrong; it holds nothing of the cell's content.
    """

    row: int
    column: str | None
    variable: str | None
    reason: str

    def __str__(self) -> str:
        where = f"row {self.row}" if self.column is None else f"row {self.row}, column {self.column} ({self.variable})"
        return f"{where}: {self.reason}"


@dataclass(frozen=True)
class _Group:
    """The rows (positions, ascending) that have the same problem in the same column."""

    positions: NDArray[np.int64]
    column: int | None
    variable: str | None
    reason: str


@dataclass
class Problems:
    """The problems of a table, kept by kind: a hundred thousand bad cells of one column are one entry.

    Parameters
    ----------
    rows
        Number in the file of each row of the table.
    """

    rows: NDArray[np.int64]
    _groups: list[_Group] = field(default_factory=list)

    def add(self, positions: NDArray[np.int64], column: int | None, variable: str | None, reason: str) -> None:
        """Add a problem of some rows, given by their positions in the table (from 0)."""
        if len(positions):
            self._groups.append(_Group(np.unique(positions), column, variable, reason))

    def __len__(self) -> int:
        return sum(len(group.positions) for group in self._groups)

    def __iter__(self) -> Iterator[Problem]:
        """Yield the problems in the order of rows, then of columns."""
        if not self._groups:
            return
        positions = np.concatenate([group.positions for group in self._groups])
        numbers = np.concatenate([np.full(len(g.positions), i, np.int32) for i, g in enumerate(self._groups)])
        order = [-1 if group.column is None else group.column for group in self._groups]
        columns = np.asarray(order)[numbers]
        for index in np.lexsort((numbers, columns, positions)):
            group = self._groups[numbers[index]]
            letters = None if group.column is None else column_letters(group.column)
            yield Problem(int(self.rows[positions[index]]), letters, group.variable, group.reason)

    def positions_of(self, column: int | None) -> Iterator[NDArray[np.int64]]:
        """Yield the positions of the rows that have a problem in this column."""
        yield from (group.positions for group in self._groups if group.column == column)

    def bad_rows(self) -> NDArray[np.bool_]:
        """Return for each row of the table whether it has a problem."""
        bad = np.zeros(len(self.rows), bool)
        for group in self._groups:
            bad[group.positions] = True
        return bad

    def of_rows(self) -> dict[int, str]:
        """Return for each bad row, by its number, all its problems in one text."""
        texts: dict[int, list[str]] = {}
        for problem in self:
            where = "" if problem.column is None else f"column {problem.column} ({problem.variable}) "
            texts.setdefault(problem.row, []).append(where + problem.reason)
        return {row: "; ".join(reasons) for row, reasons in texts.items()}

    def summary(self) -> list[str]:
        """Return one line a kind of problem, with how many rows have it and the first of them."""
        lines = []
        for group in sorted(self._groups, key=lambda group: -len(group.positions)):
            where = "whole row" if group.column is None else f"column {column_letters(group.column)} ({group.variable})"
            count = len(group.positions)
            first = self.rows[group.positions[0]]
            lines.append(f"{where}: {group.reason}: {count} {'row' if count == 1 else 'rows'}, first row {first}")
        return lines

    def to_csv(self) -> str:
        """Return all problems as the text of a CSV file."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["row", "column", "variable", "problem"])
        writer.writerows([p.row, p.column or "", p.variable or "", p.reason] for p in self)
        return stream.getvalue()
