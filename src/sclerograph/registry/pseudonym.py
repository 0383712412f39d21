"""Pseudonyms only: texts that could say who a patient is are refused before they reach a registry.

No rule can tell every name from every pseudonym. These catch what comes out of hospital systems and spreadsheets by
mistake: DICOM person names, which hold ``^`` (PS3.5 6.2.1.1), written names, dates of birth, and the numbers of
hospitals, insurers and states. A message never repeats the text that it refuses.
"""

from __future__ import annotations

import re
from datetime import date

from sclerograph.errors import RefusedEntry

__all__ = ["check_pseudonym", "check_visit_name"]

_LONGEST = 64
_OLDEST_YEAR = 1880

_YEAR_FIRST = re.compile(r"(?<!\d)(?P<year>\d{4})(?P<by>[-./ ]?)(?P<month>\d{2})(?P=by)(?P<day>\d{2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(?P<one>\d{1,2})(?P<by>[-./ ])(?P<two>\d{1,2})(?P=by)(?P<year>\d{4}|\d{2})(?!\d)")
_YEAR_LAST_CLOSED = re.compile(r"(?<!\d)(?P<one>\d{2})(?P<two>\d{2})(?P<year>(?:18|19|20)\d{2})(?!\d)")

#: How numbers of states and insurers are written: United States 3-2-4, United Kingdom 3-3-4, Denmark and Sweden 6-4,
#: Switzerland 756.4.4.2, France 13 to 15 digits in groups.
_STATE_NUMBERS = re.compile(
    r"\d{3}-\d{2}-\d{4}|\d{3}[ -]\d{3}[ -]\d{4}|\d{6}[-+]\d{4}|756\.?\d{4}\.?\d{4}\.?\d{2}"
    r"|[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3}( ?\d{2})?|[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]"
)
#: What hospitals write before the numbers of their patients.
_HOSPITAL_LABEL = re.compile(r"(?i)(?<![a-z])(mrn|nhs|ssn|pat(ient)?[ _-]?id|dob|born|geb)(?![a-z])")
#: So many digits and nothing else are how hospitals number patients; studies put a letter or a centre before.
_HOSPITAL_DIGITS = 6
_LONGEST_CODE_OF_LETTERS = 4
#: What some file system or spreadsheet does not take.
_FORBIDDEN = frozenset("/\\:*?<>|\"'")


def check_pseudonym(text: str) -> str:
    """Return a pseudonym as it is, when nothing in it looks as if it named the patient.

    Raises
    ------
    RefusedEntry
        It is empty, too long, not printable, or looks like a name, a date of birth or the number of a hospital or
        state.
    """
    _check_writing(text, "a pseudonym")
    reason = _names_somebody(text)
    if reason is not None:
        raise RefusedEntry(
            f"a pseudonym that looks like {reason}",
            "a registry holds pseudonyms only",
            "give the code of the study, such as P-017",
        )
    return text


def check_visit_name(text: str) -> str:
    """Return the name of a visit as it is, when it holds neither a date nor a person's name.

    Raises
    ------
    RefusedEntry
        It is empty, too long, not printable, or holds a date or a DICOM name.
    """
    _check_writing(text, "the name of a visit")
    if "^" in text or _holds_date(text):
        raise RefusedEntry(
            f"the name of a visit with {'a DICOM name' if '^' in text else 'a date'} in it",
            "dates and names can identify a patient",
            "name visits by order or time since the first, such as 'baseline' or 'month 12'",
        )
    return text


def _check_writing(text: str, what: str) -> None:
    if not text or text != text.strip():
        raise RefusedEntry(f"{what} that is empty or has blanks at its ends", "it would not be found again", "trim it")
    if len(text) > _LONGEST:
        raise RefusedEntry(f"{what} of more than {_LONGEST} letters", "codes are short", "give a shorter one")
    if not text.isprintable():
        raise RefusedEntry(f"{what} with letters that cannot be printed", "it could not be told apart", "mend it")
    if text.startswith(("=", "+", "-", "@", ".")) or not _FORBIDDEN.isdisjoint(text):
        raise RefusedEntry(
            f"{what} that begins with one of = + - @ . or holds one of / \\ : * ? < > | \" '",
            "a spreadsheet would run it, or a folder could not have its name",
            "write it without",
        )


def _names_somebody(text: str) -> str | None:
    """Return what a text looks like that can name a patient, ``None`` for a pseudonym."""
    if "^" in text:
        return "the name of a patient in DICOM"
    if _STATE_NUMBERS.fullmatch(text) or _HOSPITAL_LABEL.search(text):
        return "the number of a hospital, an insurer or a state"
    if _holds_date(text):
        return "a date of birth"
    if text.isdigit() and len(text) >= _HOSPITAL_DIGITS:
        return "the number of a hospital"
    letters = re.sub(r"[\W_]", "", text)
    if "," in text or (letters.isalpha() and len(letters) > _LONGEST_CODE_OF_LETTERS):
        return "a name"
    return None


def _holds_date(text: str) -> bool:
    """Return True when some digits of a text are a day that somebody now alive can have been born on, or later."""
    for match in _YEAR_FIRST.finditer(text):
        if _is_date(match["year"], match["month"], match["day"]):
            return True
    for pattern in (_YEAR_LAST, _YEAR_LAST_CLOSED):
        for match in pattern.finditer(text):
            for day, month in ((match["one"], match["two"]), (match["two"], match["one"])):
                if _is_date(match["year"], month, day):
                    return True
    return False


def _is_date(year: str, month: str, day: str) -> bool:
    number = int(year)
    if len(year) == 4 and not _OLDEST_YEAR <= number <= date.today().year + 1:
        return False
    try:
        # Of a year of two digits the century does not matter, but 29 February wants a leap year.
        date(number if len(year) == 4 else 2000 + number, int(month), int(day))
    except ValueError:
        return False
    return True
