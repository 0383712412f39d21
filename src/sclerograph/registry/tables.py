"""The tables of a registry.

    patient ─┬─ visit ─── reading ─┬─ reading_film ── film
             │                     ├─ correction
             └─ clinical_value     └─ withdrawal

    reading_session ─── presentation (of a film to a reader) ─── answer

    forgotten (that a patient was erased)

Patients are pseudonyms. What somebody found or said (readings, corrections, withdrawals, clinical values, answers of
readers) is only ever added: triggers of the database refuse to change or delete it
(:mod:`sclerograph.registry.append_only`). What holds now is computed from it. A change of this file needs a new step in
``migrations/versions``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = [
    "APPEND_ONLY",
    "Answer",
    "Base",
    "ClinicalValue",
    "Correction",
    "Film",
    "Forgotten",
    "Patient",
    "Presentation",
    "ReadingFilm",
    "ReadingSession",
    "StoredReading",
    "UtcTime",
    "Visit",
    "Withdrawal",
]


class UtcTime(TypeDecorator[datetime]):
    """A moment with its time zone; SQLite, which knows no zones, keeps it in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring a moment to UTC on its way into the database."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that what comes back is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraints have names, so that later migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# Numbers are never given twice (AUTOINCREMENT): what was recorded later has the greater one, and the later one holds.
_GROWING: dict[str, Any] = {"sqlite_autoincrement": True}


class Patient(Base):
    """A patient, known by a pseudonym alone."""

    __tablename__ = "patient"
    __table_args__ = (UniqueConstraint("pseudonym"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcTime)


class Visit(Base):
    """One visit of a patient. ``day`` counts from a day that the site chose for this patient; no date is kept."""

    __tablename__ = "visit"
    __table_args__ = (UniqueConstraint("patient_id", "name"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    name: Mapped[str] = mapped_column(String(64))
    day: Mapped[int | None] = mapped_column(Integer)
    added_at: Mapped[datetime] = mapped_column(UtcTime)


class Film(Base):
    """A film by the SHA-256 of its file; pixels and file names are not kept."""

    __tablename__ = "film"
    __table_args__ = (UniqueConstraint("sha256"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))


class StoredReading(Base):
    """A reading as it was made.

    ``origin`` is ``software`` or ``reader``, ``made_by`` the software with its version or the reader; ``occasion``
    tells apart readings of the same films by the same reader. ``sha256`` is that of the document, ``file_sha256`` that
    of the file that it came from. ``document`` is the whole document, ``findings`` the same without outlines; both
    are compressed JSON (see :mod:`sclerograph.registry.document`).
    """

    __tablename__ = "reading"
    __table_args__ = (
        UniqueConstraint("visit_id", "origin", "made_by", "occasion", "sha256"),
        CheckConstraint("origin IN ('software', 'reader')", name="origin"),
        Index(None, "visit_id", "file_sha256"),
        _GROWING,
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    origin: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[str] = mapped_column(String(120))
    occasion: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[bytes] = mapped_column(LargeBinary)
    findings: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UtcTime)


class ReadingFilm(Base):
    """Which films a reading was made of."""

    __tablename__ = "reading_film"
    __table_args__ = (Index(None, "film_id"),)

    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), primary_key=True)
    film_id: Mapped[int] = mapped_column(ForeignKey("film.id"), primary_key=True)


class Correction(Base):
    """What a reader changed in a reading, as differences.

    ``changes`` is what the reader did, ``consequences`` what followed from it (totals, summaries); both are JSON lists
    of the changes of :mod:`sclerograph.registry.patch`. ``sha256`` is that of the corrected document.
    """

    __tablename__ = "correction"
    __table_args__ = (UniqueConstraint("reading_id", "sequence"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(String(120))
    comment: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text)
    consequences: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)


class Withdrawal(Base):
    """A reading that counts no longer, such as one that was added to the wrong patient, and why."""

    __tablename__ = "withdrawal"
    __table_args__ = (UniqueConstraint("reading_id"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"))
    author: Mapped[str] = mapped_column(String(120))
    comment: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)


class ClinicalValue(Base):
    """One value of a clinical variable of a patient, or of one visit; the latest of a variable holds.

    ``value`` is JSON: a number, a text, true, false, or null, which takes an earlier value back. ``origin`` says where
    the value came from, such as a table and its row.
    """

    __tablename__ = "clinical_value"
    __table_args__ = (Index(None, "patient_id", "variable"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    variable: Mapped[str] = mapped_column(String(120))
    value: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)


class ReadingSession(Base):
    """A session in which readers read films without knowing whose they are (:mod:`sclerograph.registry.sessions`).

    ``plan`` is JSON: what the form asks for, the order, the seed and how many films come twice. ``key`` makes the codes
    of the films.
    """

    __tablename__ = "reading_session"
    __table_args__ = (UniqueConstraint("name"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    plan: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Presentation(Base):
    """A film in the list of a reader. ``repeat`` is 0 the first time that the reader gets it, 1 the second time.

    ``place`` counts from 1 in the reader's list. ``case_code`` and ``case_place`` tell which films are of one patient,
    and their order, where the reader is to know it; else they are empty. ``hands`` is a JSON list of their names.
    """

    __tablename__ = "presentation"
    __table_args__ = (
        UniqueConstraint("session_id", "code"),
        UniqueConstraint("session_id", "reader", "place"),
        UniqueConstraint("session_id", "reader", "film_id", "repeat"),
        _GROWING,
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("reading_session.id"))
    reader: Mapped[str] = mapped_column(String(120))
    place: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(32))
    film_id: Mapped[int] = mapped_column(ForeignKey("film.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    repeat: Mapped[int] = mapped_column(Integer)
    case_code: Mapped[str] = mapped_column(String(32))
    case_place: Mapped[int] = mapped_column(Integer)
    hands: Mapped[str] = mapped_column(Text)


class Answer(Base):
    """What a reader wrote of one hand of a presented film; the latest of a hand holds.

    ``findings`` is a JSON object of numbers, null where something could not be assessed; ``origin`` is the digest of
    the form that it came in, with the row.
    """

    __tablename__ = "answer"
    __table_args__ = (Index(None, "presentation_id", "hand"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    presentation_id: Mapped[int] = mapped_column(ForeignKey("presentation.id"))
    hand: Mapped[str] = mapped_column(String(8))
    findings: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)


class Forgotten(Base):
    """A patient who was erased on request (:mod:`sclerograph.registry.forget`).

    ``digest`` is the keyed hash of the pseudonym, with ``salt`` as key: it tells whether a pseudonym is that of the
    patient, and does not name it. ``removed`` is a JSON object of how much was erased.
    """

    __tablename__ = "forgotten"
    __table_args__ = (UniqueConstraint("digest"), _GROWING)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    removed: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)


#: Tables to which rows are only added, with the columns that make a row of each unique.
APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "reading": ("visit_id", "origin", "made_by", "occasion", "sha256"),
    "reading_film": ("reading_id", "film_id"),
    "correction": ("reading_id", "sequence"),
    "withdrawal": ("reading_id",),
    "clinical_value": ("id",),
    "reading_session": ("name",),
    "presentation": ("session_id", "code"),
    "answer": ("id",),
    "forgotten": ("digest",),
}
