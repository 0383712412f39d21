"""Which sign separates the cells of a text table, when nobody says."""

from __future__ import annotations

import csv
import io
from collections import Counter

__all__ = ["DELIMITERS", "find_delimiter"]

#: The separators in use, the likeliest first.
DELIMITERS = (",", ";", "\t", "|")
_LINES = 100


def find_delimiter(text: str) -> str:
    """Return the separator with which the first lines have most nearly the same number of cells, and more than one.

    A comma may also be a decimal comma: with the right separator the head has as many cells as the lines below it,
    which is worth more than having many cells. A table of one column has no separator; a comma is returned.
    """
    sample = "\n".join(text.splitlines()[:_LINES])
    best, best_merit = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            lines = [line for line in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if line]
        except csv.Error:
            continue
        if not lines or len(lines[0]) < 2:
            continue
        counts = Counter(map(len, lines))
        merit = (counts[len(lines[0])] / len(lines), len(lines[0]))
        if merit > best_merit:
            best, best_merit = delimiter, merit
    return best
