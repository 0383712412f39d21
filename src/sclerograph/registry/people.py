"""Patients and visits by their numbers in the database; they come into being when something is recorded of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from sclerograph.errors import RefusedEntry
from sclerograph.registry.forget import refuse_forgotten
from sclerograph.registry.tables import Patient, Visit

__all__ = ["insert_if_new", "lock_patients", "set_day", "visit_ids"]


def insert_if_new(connection: Connection, table: type[Any], rows: list[dict[str, Any]]) -> int:
    """Insert the rows that are not there yet and return how many that were."""
    if not rows:
        return 0
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement: Insert = make(table).on_conflict_do_nothing()
    return connection.execute(statement, rows).rowcount


def lock_patients(connection: Connection, pseudonyms: Iterable[str], now: datetime) -> dict[str, int]:
    """Return the numbers of patients, and hold them until the transaction ends; new ones are added.

    Patients are locked in the order of their pseudonyms, so that two writers never wait for each other. (With SQLite
    the whole transaction has the lock already.)

    Raises
    ------
    RefusedEntry
        A new one is the pseudonym of a patient who was erased.
    """
    wanted = sorted(set(pseudonyms))
    numbers = _patient_numbers(connection, wanted)
    missing = [{"pseudonym": name, "added_at": now} for name in wanted if name not in numbers]
    if missing:
        refuse_forgotten(connection, [str(row["pseudonym"]) for row in missing])
        insert_if_new(connection, Patient, missing)
        numbers = _patient_numbers(connection, wanted)
    return numbers


def _patient_numbers(connection: Connection, pseudonyms: list[str]) -> dict[str, int]:
    query = (
        select(Patient.pseudonym, Patient.id)
        .where(Patient.pseudonym.in_(pseudonyms))
        .order_by(Patient.pseudonym)
        .with_for_update()
    )
    return dict(connection.execute(query).all())


def visit_ids(connection: Connection, visits: Iterable[tuple[int, str]], now: datetime) -> dict[tuple[int, str], int]:
    """Return the numbers of visits, given as (number of the patient, name); new ones are added."""
    wanted = sorted(set(visits))
    if not wanted:
        return {}
    numbers = _visit_numbers(connection, wanted)
    missing = [
        {"patient_id": patient, "name": name, "day": None, "added_at": now}
        for patient, name in wanted
        if (patient, name) not in numbers
    ]
    if missing:
        insert_if_new(connection, Visit, missing)
        numbers = _visit_numbers(connection, wanted)
    return numbers


def _visit_numbers(connection: Connection, visits: list[tuple[int, str]]) -> dict[tuple[int, str], int]:
    query = select(Visit.patient_id, Visit.name, Visit.id).where(tuple_(Visit.patient_id, Visit.name).in_(visits))
    return {(patient, name): number for patient, name, number in connection.execute(query)}


def set_day(connection: Connection, visit: int, day: int | None) -> None:
    """Say on which day a visit was, unless that is known.

    Raises
    ------
    RefusedEntry
        Another day is known.
    """
    if day is None:
        return
    known = connection.execute(select(Visit.day).where(Visit.id == visit)).scalar()
    if known is None:
        connection.execute(update(Visit).where(Visit.id == visit).values(day=day))
    elif known != day:
        raise RefusedEntry("a visit on another day than the registry has", "it was on one day", "check which is right")
