"""Reader sessions in a registry: what is presented to whom, what readers answered, and how far they are.

A session is made once and never changed. Answers are only added: where a reader answers again, the later answer holds
and the earlier one stays.
"""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from sclerograph.errors import RefusedEntry, UsageError
from sclerograph.registry.reading_form import hands_on_films
from sclerograph.registry.session_plan import Placed, SessionFilm, SessionPlan, arrange
from sclerograph.registry.store import Registry
from sclerograph.registry.tables import Answer, Film, Patient, Presentation, ReadingSession, Visit

__all__ = [
    "Created",
    "NewAnswer",
    "Presented",
    "ReaderProgress",
    "RecordedAnswer",
    "answers",
    "create_session",
    "presentations",
    "record_answers",
    "session_names",
    "session_plan",
    "session_progress",
]

Clock = Callable[[], datetime]
#: Values in one list of a query.
_CHUNK = 5_000


@dataclass(frozen=True)
class Created:
    """A session that was made: its films and patients, the places in each reader's list, and films left out."""

    films: int
    patients: int
    places: int
    without_hand: int


@dataclass(frozen=True)
class Presented:
    """A film as a reader gets it."""

    reader: str
    place: int
    code: str
    case_code: str
    case_place: int
    hands: tuple[str, ...]
    repeat: int
    film_sha256: str


@dataclass(frozen=True)
class NewAnswer:
    """What a reader wrote of one hand of a film: a number for each item, ``None`` where it could not be assessed.

    An item that a reader may leave empty, and did, is missing. ``origin`` says where it was written.
    """

    code: str
    hand: str
    findings: dict[str, float | None]
    comment: str = ""
    origin: str = ""


@dataclass(frozen=True)
class RecordedAnswer:
    """An answer that holds, with whose hand it is of; ``earlier`` counts the answers that it took the place of."""

    reader: str
    pseudonym: str
    visit: str
    day: int | None
    film_sha256: str
    hand: str
    repeat: int
    findings: dict[str, float | None]
    comment: str
    recorded_at: datetime
    earlier: int


@dataclass(frozen=True)
class ReaderProgress:
    """How far a reader is: hands to read and hands read, how many answers were changed, and when the last came."""

    reader: str
    films: int
    hands: int
    read: int
    changed: int
    last_at: datetime | None


def _now() -> datetime:
    return datetime.now(UTC)


def create_session(
    registry: Registry, plan: SessionPlan, *, author: str, key: str | None = None, clock: Clock = _now
) -> Created:
    """Make a session of the films whose readings a registry holds.

    Parameters
    ----------
    registry
        Where the films' readings are, and the session goes.
    plan
        What it is to be.
    author
        Who makes it.
    key
        64 hexadecimal digits that the codes are made with; drawn when ``None``. Who has it can unblind the session.
    clock
        Says when it is made.

    Raises
    ------
    UsageError
        No film fits the plan, or the plan cannot be carried out.
    RefusedEntry
        There is a session of this name.
    """
    films, without_hand = _films(registry, plan)
    if not films:
        raise UsageError("no film with a hand fits the plan of the session: add readings, or choose other visits")
    key = secrets.token_hex(32) if key is None else key
    codes: set[str] = set()
    lists = {reader: arrange(films, plan, reader, bytes.fromhex(key), codes) for reader in plan.readers}

    def work(connection: Connection) -> None:
        if _session(connection, plan.name) is not None:
            raise RefusedEntry("a session of this name", "it is there already and is never changed", "give another")
        row = {
            "name": plan.name,
            "plan": json.dumps(asdict(plan), ensure_ascii=False),
            "key": key,
            "author": author,
            "created_at": clock(),
        }
        number = connection.execute(insert(ReadingSession).returning(ReadingSession.id), row).scalar_one()
        film_ids = _film_ids(connection, [film.sha256 for film in films])
        visit_ids = _visit_ids(connection, sorted({film.pseudonym for film in films}))
        for reader, listed in lists.items():
            connection.execute(
                insert(Presentation), [_row(number, reader, placed, film_ids, visit_ids) for placed in listed]
            )

    registry.transaction(work)
    return Created(
        films=len(films),
        patients=len({film.pseudonym for film in films}),
        places=len(lists[plan.readers[0]]),
        without_hand=without_hand,
    )


def _row(
    session: int, reader: str, placed: Placed, films: dict[str, int], visits: dict[tuple[str, str], int]
) -> dict[str, Any]:
    return {
        "session_id": session,
        "reader": reader,
        "place": placed.place,
        "code": placed.code,
        "film_id": films[placed.film.sha256],
        "visit_id": visits[placed.film.pseudonym, placed.film.visit],
        "repeat": placed.repeat,
        "case_code": placed.case_code,
        "case_place": placed.case_place,
        "hands": json.dumps(placed.film.hands),
    }


