"""Erasing one patient from a registry, as a person may ask for; that it was done stays, and of whom only a digest.

Nothing else in a registry is ever deleted. The triggers that refuse it are set aside for this patient within one
transaction, in which nobody else can write; only the owner of the database may do so.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, text

from sclerograph.errors import RefusedEntry
from sclerograph.registry.append_only import append_only_statements
from sclerograph.registry.tables import (
    APPEND_ONLY,
    Answer,
    ClinicalValue,
    Correction,
    Film,
    Forgotten,
    Patient,
    Presentation,
    ReadingFilm,
    StoredReading,
    Visit,
    Withdrawal,
)

__all__ = ["Erased", "count_patient", "forget_patient", "forgotten_among", "refuse_forgotten"]

_LONGEST_NAME = 120
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Erased:
    """How much of a patient a registry holds, or held; ``films`` are those of nobody else."""

    visits: int
    films: int
    readings: int
    corrections: int
    withdrawals: int
    clinical_values: int
    shown_to_readers: int
    answers: int


def _rows(patient: int) -> list[tuple[str, type[Any], ColumnElement[bool]]]:
    """Return each table with what of it is a patient's; no row refers to one of a table before it."""
    visits = select(Visit.id).where(Visit.patient_id == patient)
    readings = select(StoredReading.id).where(StoredReading.visit_id.in_(visits))
    shown = select(Presentation.id).where(Presentation.visit_id.in_(visits))
    return [
        ("answers", Answer, Answer.presentation_id.in_(shown)),
        ("shown_to_readers", Presentation, Presentation.visit_id.in_(visits)),
        ("withdrawals", Withdrawal, Withdrawal.reading_id.in_(readings)),
        ("corrections", Correction, Correction.reading_id.in_(readings)),
        ("", ReadingFilm, ReadingFilm.reading_id.in_(readings)),
        ("readings", StoredReading, StoredReading.visit_id.in_(visits)),
        ("clinical_values", ClinicalValue, ClinicalValue.patient_id == patient),
        ("visits", Visit, Visit.patient_id == patient),
        ("", Patient, Patient.id == patient),
    ]


def count_patient(connection: Connection, pseudonym: str) -> Erased:
    """Return what a registry holds of a patient.

    Raises
    ------
    RefusedEntry
        It holds no such patient.
    """
    patient = _number(connection, pseudonym)
    counts = {
        name: connection.execute(select(func.count()).select_from(table).where(which)).scalar_one()
        for name, table, which in _rows(patient)
        if name
    }
    return Erased(films=len(_own_films(connection, patient)), **counts)


def forget_patient(connection: Connection, pseudonym: str, author: str, reason: str, now: datetime) -> Erased:
    """Erase a patient in the transaction of a connection, and record that it was done.

    Raises
    ------
    RefusedEntry
        There is no such patient, or author or reason are not given or hold the pseudonym.
    """
    for said, longest, what in ((author, _LONGEST_NAME, "author"), (reason, _LONGEST_REASON, "reason")):
        if not said.strip() or len(said) > longest or not said.isprintable():
            raise RefusedEntry(
                f"no {what}, or one that is not a line of at most {longest} letters",
                "it is all that will be known of it",
                "say it in a line",
            )
        if pseudonym in said:
            raise RefusedEntry(f"the patient's pseudonym in the {what}", "it would stay", "leave it out")
    if connection.dialect.name == "sqlite":
        # What is deleted is overwritten in the file as well.
        connection.execute(text("PRAGMA secure_delete = ON"))
    patient = _number(connection, pseudonym, lock=True)
    erased = count_patient(connection, pseudonym)
    films = _own_films(connection, patient)
    tables = [table.__tablename__ for _, table, _ in _rows(patient)]
    guarded = [name for name in tables if name in APPEND_ONLY]
    _set_aside(connection, guarded)
    for _, table, which in _rows(patient):
        connection.execute(delete(table).where(which))
    for film in films:
        connection.execute(delete(Film).where(Film.id == film))
    _put_back(connection, guarded)
    salt = connection.execute(select(Forgotten.salt).order_by(Forgotten.id).limit(1)).scalar() or secrets.token_hex(32)
    connection.execute(
        insert(Forgotten),
        {
            "salt": salt,
            "digest": _digest(salt, pseudonym),
            "author": author,
            "reason": reason,
            "removed": json.dumps(asdict(erased)),
            "recorded_at": now,
        },
    )
    return erased


def forgotten_among(connection: Connection, pseudonyms: Iterable[str]) -> set[str]:
    """Return which of these pseudonyms are those of patients who were erased."""
    known = connection.execute(select(Forgotten.salt, Forgotten.digest)).all()
    salts, digests = {salt for salt, _ in known}, {digest for _, digest in known}
    return {pseudonym for pseudonym in pseudonyms for salt in salts if _digest(salt, pseudonym) in digests}


def refuse_forgotten(connection: Connection, pseudonyms: Iterable[str]) -> None:
    """Raise ``RefusedEntry`` where one of these pseudonyms is that of a patient who was erased."""
    if forgotten_among(connection, pseudonyms):
        raise RefusedEntry(
            "a pseudonym of a patient who was erased here",
            "the patient, or somebody for the patient, asked for it",
            "leave the patient out; one who takes part again needs a new pseudonym",
        )


def _digest(salt: str, pseudonym: str) -> str:
    return hmac.new(bytes.fromhex(salt), pseudonym.encode("utf-8"), hashlib.sha256).hexdigest()


def _number(connection: Connection, pseudonym: str, *, lock: bool = False) -> int:
    query = select(Patient.id).where(Patient.pseudonym == pseudonym)
    number = connection.execute(query.with_for_update() if lock else query).scalar()
    if number is None:
        refuse_forgotten(connection, [pseudonym])
        raise RefusedEntry("a pseudonym that the registry does not hold", "there is nothing to erase", "check it")
    return number


def _own_films(connection: Connection, patient: int) -> list[int]:
    """Return the films of a patient that no reading or session of somebody else refers to."""
    visits = select(Visit.id).where(Visit.patient_id == patient)
    of_readings = select(ReadingFilm.film_id).join(StoredReading, StoredReading.id == ReadingFilm.reading_id)
    theirs = of_readings.where(StoredReading.visit_id.in_(visits))
    others = of_readings.where(StoredReading.visit_id.not_in(visits))
    shown_of_others = select(Presentation.film_id).where(Presentation.visit_id.not_in(visits))
    query = select(Film.id).where(Film.id.in_(theirs), Film.id.not_in(others), Film.id.not_in(shown_of_others))
    return list(connection.execute(query).scalars())


def _set_aside(connection: Connection, tables: Iterable[str]) -> None:
    for table in tables:
        if connection.dialect.name == "postgresql":
            # Others may read meanwhile, and wait before they write.
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_only_added"))
        else:
            connection.execute(text(f"DROP TRIGGER {table}_not_deleted"))


def _put_back(connection: Connection, tables: Iterable[str]) -> None:
    for table in tables:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_only_added"))
        else:
            statements = append_only_statements(table, APPEND_ONLY[table], "sqlite")
            (again,) = (each for each in statements if f"TRIGGER {table}_not_deleted " in each)
            connection.exec_driver_sql(again)
