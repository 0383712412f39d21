"""A registry: patients by pseudonym, their visits, readings, corrections and clinical values.

>>> with Registry.create("cohort.sqlite") as registry:  # doctest: +SKIP
...     registry.set_values([ClinicalEntry("P-017", "age", 54)], origin="baseline.xlsx", author="reader-1")
...     for current in registry.current_readings():
...         print(current.pseudonym, current.visit, len(current.document["hands"]))

Several processes may read and write at once. What a method has returned from is on the disk.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from sclerograph.errors import InputRejected, RefusedEntry, UsageError
from sclerograph.registry.address import engine_of, file_of, reading_engine, writing_engine
from sclerograph.registry.clinical import (
    ClinicalEntry,
    PatientValues,
    RecordedValue,
    Scalar,
    add_values,
    check_entry,
    value_history,
    values_between,
)
from sclerograph.registry.corrections import Corrected, NewCorrection, record_correction, record_withdrawal
from sclerograph.registry.forget import Erased, count_patient, forget_patient, forgotten_among
from sclerograph.registry.layout import current_layout, newest_layout, upgrade
from sclerograph.registry.people import lock_patients, set_day, visit_ids
from sclerograph.registry.pseudonym import check_pseudonym, check_visit_name
from sclerograph.registry.readings import (
    Added,
    CurrentReading,
    KnownFile,
    NewReading,
    Origin,
    add_reading,
    current_between,
    known_files,
)
from sclerograph.registry.tables import (
    Base,
    ClinicalValue,
    Correction,
    Film,
    Forgotten,
    Patient,
    StoredReading,
    Visit,
    Withdrawal,
)

__all__ = ["ClinicalEntry", "NewCorrection", "NewReading", "Registry", "RegistryInfo"]

T = TypeVar("T")

_ATTEMPTS = 8
#: SQLSTATE of what a second attempt can mend: serialization failure, deadlock, and a row that another writer was first
#: to insert.
_TRY_AGAIN = frozenset({"40001", "40P01", "23505"})


@dataclass(frozen=True)
class RegistryInfo:
    """What a registry holds; ``kind`` is SQLite or PostgreSQL, ``layout`` that of its tables."""

    kind: str
    layout: str
    patients: int
    visits: int
    films: int
    software_readings: int
    reader_readings: int
    corrections: int
    withdrawals: int
    clinical_values: int
    erased_patients: int


class Registry(AbstractContextManager["Registry"]):
    """An opened registry.

    Parameters
    ----------
    address
        A file, or ``postgresql://USER@HOST/DATABASE``.
    clock
        Says when something is recorded.

    Raises
    ------
    UsageError
        There is no registry at the address, it is of another layout, or the database cannot be reached.
    """

    def __init__(self, address: str | Path, *, clock: Callable[[], datetime] | None = None) -> None:
        self._engine = _opened(engine_of(address))
        self._clock = clock if clock is not None else _now
        found = _layout(self._engine)
        if found != newest_layout():
            self._engine.dispose()
            if found is None:
                raise UsageError("there is no registry at this address: make one with 'sclerograph registry init'")
            raise UsageError(
                "the registry is of another layout than this version works with: bring it up to date with "
                "'sclerograph registry init', or use a newer version"
            )

    @classmethod
    def create(cls, address: str | Path, *, clock: Callable[[], datetime] | None = None) -> Registry:
        """Make a registry, or bring one to the layout of this version, and open it.

        Raises
        ------
        UsageError
            The place cannot be written, the database cannot be reached, or it was made by a newer version.
        """
        engine = engine_of(address)
        try:
            _initialise(engine)
        finally:
            engine.dispose()
        return cls(address, clock=clock)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Patients and visits

    def add_visit(self, pseudonym: str, visit: str, day: int | None = None) -> None:
        """Add a visit, and its patient, unless they are there; ``day`` counts from a day that the site chose.

        Raises
        ------
        RefusedEntry
            The pseudonym or the visit's name could identify the patient, or the visit has another day already.
        """
        check_pseudonym(pseudonym)
        check_visit_name(visit)

        def work(connection: Connection) -> None:
            now = self._clock()
            patient = lock_patients(connection, [pseudonym], now)[pseudonym]
            number = visit_ids(connection, [(patient, visit)], now)[patient, visit]
            set_day(connection, number, day)

        self._write(work)

    def pseudonyms(self) -> Iterator[str]:
        """Yield the pseudonym of each patient, in the order in which they were added."""
        with self._read() as connection:
            for after, last in _batches(connection, 10_000):
                query = select(Patient.pseudonym).where(Patient.id > after, Patient.id <= last).order_by(Patient.id)
                yield from connection.execute(query).scalars()

    def visits(self, pseudonym: str) -> dict[str, int | None]:
        """Return the visits of a patient with their days, in the order in which they were added."""
        query = (
            select(Visit.name, Visit.day)
            .join(Patient, Patient.id == Visit.patient_id)
            .where(Patient.pseudonym == pseudonym)
            .order_by(Visit.id)
        )
        with self._read() as connection:
            return dict(connection.execute(query).all())

    def visit_days(self) -> dict[tuple[str, str], int]:
        """Return the day of each visit, by pseudonym and name, where it is known."""
        query = (
            select(Patient.pseudonym, Visit.name, Visit.day)
            .join(Patient, Patient.id == Visit.patient_id)
            .where(Visit.day.is_not(None))
        )
        with self._read() as connection:
            return {(pseudonym, name): day for pseudonym, name, day in connection.execute(query) if day is not None}

    # Readings

    def add_reading(self, new: NewReading) -> Added:
        """Add a reading; the same one a second time changes nothing.

        Raises
        ------
        RefusedEntry
            The pseudonym could identify the patient, a film belongs to somebody else, or it has fewer films than an
            earlier reading of the visit.
        """
        (result,) = self.add_readings([new])
        if isinstance(result, InputRejected):
            raise result
        return result

    def add_readings(self, readings: Sequence[NewReading]) -> list[Added | RefusedEntry]:
        """Add readings in one transaction, which is much quicker than one by one.

        Returns
        -------
        list
            For each reading what became of it; those that are refused do not hinder the others.
        """

        def work(connection: Connection) -> list[Added | RefusedEntry]:
            results: dict[int, Added | RefusedEntry] = {}
            # In the order of pseudonyms, so that two writers do not wait for each other.
            for position, new in sorted(enumerate(readings), key=lambda item: item[1].pseudonym):
                try:
                    check_pseudonym(new.pseudonym)
                    check_visit_name(new.visit)
                    with connection.begin_nested():
                        results[position] = add_reading(connection, new, self._clock())
                except RefusedEntry as refusal:
                    results[position] = refusal
            return [results[position] for position in range(len(readings))]

        return self._write(work)

    def known_files(self, sums: Iterable[str]) -> set[KnownFile]:
        """Return where the readings of files with these SHA-256 are, withdrawn ones left out."""
        with self._read() as connection:
            return known_files(connection, list(sums))

    def correct(self, correction: NewCorrection, author: str) -> Corrected:
        """Record what a reader changed in a reading; the same a second time changes nothing.

        Totals and summaries are made again from the corrected findings.

        Raises
        ------
        RefusedEntry
            The reading that it is based on does not hold (now), or the result would be no reading.
        """

        def work(connection: Connection) -> Corrected:
            current = self._locked_current(connection, correction.pseudonym, correction.visit)
            return record_correction(connection, current, correction, author, self._clock())

        return self._write(work)

    def withdraw(self, pseudonym: str, visit: str, sha256: str, *, author: str, comment: str) -> None:
        """Record that a reading, named by its digest, counts no longer, and why. It stays in the registry.

        Raises
        ------
        RefusedEntry
            There is no such current reading, or no reason is given.
        """

        def work(connection: Connection) -> None:
            current = self._locked_current(connection, pseudonym, visit)
            record_withdrawal(connection, current, sha256, author, comment, self._clock())

        self._write(work)

    def readings_of(
        self, pseudonym: str, visit: str | None = None, *, origin: Origin | None = None, outlines: bool = True
    ) -> list[CurrentReading]:
        """Return the readings of a patient that hold, corrections made."""
        with self._read() as connection:
            number = _patient_number(connection, pseudonym)
            if number is None:
                return []
            between = current_between(connection, number - 1, number, visit=visit, origin=origin, outlines=outlines)
            return list(between)

    def current_readings(
        self,
        *,
        origin: Origin | None = "software",
        made_by: str | None = None,
        occasion: str | None = None,
        outlines: bool = False,
        batch: int = 500,
    ) -> Iterator[CurrentReading]:
        """Yield the readings that hold, corrections made, of all patients as they are now.

        Memory holds one batch of patients at a time, and what others write meanwhile does not show.

        Parameters
        ----------
        origin
            ``software``, ``reader``, or ``None`` for both.
        made_by, occasion
            Only readings of this maker, of this occasion.
        outlines
            Without them a reading is some ten times smaller; deposits keep their sizes and lose their contours.
        batch
            Patients at a time.
        """
        with self._read() as connection:
            for after, last in _batches(connection, batch):
                yield from current_between(
                    connection, after, last, origin=origin, made_by=made_by, occasion=occasion, outlines=outlines
                )

    # Erasure

    def held_of(self, pseudonym: str) -> Erased:
        """Return how much the registry holds of a patient.

        Raises
        ------
        RefusedEntry
            It holds no such patient.
        """
        with self._read() as connection:
            return count_patient(connection, pseudonym)

    def forget(self, pseudonym: str, *, author: str, reason: str) -> Erased:
        """Erase a patient with all visits, readings, values and answers, and return how much that was.

        That somebody was erased stays, with author and reason; of the pseudonym only a keyed hash, so that it is
        refused when a table brings it again. Copies outside the registry are not touched.

        Raises
        ------
        RefusedEntry
            There is no such patient, or no reason or author.
        """
        erased = self._write(lambda c: forget_patient(c, pseudonym, author, reason, self._clock()))
        self._clean_up()
        return erased

    def erased_among(self, pseudonyms: Iterable[str]) -> set[str]:
        """Return which of these pseudonyms are those of patients who were erased."""
        with self._read() as connection:
            return forgotten_among(connection, pseudonyms)

    # Clinical values

    def set_values(self, entries: Iterable[ClinicalEntry], *, origin: str, author: str, batch: int = 5_000) -> int:
        """Record clinical values and return how many were new; patients and visits are added where needed.

        A value that holds already is not recorded again; a value of ``None`` takes the earlier one back. Entries are
        recorded some thousands at a time, each time all or none.

        Parameters
        ----------
        entries
            The values.
        origin
            Where they come from, for entries that do not say it themselves.
        author
            Who recorded them.
        batch
            Entries in one transaction.

        Raises
        ------
        RefusedEntry
            An entry has a pseudonym that could identify the patient, or a value that cannot be kept.
        """
        remaining = iter(entries)
        new = 0
        while chunk := list(islice(remaining, batch)):
            for entry in chunk:
                check_entry(entry)

            def work(connection: Connection, chunk: list[ClinicalEntry] = chunk) -> int:
                return add_values(connection, chunk, origin, author, self._clock())

            new += self._write(work)
        return new

    def values(self, pseudonym: str, visit: str | None = None) -> Mapping[str, Scalar]:
        """Return the values that hold for a patient, or for one visit; empty where nothing is known."""
        with self._read() as connection:
            number = _patient_number(connection, pseudonym)
            if number is None:
                return {}
            (found,) = values_between(connection, number - 1, number)
            return found.values if visit is None else found.visits.get(visit, {})

    def all_values(self, variables: Sequence[str] | None = None, *, batch: int = 1_000) -> Iterator[PatientValues]:
        """Yield the values that hold for each patient; memory holds one batch of patients at a time."""
        with self._read() as connection:
            for after, last in _batches(connection, batch):
                yield from values_between(connection, after, last, variables)

    def value_history(self, pseudonym: str, variable: str, visit: str | None = None) -> tuple[RecordedValue, ...]:
        """Return all that was ever recorded of a variable, oldest first."""
        with self._read() as connection:
            return value_history(connection, pseudonym, variable, visit)

    # The registry itself

    def info(self) -> RegistryInfo:
        """Return what the registry holds."""
        with self._read() as connection:

            def count(table: type[Any], *where: Any) -> int:
                return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()

            return RegistryInfo(
                kind="PostgreSQL" if self._engine.dialect.name == "postgresql" else "SQLite",
                layout=newest_layout(),
                patients=count(Patient),
                visits=count(Visit),
                films=count(Film),
                software_readings=count(StoredReading, StoredReading.origin == "software"),
                reader_readings=count(StoredReading, StoredReading.origin == "reader"),
                corrections=count(Correction),
                withdrawals=count(Withdrawal),
                clinical_values=count(ClinicalValue),
                erased_patients=count(Forgotten),
            )

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` with a connection whose transaction may write, and return what it returns.

        It can run several times, each time from the beginning, where other writers got in the way.
        """
        return self._write(work)

    def look(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` with a connection that sees the registry as it is now, and return what it returns."""
        with self._read() as connection:
            return work(connection)

    # Inside

    def _locked_current(self, connection: Connection, pseudonym: str, visit: str) -> list[CurrentReading]:
        """Return the readings of a visit that hold, and hold the patient until the transaction ends."""
        query = select(Patient.id).where(Patient.pseudonym == pseudonym).with_for_update()
        number = connection.execute(query).scalar()
        if number is None:
            return []
        return list(current_between(connection, number - 1, number, visit=visit))

    def _clean_up(self) -> None:
        """Take what was deleted out of the files of the database, as far as the database allows."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM {', '.join(Base.metadata.tables)}"))

    def _read(self) -> AbstractContextManager[Connection]:
        return reading_engine(self._engine).begin()

    def _write(self, work: Callable[[Connection], T]) -> T:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with writing_engine(self._engine).begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _TRY_AGAIN or attempt == _ATTEMPTS:
                    if _is_busy(error):
                        raise UsageError(
                            "the registry is busy: others have been writing for a minute; try again later"
                        ) from None
                    raise
                # Two that got in each other's way should not meet again at once.
                time.sleep(random.uniform(0.0, 0.05 * attempt))
        raise AssertionError


def _now() -> datetime:
    return datetime.now(UTC)


def _is_busy(error: DBAPIError) -> bool:
    return "database is locked" in str(error.orig)


def _patient_number(connection: Connection, pseudonym: str) -> int | None:
    return connection.execute(select(Patient.id).where(Patient.pseudonym == pseudonym)).scalar()


def _batches(connection: Connection, size: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of patient numbers, above the first up to the second, that hold so many patients."""
    after = 0
    while True:
        query = select(Patient.id).where(Patient.id > after).order_by(Patient.id).limit(size)
        numbers = connection.execute(query).scalars().all()
        if not numbers:
            return
        yield after, numbers[-1]
        after = numbers[-1]


def _opened(engine: Engine) -> Engine:
    """Return an engine whose database can be reached; SQLite would otherwise make an empty file."""
    path = file_of(engine)
    if path is not None and not path.is_file():
        raise UsageError(f"there is no registry at {path}: make one with 'sclerograph registry init'")
    return engine


def _layout(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            return current_layout(connection)
    except SQLAlchemyError as error:
        engine.dispose()
        raise _unreachable(error) from None


def _initialise(engine: Engine) -> None:
    path = file_of(engine)
    if path is not None and not path.parent.is_dir():
        raise UsageError(f"the registry cannot be made: there is no folder {path.parent}")
    try:
        if path is not None:
            # Readers and a writer do not wait for each other in this mode; the file remembers it.
            with engine.connect() as connection:
                connection.connection.execute("PRAGMA journal_mode = WAL")
        with writing_engine(engine).begin() as connection:
            if current_layout(connection) is None and inspect(connection).has_table("patient"):
                raise UsageError("the database has a table 'patient' of something else: give the registry its own")
            upgrade(connection)
    except SQLAlchemyError as error:
        raise _unreachable(error) from None


def _unreachable(error: SQLAlchemyError) -> UsageError:
    """Return one line for a database that does not answer; what a server says can hold names and addresses."""
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    detail = f" (SQLSTATE {code})" if code else ""
    return UsageError(
        f"the registry cannot be opened{detail}: check that the address is right, the file is an SQLite file and may "
        "be written, or the server runs and lets you in"
    )