def _films(registry: Registry, plan: SessionPlan) -> tuple[list[SessionFilm], int]:
    """Return the films that fit a plan, and how many were left out because no hand was found on them."""
    films: dict[str, SessionFilm] = {}
    # What the software says of a film's hands goes before what readers say, so that all sessions name them alike.
    for origin in ("software", "reader"):
        for current in registry.current_readings(origin=origin):
            if plan.visits and current.visit not in plan.visits:
                continue
            for sha256, hands in hands_on_films(current.reading()).items():
                labels = tuple(hand.label for hand in hands)
                film = SessionFilm(sha256, current.pseudonym, current.visit, current.day, labels)
                films.setdefault(sha256, film)
    chosen = {film.pseudonym for film in films.values()}
    if plan.patients is not None:
        if plan.patients > len(chosen):
            raise UsageError(f"{plan.patients} patients were asked for and {len(chosen)} have films: ask for fewer")
        draw = random.Random(f"{plan.seed} patients").random
        chosen = {name for _, name in sorted((draw(), name) for name in sorted(chosen))[: plan.patients]}
    of_chosen = [film for film in films.values() if film.pseudonym in chosen]
    with_hand = [film for film in of_chosen if film.hands]
    return with_hand, len(of_chosen) - len(with_hand)


def _film_ids(connection: Connection, sums: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in _chunks(sums):
        found |= dict(connection.execute(select(Film.sha256, Film.id).where(Film.sha256.in_(chunk))).all())
    return found


def _visit_ids(connection: Connection, pseudonyms: Sequence[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for chunk in _chunks(pseudonyms):
        query = (
            select(Patient.pseudonym, Visit.name, Visit.id)
            .join(Visit, Visit.patient_id == Patient.id)
            .where(Patient.pseudonym.in_(chunk))
        )
        found |= {(pseudonym, name): number for pseudonym, name, number in connection.execute(query)}
    return found


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def _session(connection: Connection, name: str) -> tuple[int, str] | None:
    """Return number and plan of a session, ``None`` where there is none of this name."""
    query = select(ReadingSession.id, ReadingSession.plan).where(ReadingSession.name == name)
    found = connection.execute(query).first()
    return None if found is None else (found.id, found.plan)


def _found(connection: Connection, name: str) -> tuple[int, str]:
    found = _session(connection, name)
    if found is None:
        raise UsageError("the registry has no session of this name: see 'sclerograph session status'")
    return found


def session_names(registry: Registry) -> list[str]:
    """Return the names of all sessions in the order in which they were made."""
    return registry.look(
        lambda connection: list(connection.execute(select(ReadingSession.name).order_by(ReadingSession.id)).scalars())
    )


def session_plan(registry: Registry, name: str) -> SessionPlan:
    """Return the plan of a session; raises ``UsageError`` where there is none of this name."""
    plan: dict[str, Any] = json.loads(registry.look(lambda connection: _found(connection, name)[1]))
    lists = {key: tuple(value) for key, value in plan.items() if isinstance(value, list)}
    return SessionPlan(**(plan | lists))


def presentations(registry: Registry, name: str, reader: str | None = None) -> list[Presented]:
    """Return the lists of a session in their order, of one reader or of all.

    Raises
    ------
    UsageError
        There is no session of this name, the reader is not one of its readers, or no film is left because its patients
        were erased.
    """

    def work(connection: Connection) -> list[Presented]:
        query = (
            select(
                Presentation.reader,
                Presentation.place,
                Presentation.code,
                Presentation.case_code,
                Presentation.case_place,
                Presentation.hands,
                Presentation.repeat,
                Film.sha256,
            )
            .join(Film, Film.id == Presentation.film_id)
            .where(Presentation.session_id == _found(connection, name)[0])
            .order_by(Presentation.id)
        )
        if reader is not None:
            query = query.where(Presentation.reader == reader)
        return [
            Presented(who, place, code, case, case_place, tuple(json.loads(hands)), repeat, sha256)
            for who, place, code, case, case_place, hands, repeat, sha256 in connection.execute(query)
        ]

    found = registry.look(work)
    if not found:
        readers = session_plan(registry, name).readers
        if reader is not None and reader not in readers:
            raise UsageError(f"nobody of this name reads in the session: its readers are {', '.join(readers)}")
        raise UsageError("no film of the session is left: its patients were erased from the registry")
    return found


def record_answers(registry: Registry, name: str, new: Sequence[NewAnswer], *, clock: Clock = _now) -> tuple[int, int]:
    """Record answers of a session and return how many were new and how many were there already.

    An answer that differs from the one that holds is new and takes its place; the same one changes nothing.

    Raises
    ------
    UsageError
        There is no session of this name.
    RefusedEntry
        An answer is of a film or hand that the session does not have.
    """

    def work(connection: Connection) -> tuple[int, int]:
        session = _found(connection, name)[0]
        # Holds the session until the transaction ends, so that two imports of one form do not both find nothing.
        connection.execute(select(ReadingSession.id).where(ReadingSession.id == session).with_for_update())
        places = {
            code: (number, json.loads(hands))
            for number, code, hands in connection.execute(
                select(Presentation.id, Presentation.code, Presentation.hands).where(Presentation.session_id == session)
            )
        }
        holding = _holding(connection, session)
        rows = []
        for answer in new:
            number, hands = places.get(answer.code, (0, []))
            if answer.hand not in hands:
                raise RefusedEntry("an answer of a hand that is not in the session", "it cannot be kept", "check it")
            said = (json.dumps(answer.findings, sort_keys=True), answer.comment)
            if holding.get((number, answer.hand)) == said:
                continue
            holding[number, answer.hand] = said
            rows.append(
                {
                    "presentation_id": number,
                    "hand": answer.hand,
                    "findings": said[0],
                    "comment": answer.comment,
                    "origin": answer.origin,
                    "recorded_at": clock(),
                }
            )
        if rows:
            connection.execute(insert(Answer), rows)
        return len(rows), len(new) - len(rows)

    return registry.transaction(work)


def _holding(connection: Connection, session: int) -> dict[tuple[int, str], tuple[str, str]]:
    query = (
        select(Answer.presentation_id, Answer.hand, Answer.findings, Answer.comment)
        .join(Presentation, Presentation.id == Answer.presentation_id)
        .where(Presentation.session_id == session)
        .order_by(Answer.id)
    )
    return {(number, hand): (findings, comment) for number, hand, findings, comment in connection.execute(query)}


def answers(registry: Registry, name: str) -> list[RecordedAnswer]:
    """Return the answers of a session that hold, in the order in which they were first given.

    Raises
    ------
    UsageError
        There is no session of this name.
    """

    def work(connection: Connection) -> list[RecordedAnswer]:
        query = (
            select(
                Presentation.id,
                Presentation.reader,
                Patient.pseudonym,
                Visit.name,
                Visit.day,
                Film.sha256,
                Answer.hand,
                Presentation.repeat,
                Answer.findings,
                Answer.comment,
                Answer.recorded_at,
            )
            .join(Presentation, Presentation.id == Answer.presentation_id)
            .join(Film, Film.id == Presentation.film_id)
            .join(Visit, Visit.id == Presentation.visit_id)
            .join(Patient, Patient.id == Visit.patient_id)
            .where(Presentation.session_id == _found(connection, name)[0])
            .order_by(Answer.id)
        )
        latest: dict[tuple[int, str], RecordedAnswer] = {}
        for number, reader, patient, visit, day, film, hand, repeat, findings, comment, at in connection.execute(query):
            before = latest.get((number, hand))
            latest[number, hand] = RecordedAnswer(
                reader,
                patient,
                visit,
                day,
                film,
                hand,
                repeat,
                json.loads(findings),
                comment,
                at,
                0 if before is None else before.earlier + 1,
            )
        return list(latest.values())

    return registry.look(work)


def session_progress(registry: Registry, name: str) -> list[ReaderProgress]:
    """Return how far each reader of a session is, in the order of the plan.

    Raises
    ------
    UsageError
        There is no session of this name.
    """

    def work(connection: Connection) -> list[ReaderProgress]:
        session, plan = _found(connection, name)
        lists = select(Presentation.reader, Presentation.hands).where(Presentation.session_id == session)
        # A reader has no film left where all patients of the session were erased.
        films: dict[str, list[int]] = {reader: [] for reader in json.loads(plan)["readers"]}
        for reader, hands in connection.execute(lists):
            films[reader].append(len(json.loads(hands)))
        given = (
            select(Presentation.reader, func.count(), func.max(Answer.recorded_at))
            .join(Presentation, Presentation.id == Answer.presentation_id)
            .where(Presentation.session_id == session)
            .group_by(Presentation.reader, Answer.presentation_id, Answer.hand)
        )
        told: dict[str, list[tuple[int, datetime]]] = {}
        for reader, count, at in connection.execute(given):
            told.setdefault(reader, []).append((count, at))
        return [
            ReaderProgress(
                reader,
                films=len(films[reader]),
                hands=sum(films[reader]),
                read=len(told.get(reader, [])),
                changed=sum(count - 1 for count, _ in told.get(reader, [])),
                last_at=max((at for _, at in told.get(reader, [])), default=None),
            )
            for reader in json.loads(plan)["readers"]
        ]

    return registry.look(work)
