"""Days as people write them, in a stated order: 03/04/2015 alone says neither March nor April."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from sclerograph.errors import UsageError

__all__ = ["ISO", "DateFault", "date_parser"]

#: The one format that needs no statement.
ISO = "YYYY-MM-DD"


class DateFault(StrEnum):
    """Why a text is not taken as a day."""

    NO_DATE = "is not a date of the stated format"
    NO_DAY = "is no day of the calendar"
    YEAR_ALONE = "is a year or a month, not a full day"


_TOKENS = re.compile(r"YYYY|MMM|MM|DD")
_PARTS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS["MMM"] = rf"(?P<word>(?i:{'|'.join(_MONTHS)}))"
_ORDERS = ({"YYYY", "MM", "DD"}, {"YYYY", "MMM", "DD"})
#: What spreadsheets and databases write behind a day; the time is not needed.
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})" + _TIME, re.ASCII)
_YEAR_OR_MONTH = re.compile(r"(?:\d{1,2}[-/.])?\d{4}|\d{4}[-/.]\d{1,2}", re.ASCII)


def date_parser(layout: str = ISO) -> Callable[[str], date | DateFault]:
    """Return a function that reads the days of a format.

    Parameters
    ----------
    layout
        ``YYYY``, ``MM`` (or ``MMM``: jan, feb ...) and ``DD`` in their order, with the signs between them:
        ``DD/MM/YYYY``. Years have four digits: of two, nobody knows the century. YYYY-MM-DD is read beside every other
        format, as it can mean nothing else.

    Raises
    ------
    UsageError
        The layout does not have these three parts.
    """
    tokens = _TOKENS.findall(layout)
    if set(tokens) not in _ORDERS or len(tokens) != 3 or re.search(r"\w", _TOKENS.sub("", layout)):
        raise UsageError("a date format has YYYY, MM (or MMM) and DD in their order, such as DD/MM/YYYY")
    between = _TOKENS.split(layout)
    written = "".join(re.escape(sign) + _PARTS[token] for sign, token in zip(between, [*tokens], strict=False))
    pattern = re.compile(written + re.escape(between[-1]) + _TIME, re.ASCII)

    def parse(text: str) -> date | DateFault:
        match = pattern.fullmatch(text) or _ISO_DAY.fullmatch(text)
        if match is None:
            return DateFault.YEAR_ALONE if _YEAR_OR_MONTH.fullmatch(text) else DateFault.NO_DATE
        parts = match.groupdict()
        month = int(parts["month"]) if "month" in parts else _MONTHS.index(parts["word"].lower()) + 1
        try:
            return date(int(parts["year"]), month, int(parts["day"]))
        except ValueError:
            return DateFault.NO_DAY

    return parse
