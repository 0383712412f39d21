"""Readings in a registry: adding them, correcting them, and computing those that hold now.

Readings of one visit compete when they have the same origin (the software in any version; one reader on one occasion)
and a film in common. Then the later one holds, and it must be of all films of the earlier: a reading of fewer would
silently take a hand away. Readings of a visit without a common film stand beside each other, such as those of the left
and the right hand.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import Connection, Select, insert, select

from sclerograph.errors import RefusedEntry
from sclerograph.findings.records import Reading
from sclerograph.registry import document as documents
from sclerograph.registry.document import Document
from sclerograph.registry.patch import Change, apply_changes
from sclerograph.registry.people import insert_if_new, lock_patients, set_day, visit_ids
from sclerograph.registry.tables import Correction, Film, Patient, ReadingFilm, StoredReading, Visit, Withdrawal

__all__ = [
    "Added",
    "CurrentReading",
    "KnownFile",
    "NewReading",
    "Origin",
    "RecordedCorrection",
    "add_reading",
    "current_between",
    "known_files",
]

Origin = Literal["software", "reader"]

_LONGEST_NAME = 120
#: What a spreadsheet would run.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class NewReading:
    """A reading to add.

    Parameters
    ----------
    pseudonym, visit
        Whose it is.
    document
        The document of its ``reading.json``; names of files in it are replaced before it is kept.
    file_sha256
        SHA-256 of the file that it came from, which is how the same file is recognised later.
    origin, made_by
        ``software``, with its version taken from the document where ``made_by`` is empty, or ``reader`` with a name.
    occasion
        Tells apart several readings of the same films by the same reader.
    day
        Day of the visit, from a day that the site chose for the patient, where it is known.
    """

    pseudonym: str
    visit: str
    document: Document
    file_sha256: str
    origin: Origin = "software"
    made_by: str = ""
    occasion: str = ""
    day: int | None = None


@dataclass(frozen=True)
class Added:
    """A reading by its number in the registry; ``new`` is False where it was there already."""

    number: int
    new: bool


class KnownFile(NamedTuple):
    """Where the reading of a file is in the registry."""

    sha256: str
    pseudonym: str
    visit: str
    origin: str
    made_by: str
    occasion: str


@dataclass(frozen=True)
class RecordedCorrection:
    """A correction as it was recorded: what the reader changed, and what followed from it."""

    sequence: int
    author: str
    comment: str
    changes: tuple[Change, ...]
    consequences: tuple[Change, ...]
    sha256: str
    recorded_at: datetime


@dataclass(frozen=True)
class CurrentReading:
    """A reading that holds, with its corrections made.

    ``original_sha256`` is the digest of the reading as it was made, ``sha256`` that of the corrected one;
    ``outlines`` tells whether the document has them.
    """

    number: int
    pseudonym: str
    visit: str
    day: int | None
    origin: Origin
    made_by: str
    occasion: str
    original_sha256: str
    added_at: datetime
    corrections: tuple[RecordedCorrection, ...]
    document: Document
    outlines: bool

    @property
    def sha256(self) -> str:
        """The digest of the corrected document with its outlines."""
        return self.corrections[-1].sha256 if self.corrections else self.original_sha256

    def reading(self) -> Reading:
        """Return the records of the document."""
        return documents.check(self.document)


def add_reading(connection: Connection, new: NewReading, now: datetime) -> Added:
    """Add a reading in the transaction of a connection.

    Raises
    ------
    RefusedEntry
        One of its films belongs to another patient or visit, or it has only some of the films of an earlier reading.
    """
    patient = lock_patients(connection, [new.pseudonym], now)[new.pseudonym]
    visit = visit_ids(connection, [(patient, new.visit)], now)[patient, new.visit]
    set_day(connection, visit, new.day)
    document = documents.pseudonymised(new.document, new.pseudonym, new.visit)
    made_by = new.made_by or f"sclerograph {document['software']['version']}"
    _check_maker(made_by, new.occasion)
    sha256 = documents.digest(document)
    query = select(StoredReading.id).where(
        StoredReading.visit_id == visit,
        StoredReading.origin == new.origin,
        StoredReading.made_by == made_by,
        StoredReading.occasion == new.occasion,
        StoredReading.sha256 == sha256,
    )
    there = connection.execute(query).scalar()
    if there is not None:
        _require_not_withdrawn(connection, there)
        return Added(there, False)
    films = _lock_films(connection, {source["sha256"] for source in document["sources"]})
    _require_own_films(connection, films.values(), visit)
    _require_all_films(connection, set(films.values()), visit, new.origin, made_by, new.occasion)
    row = {
        "visit_id": visit,
        "origin": new.origin,
        "made_by": made_by,
        "occasion": new.occasion,
        "sha256": sha256,
        "file_sha256": new.file_sha256,
        "document": documents.pack(document),
        "findings": documents.pack(documents.without_outlines(document)),
        "added_at": now,
    }
    number = connection.execute(insert(StoredReading).returning(StoredReading.id), row).scalar_one()
    connection.execute(insert(ReadingFilm), [{"reading_id": number, "film_id": film} for film in films.values()])
    return Added(number, True)


def _require_not_withdrawn(connection: Connection, number: int) -> None:
    if connection.execute(select(Withdrawal.id).where(Withdrawal.reading_id == number)).scalar() is not None:
        raise RefusedEntry("a reading that was withdrawn here", "a withdrawal is for good", "read the films again")


def _check_maker(made_by: str, occasion: str) -> None:
    for text, what in ((made_by, "the name of a reader"), (occasion, "the name of an occasion")):
        padded = text != text.strip()
        if len(text) > _LONGEST_NAME or not text.isprintable() or padded or text.startswith(_FORMULA):
            raise RefusedEntry(
                f"{what} that is too long, padded, not printable or a formula", "it is kept for good", "mend it"
            )


def _lock_films(connection: Connection, sums: set[str]) -> dict[str, int]:
    """Return the numbers of films, and hold them until the transaction ends; new ones are added."""
    ordered = sorted(sums)
    insert_if_new(connection, Film, [{"sha256": each} for each in ordered])
    query = select(Film.sha256, Film.id).where(Film.sha256.in_(ordered)).order_by(Film.sha256).with_for_update()
    return dict(connection.execute(query).all())


def _require_own_films(connection: Connection, films: Iterable[int], visit: int) -> None:
    query = (
        select(StoredReading.id)
        .join(ReadingFilm, ReadingFilm.reading_id == StoredReading.id)
        .where(ReadingFilm.film_id.in_(list(films)), StoredReading.visit_id != visit, _not_withdrawn())
        .limit(1)
    )
    if connection.execute(query).scalar() is not None:
        raise RefusedEntry(
            "a film that the registry holds for another patient or visit",
            "a film belongs to one visit of one patient",
            "check which one is right, and withdraw the reading at the wrong place",
        )


def _require_all_films(
    connection: Connection, films: set[int], visit: int, origin: str, made_by: str, occasion: str
) -> None:
    query = (
        select(StoredReading.id, ReadingFilm.film_id)
        .join(ReadingFilm, ReadingFilm.reading_id == StoredReading.id)
        .where(StoredReading.visit_id == visit, StoredReading.origin == origin, _not_withdrawn())
    )
    if origin == "reader":
        query = query.where(StoredReading.made_by == made_by, StoredReading.occasion == occasion)
    earlier: defaultdict[int, set[int]] = defaultdict(set)
    for number, film in connection.execute(query):
        earlier[number].add(film)
    if any(films & others and not films >= others for others in earlier.values()):
        raise RefusedEntry(
            "a reading of only some films of a reading that the registry holds for this visit",
            "taking its place it would take findings away",
            "read all films of the visit together, or withdraw the earlier reading",
        )


def _not_withdrawn() -> Any:
    return ~select(Withdrawal.id).where(Withdrawal.reading_id == StoredReading.id).exists()


def known_files(connection: Connection, sums: Sequence[str]) -> set[KnownFile]:
    """Return what is known of files with these SHA-256, withdrawn readings left out."""
    query = (
        select(
            StoredReading.file_sha256,
            Patient.pseudonym,
            Visit.name,
            StoredReading.origin,
            StoredReading.made_by,
            StoredReading.occasion,
        )
        .join(Visit, Visit.id == StoredReading.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .where(StoredReading.file_sha256.in_(sums), _not_withdrawn())
    )
    return {KnownFile._make(row) for row in connection.execute(query)}


def current_between(
    connection: Connection,
    after: int,
    last: int,
    *,
    visit: str | None = None,
    origin: Origin | None = None,
    made_by: str | None = None,
    occasion: str | None = None,
    outlines: bool = True,
) -> Iterator[CurrentReading]:
    """Yield the readings that hold for the patients with numbers above ``after`` up to ``last``.

    They come in the order of patients and of what was added. ``outlines=False`` leaves the outlines empty, which makes
    a reading some ten times smaller. The other parameters choose among readings.
    """
    query = (
        select(
            StoredReading.id,
            StoredReading.visit_id,
            StoredReading.origin,
            StoredReading.made_by,
            StoredReading.occasion,
        )
        .join(Visit, Visit.id == StoredReading.visit_id)
        .where(Visit.patient_id > after, Visit.patient_id <= last, _not_withdrawn())
        .order_by(StoredReading.id)
    )
    if visit is not None:
        query = query.where(Visit.name == visit)
    if origin is not None:
        query = query.where(StoredReading.origin == origin)
    holding = _holding(connection, query, after, last)
    chosen = [
        number
        for number, maker, when in holding
        if (made_by is None or maker == made_by) and (occasion is None or when == occasion)
    ]
    yield from _documents(connection, chosen, outlines)


def _holding(
    connection: Connection, query: Select[*tuple[Any, ...]], after: int, last: int
) -> list[tuple[int, str, str]]:
    """Return (number, made by, occasion) of the readings that no later one took the place of."""
    films: defaultdict[int, set[int]] = defaultdict(set)
    of_films = (
        select(ReadingFilm.reading_id, ReadingFilm.film_id)
        .join(StoredReading, StoredReading.id == ReadingFilm.reading_id)
        .join(Visit, Visit.id == StoredReading.visit_id)
        .where(Visit.patient_id > after, Visit.patient_id <= last)
    )
    for number, film in connection.execute(of_films):
        films[number].add(film)
    taken: defaultdict[tuple[int, str, str, str], set[int]] = defaultdict(set)
    holding = []
    for number, visit_id, origin, made_by, occasion in reversed(connection.execute(query).all()):
        rivals = (visit_id, origin, made_by, occasion) if origin == "reader" else (visit_id, origin, "", "")
        if taken[rivals].isdisjoint(films[number]):
            holding.append((number, made_by, occasion))
        taken[rivals] |= films[number]
    return holding[::-1]


def _documents(connection: Connection, numbers: Sequence[int], outlines: bool) -> Iterator[CurrentReading]:
    corrections: defaultdict[int, list[RecordedCorrection]] = defaultdict(list)
    in_order = select(Correction).where(Correction.reading_id.in_(numbers)).order_by(Correction.sequence)
    for row in connection.execute(in_order):
        corrections[row.reading_id].append(
            RecordedCorrection(
                row.sequence,
                row.author,
                row.comment,
                tuple(json.loads(row.changes)),
                tuple(json.loads(row.consequences)),
                row.sha256,
                row.recorded_at,
            )
        )
    query = (
        select(
            StoredReading.id,
            Patient.pseudonym,
            Visit.name,
            Visit.day,
            StoredReading.origin,
            StoredReading.made_by,
            StoredReading.occasion,
            StoredReading.sha256,
            StoredReading.added_at,
            StoredReading.document if outlines else StoredReading.findings,
        )
        .join(Visit, Visit.id == StoredReading.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .where(StoredReading.id.in_(numbers))
        .order_by(Patient.id, StoredReading.id)
    )
    for number, pseudonym, visit, day, origin, made_by, occasion, sha256, added_at, stored in connection.execute(query):
        made = tuple(corrections[number])
        document = _corrected(documents.unpack(stored), made, outlines)
        if outlines:
            _require_untouched(document, made[-1].sha256 if made else sha256)
        yield CurrentReading(
            number,
            pseudonym,
            visit,
            day,
            "reader" if origin == "reader" else "software",
            made_by,
            occasion,
            sha256,
            added_at,
            made,
            document,
            outlines,
        )


def _corrected(document: Document, corrections: Sequence[RecordedCorrection], outlines: bool) -> Document:
    if not corrections:
        return document
    skip = None if outlines else documents.passes_outline
    for correction in corrections:
        # The tests held when the correction was recorded; without outlines they could fail for no reason.
        changes = [c for c in (*correction.changes, *correction.consequences) if c["op"] != "test"]
        document = apply_changes(document, changes, skip=skip)
    return document if outlines else cast(Document, documents.without_outlines(document))


def _require_untouched(document: Document, sha256: str) -> None:
    if documents.digest(document) != sha256:
        raise RefusedEntry(
            "a reading that differs from what was recorded",
            "somebody changed the database past its triggers, or it is damaged",
            "restore the registry from a backup",
        )
