"""Numbers as people write them: decimal point or decimal comma, and nothing that could be read in two ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

__all__ = ["Decimal", "NumberFault", "could_group_thousands", "decimal_of_column", "parse_number"]

Decimal = Literal[".", ","]


class NumberFault(StrEnum):
    """Why a text is not taken as a number."""

    NOT_A_NUMBER = "is not a number"
    OTHER_DECIMAL = "has the other decimal sign than the rest of its column"
    AMBIGUOUS = "has a sign that may be decimal or group thousands: state the decimal sign in the mapping"
    THOUSANDS = "groups thousands: write the number without"
    TOO_LARGE = "is too large for a number"


_PLAIN = {
    ".": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII),
    ",": re.compile(r"[+-]?(?:\d+(?:,\d*)?|,\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII),
}
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([ .,'’\u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?", re.ASCII)
#: One separator with three digits behind it, and before it one to three that do not begin with 0.
_COULD_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_MINUS = str.maketrans({"−": "-", "–": "-"})


def could_group_thousands(text: str) -> bool:
    """Return True for a text such as 1,234, whose separator may be a decimal sign or group thousands."""
    return _COULD_GROUP.fullmatch(text) is not None


def parse_number(text: str, decimal: Decimal = ".") -> float | NumberFault:
    """Return the number that a text writes, or why it is none.

    Parameters
    ----------
    text
        A text without blanks at its ends. A minus may be a hyphen, a dash or the minus sign.
    decimal
        The decimal sign. The other one is not taken, nor are groups of thousands: reading 1,234 as 1234 or as 1.234
        would be wrong by a factor of a thousand half of the time.
    """
    text = text.translate(_MINUS)
    if _PLAIN[decimal].fullmatch(text):
        value = float(text.replace(",", "."))
        return value if abs(value) < float("inf") else NumberFault.TOO_LARGE
    other: Decimal = "," if decimal == "." else "."
    if _PLAIN[other].fullmatch(text):
        return NumberFault.OTHER_DECIMAL
    return NumberFault.THOUSANDS if _GROUPED.fullmatch(text) else NumberFault.NOT_A_NUMBER


def decimal_of_column(counts: Mapping[str, int]) -> tuple[int, int]:
    """Return how many cells can only be numbers with a decimal point, and how many only with a decimal comma.

    Parameters
    ----------
    counts
        Each text of the column, and in how many cells it stands.
    """
    points = commas = 0
    for text, count in counts.items():
        has_point, has_comma = "." in text, "," in text
        if has_point == has_comma or could_group_thousands(text):
            continue
        plain = text.translate(_MINUS)
        if has_point and _PLAIN["."].fullmatch(plain):
            points += count
        elif has_comma and _PLAIN[","].fullmatch(plain):
            commas += count
    return points, commas
