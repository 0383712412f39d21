"""Clinical values of patients: only ever added, each with its time, its origin and who gave it; the latest holds."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, insert, select

from sclerograph.errors import RefusedEntry
from sclerograph.registry.people import lock_patients, visit_ids
from sclerograph.registry.pseudonym import check_pseudonym, check_visit_name
from sclerograph.registry.tables import ClinicalValue, Patient, Visit

__all__ = ["ClinicalEntry", "PatientValues", "RecordedValue", "Scalar", "add_values", "value_history", "values_between"]

#: What a value can be; ``None`` takes an earlier value back.
Scalar = float | int | str | bool | None

_LONGEST_VARIABLE = 120


@dataclass(frozen=True)
class ClinicalEntry:
    """A value to record: of the patient, or of one visit where ``visit`` names it.

    ``origin`` says where this one value came from, such as the row of a table; without it that of the call holds.
    """

    pseudonym: str
    variable: str
    value: Scalar
    visit: str | None = None
    origin: str | None = None


@dataclass(frozen=True)
class RecordedValue:
    """A value as it was recorded."""

    value: Scalar
    origin: str
    author: str
    recorded_at: datetime


@dataclass(frozen=True)
class PatientValues:
    """The values that hold for a patient: ``values`` of the patient, ``visits`` of each visit that has some."""

    pseudonym: str
    values: Mapping[str, Scalar] = field(default_factory=dict)
    visits: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)


def check_entry(entry: ClinicalEntry) -> None:
    """Raise ``RefusedEntry`` for an entry that no registry takes."""
    check_pseudonym(entry.pseudonym)
    if entry.visit is not None:
        check_visit_name(entry.visit)
    if not entry.variable or len(entry.variable) > _LONGEST_VARIABLE or not entry.variable.isprintable():
        raise RefusedEntry("a variable without a proper name", "it could not be found again", "name it")
    if isinstance(entry.value, float) and not math.isfinite(entry.value):
        raise RefusedEntry("a value that is no finite number", "it cannot be kept", "leave it empty")


def add_values(
    connection: Connection, entries: Sequence[ClinicalEntry], origin: str, author: str, now: datetime
) -> int:
    """Record values in the transaction of a connection and return how many were new.

    A value that holds already is not recorded again. Among entries for the same thing the last one holds.
    """
    patients = lock_patients(connection, {entry.pseudonym for entry in entries}, now)
    visits = visit_ids(
        connection, {(patients[entry.pseudonym], entry.visit) for entry in entries if entry.visit is not None}, now
    )
    holding = _holding(connection, list(patients.values()), {entry.variable for entry in entries})
    rows = []
    for entry in entries:
        patient = patients[entry.pseudonym]
        visit = None if entry.visit is None else visits[patient, entry.visit]
        text = json.dumps(entry.value, ensure_ascii=False, allow_nan=False)
        key = (patient, visit, entry.variable)
        if holding.get(key, "null") == text:
            continue
        holding[key] = text
        rows.append(
            {
                "patient_id": patient,
                "visit_id": visit,
                "variable": entry.variable,
                "value": text,
                "origin": origin if entry.origin is None else entry.origin,
                "author": author,
                "recorded_at": now,
            }
        )
    if rows:
        connection.execute(insert(ClinicalValue), rows)
    return len(rows)


def _holding(
    connection: Connection, patients: list[int], variables: set[str]
) -> dict[tuple[int, int | None, str], str]:
    """Return the stored text of the values that hold, by patient, visit and variable."""
    columns = (ClinicalValue.patient_id, ClinicalValue.visit_id, ClinicalValue.variable, ClinicalValue.value)
    query = select(*columns).where(ClinicalValue.patient_id.in_(patients)).order_by(ClinicalValue.id)
    if len(variables) == 1:
        query = query.where(ClinicalValue.variable == next(iter(variables)))
    return {(patient, visit, name): value for patient, visit, name, value in connection.execute(query)}


def values_between(
    connection: Connection, after: int, last: int, variables: Sequence[str] | None = None
) -> Iterator[PatientValues]:
    """Yield the values that hold for the patients with numbers above ``after`` up to ``last``, in their order."""
    patients = select(Patient.id, Patient.pseudonym).where(Patient.id > after, Patient.id <= last).order_by(Patient.id)
    names: dict[int, tuple[str, dict[str, Scalar], dict[str, dict[str, Scalar]]]] = {
        number: (pseudonym, {}, {}) for number, pseudonym in connection.execute(patients)
    }
    query = (
        select(ClinicalValue.patient_id, Visit.name, ClinicalValue.variable, ClinicalValue.value)
        .join(Visit, Visit.id == ClinicalValue.visit_id, isouter=True)
        .where(ClinicalValue.patient_id > after, ClinicalValue.patient_id <= last)
        .order_by(ClinicalValue.id)
    )
    if variables is not None:
        query = query.where(ClinicalValue.variable.in_(list(variables)))
    # Of an outer join the name of a visit can be missing, which the types of the columns do not say.
    rows = cast(Iterable[tuple[int, str | None, str, str]], connection.execute(query))
    for patient, visit, variable, text in rows:
        _, own, visits = names[patient]
        values = own if visit is None else visits.setdefault(visit, {})
        value = json.loads(text)
        if value is None:
            values.pop(variable, None)
        else:
            values[variable] = value
    for pseudonym, own, visits in names.values():
        yield PatientValues(pseudonym, own, {name: values for name, values in visits.items() if values})


def value_history(
    connection: Connection, pseudonym: str, variable: str, visit: str | None
) -> tuple[RecordedValue, ...]:
    """Return all that was ever recorded of a variable, oldest first."""
    query = (
        select(ClinicalValue.value, ClinicalValue.origin, ClinicalValue.author, ClinicalValue.recorded_at)
        .join(Patient, Patient.id == ClinicalValue.patient_id)
        .join(Visit, Visit.id == ClinicalValue.visit_id, isouter=True)
        .where(Patient.pseudonym == pseudonym, ClinicalValue.variable == variable)
        .where(Visit.name.is_(None) if visit is None else Visit.name == visit)
        .order_by(ClinicalValue.id)
    )
    return tuple(
        RecordedValue(json.loads(text), origin, author, at) for text, origin, author, at in connection.execute(query)
    )
