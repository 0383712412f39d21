"""Columns that say who a patient is: a table that has one is refused before anything of it is read."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

from sclerograph.registry.table.raw import RawTable, column_letters, header_key

__all__ = ["identifying_columns", "identifying_header"]

#: Titles, in languages of European and American centres, as whole words (underscores, points and digits part words).
_TITLES: tuple[tuple[str, str], ...] = (
    (
        "a name",
        r"((sur|last|first|given|family|middle|maiden|full|patients?)\s?name|name\s(of\s)?(the\s)?patient|names?|"
        r"initials|nom|prénoms?|prenoms?|patronyme|nom\s(de\s)?(naissance|famille|jeune\sfille|usuel)|(nach|vor|familien|"
        r"geburts|patienten)?name|nachname|vorname|cognome|nome|apellidos?|nombres?|sobrenome|achternaam|voornaam|"
        r"naam|imię|nazwisko)",
    ),
    (
        "a date of birth",
        r"(dob|d\so\sb|birth\s?(date|day)|date\s(of\s)?birth|geburts(datum|tag)|geb\s?datum|date\s(de\s)?naissance|"
        r"né\s?e?\sle|ddn|data\s(di\s)?nascita|data\s(de\s)?nascimento|fecha\s(de\s)?nacimiento|geboortedatum|fødselsdato|"
        r"födelsedatum|data\surodzenia)",
    ),
    (
        "the number of a hospital, an insurer or a state",
        r"(mrn|medical\srecord(\s(number|no|nr))?|hospital\s(number|no|nr|id)|nhs(\s(number|no))?|ssn|social\ssecurity"
        r"(\s(number|no))?|insurance\s(number|no|id)|chi\snumber|n\ss[ée]cu(rit[ée]\ssociale)?|num[ée]ro\s(de\s)?"
        r"(s[ée]curit[ée]\ssociale|dossier)|ahv(\snr|\snummer)?|versicherten(nummer|nr)|fallnummer|patienten(nummer|nr)|"
        r"codice\sfiscale|dni|nhc|bsn|personnummer|personnr|fødselsnummer|pesel|passport(\s(number|no))?)",
    ),
    (
        "how to reach a person",
        r"((home\s|street\s|postal\s|e\s?mail\s)?address|adresse|anschrift|indirizzo|direcci[oó]n|domicile|street|"
        r"e\s?mails?|courriel|(tele)?phones?(\snumber)?|telefon(nummer|o)?|t[ée]l[ée]phone|"
        r"post\s?code|zip(\scode)?|code\spostal|plz|postleitzahl|c[oó]digo\spostal)",
    ),
)
_TITLES_COMPILED = tuple((what, re.compile(pattern)) for what, pattern in _TITLES)
#: Cells that hold an address of mail, or a name as DICOM writes it, say so themselves.
_MAIL_OR_DICOM = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}|[^\W\d_]{2,}\^[^\W\d_]{2,}.*")
_LOOKED_AT = 200


def identifying_header(title: str) -> str | None:
    """Return what a column with this title would say of a person, ``None`` when nothing."""
    words = re.sub(r"[\W\d_]+", " ", re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", title))
    key = header_key(words)
    return next((what for what, pattern in _TITLES_COMPILED if pattern.fullmatch(key)), None)


def identifying_columns(table: RawTable, left_out: Collection[str]) -> list[str]:
    """Return for each column that could name a patient which column it is and what it looks like.

    Parameters
    ----------
    table
        The table; its titles, and the first cells of each column, are looked at.
    left_out
        Titles of columns that the mapping says are not to be read.
    """
    ignored = {header_key(title) for title in left_out}
    found = []
    for index, title in enumerate(table.headers):
        if header_key(title) in ignored:
            continue
        what = identifying_header(title)
        if what is None and _cells_identify(table, index):
            what = "addresses or names"
        if what is not None:
            found.append(f"column {column_letters(index)} looks like {what}")
    return found


def _cells_identify(table: RawTable, index: int) -> bool:
    cells = [cell for cell in table.columns[index][:_LOOKED_AT] if cell]
    return bool(cells) and float(np.mean([_MAIL_OR_DICOM.fullmatch(cell.lower()) is not None for cell in cells])) > 0.5
