"""What each reader and the software said of each site, as one table: a row a value.

A reader of a session saw nothing of what the software found. A reader who corrected a reading of the software saw all
of it, and agreement with what one has seen is no independent agreement; so the two have different names here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sclerograph.registry.document import check, unpack
from sclerograph.registry.reading_form import FormItem, hands_on_films, values_of_hand
from sclerograph.registry.readings import CurrentReading
from sclerograph.registry.sessions import answers
from sclerograph.registry.store import Registry
from sclerograph.registry.tables import StoredReading

if TYPE_CHECKING:
    import pandas as pd

    from sclerograph.findings.records import Reading

__all__ = ["COLUMNS", "CORRECTED", "SOFTWARE", "corrected_ratings", "ratings_frame", "session_ratings"]

#: Patient, visit and its day, film and hand, what was rated, by whom, at which turn (1 for a repeat), and the value.
COLUMNS = ("patient", "visit", "day", "film", "hand", "item", "rater", "repeat", "value")
#: The name of the software among the raters; its readings are those before any correction.
SOFTWARE = "software"
#: What stands behind the name of a reader whose values are those of a corrected reading.
CORRECTED = " (correcting)"

_Row = tuple[str, str, int | None, str, str, str, str, int, float | None]


def ratings_frame(rows: Iterable[_Row]) -> pd.DataFrame:
    """Return a table of ratings with the columns :data:`COLUMNS`; what could not be assessed is NaN."""
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(COLUMNS))
    return frame.astype({"day": "Int64", "repeat": "int64", "value": "float64"})


def session_ratings(registry: Registry, session: str, items: Sequence[FormItem]) -> pd.DataFrame:
    """Return the answers of a session, and what the software found on the same films.

    Raises
    ------
    UsageError
        There is no session of this name.
    """
    rows: list[_Row] = []
    films = set()
    for answer in answers(registry, session):
        films.add(answer.film_sha256)
        whose = (answer.pseudonym, answer.visit, answer.day, answer.film_sha256, answer.hand)
        rows += [
            (*whose, item.name, answer.reader, answer.repeat, answer.findings[item.name])
            for item in items
            if item.name in answer.findings
        ]
    for current in registry.current_readings():
        if not films.isdisjoint(source["sha256"] for source in current.document["sources"]):
            reading = _as_made(registry, current)
            rows += [row for row in _rows(current, reading, items, SOFTWARE) if row[3] in films]
    return ratings_frame(rows)


def corrected_ratings(registry: Registry, items: Sequence[FormItem]) -> pd.DataFrame:
    """Return, of all readings of the software that readers corrected, what it said before and after."""
    rows: list[_Row] = []
    for current in registry.current_readings():
        if current.corrections:
            names = " and ".join(dict.fromkeys(made.author for made in current.corrections))
            rows += _rows(current, _as_made(registry, current), items, SOFTWARE)
            rows += _rows(current, current.reading(), items, names + CORRECTED)
    return ratings_frame(rows)


def _as_made(registry: Registry, current: CurrentReading) -> Reading:
    """Return a reading without its corrections."""
    if not current.corrections:
        return current.reading()

    def work(connection: Any) -> bytes:
        from sqlalchemy import select

        query = select(StoredReading.findings).where(StoredReading.id == current.number)
        stored: bytes = connection.execute(query).scalar_one()
        return stored

    return check(unpack(registry.look(work)))


def _rows(current: CurrentReading, reading: Reading, items: Sequence[FormItem], rater: str) -> list[_Row]:
    return [
        (current.pseudonym, current.visit, current.day, film, hand.label, item, rater, 0, value)
        for film, hands in hands_on_films(reading).items()
        for hand in hands
        for item, value in values_of_hand(hand.hand, items).items()
    ]
