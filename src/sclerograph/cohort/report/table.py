"""A table as texts: what the page, the CSV, the Word-friendly HTML and the LaTeX file are all written from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

__all__ = ["Column", "Footnotes", "Row", "Table", "worded"]


@dataclass(frozen=True)
class Column:
    """A column; numbers stand to the right."""

    label: str
    number: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a table.

    ``heading`` lines have one cell, over the lines that belong to them; ``indented`` ones belong to the line above.
    ``marks`` are the letters of the footnotes of this line, ``strong`` says that it should catch the eye.
    """

    cells: tuple[str, ...]
    heading: bool = False
    indented: bool = False
    strong: bool = False
    marks: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its title and what stands under it.

    ``key`` is its file name and anchor; ``notes`` are sentences under the table, ``footnotes`` those that a letter in
    a line refers to.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    footnotes: tuple[tuple[str, str], ...] = ()


@dataclass
class Footnotes:
    """Gives each sentence its letter, the same sentence the same one."""

    letters: dict[str, str] = field(default_factory=dict)

    def marks(self, sentences: Iterable[str]) -> str:
        """Return the letters of some sentences."""
        return "".join(
            sorted(
                self.letters.setdefault(sentence, _letter(len(self.letters))) for sentence in dict.fromkeys(sentences)
            )
        )

    def listed(self) -> tuple[tuple[str, str], ...]:
        """Return the letters with their sentences."""
        return tuple((letter, sentence) for sentence, letter in self.letters.items())


def _letter(number: int) -> str:
    if number >= len(ascii_lowercase):
        # So many different remarks under one table are read by nobody: the last letter stands for all of them.
        return ascii_lowercase[-1]
    return ascii_lowercase[number]


def worded(text: str, names: Sequence[tuple[str, str]]) -> str:
    """Return a sentence with the names of variables replaced by their labels, the longest names first."""
    for name, label in sorted(names, key=lambda pair: -len(pair[0])):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", label, text)
    return text[:1].upper() + text[1:]
