"""Erasing a patient: everything of that patient goes, nothing of another, and the guard on all the rest stays."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from sclerograph.errors import RefusedEntry, UsageError
from sclerograph.registry.corrections import NewCorrection
from sclerograph.registry.session_plan import SessionPlan
from sclerograph.registry.sessions import NewAnswer, create_session, presentations, record_answers, session_progress
from sclerograph.registry.store import ClinicalEntry, Registry
from sclerograph.registry.tables import APPEND_ONLY, Base
from tests.registry.samples import new_reading

SAID = {"author": "Dr. A", "reason": "consent withdrawn"}


@pytest.fixture
def full(registry: Registry) -> Registry:
    """Two patients, P-1 with a row in every table."""
    registry.add_readings(
        [new_reading("a"), new_reading("b", visit="month 12"), new_reading("c", pseudonym="P-2")],
    )
    first, second = registry.readings_of("P-1")
    change = {"op": "replace", "path": "/hands/0/tufts/0/grade", "value": 1}
    registry.correct(NewCorrection("P-1", "baseline", first.sha256, [change]), "Dr. A")
    registry.set_values([ClinicalEntry("P-1", "age", 54), ClinicalEntry("P-2", "age", 61)], origin="t", author="Dr. A")
    create_session(registry, SessionPlan("first", ("Dr. A",)), author="Dr. B")
    for shown in presentations(registry, "first"):
        record_answers(registry, "first", [NewAnswer(shown.code, shown.hands[0], {"tuft_1": 0.0})])
    registry.withdraw("P-1", "month 12", second.sha256, author="Dr. A", comment="wrong film")
    return registry


def rows(registry: Registry) -> dict[str, int]:
    def work(connection: sa.Connection) -> dict[str, int]:
        return {
            name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in Base.metadata.tables
        }

    return registry.look(work)


def test_a_patient_is_erased_and_the_other_stays(full):
    held = full.held_of("P-1")
    assert (held.visits, held.films, held.readings, held.corrections, held.withdrawals) == (2, 2, 2, 1, 1)
    assert (held.clinical_values, held.shown_to_readers, held.answers) == (1, 2, 2)
    before = full.readings_of("P-2")
    assert full.forget("P-1", **SAID) == held
    assert list(full.pseudonyms()) == ["P-2"]
    assert full.readings_of("P-2") == before
    assert full.values("P-2") == {"age": 61}
    left = rows(full)
    assert left.pop("forgotten") == 1
    assert left.pop("correction") == left.pop("withdrawal") == 0
    assert set(left.values()) == {1}
    assert full.info().erased_patients == 1


def test_afterwards_rows_are_guarded_as_before(full):
    full.forget("P-1", **SAID)
    for table in ("reading", "reading_film", "clinical_value", "presentation", "answer", "forgotten"):
        column = APPEND_ONLY[table][0]
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="only added"):
                full.transaction(lambda connection, said=statement: connection.execute(sa.text(said)))


def test_the_patient_does_not_come_back_under_the_same_pseudonym(full):
    full.forget("P-1", **SAID)
    with pytest.raises(RefusedEntry, match="who was erased"):
        full.add_reading(new_reading("a"))
    with pytest.raises(RefusedEntry, match="who was erased"):
        full.set_values([ClinicalEntry("P-1", "age", 54)], origin="t", author="Dr. A")
    with pytest.raises(RefusedEntry, match="who was erased"):
        full.held_of("P-1")
    assert full.erased_among(["P-1", "P-2", "P-3"]) == {"P-1"}
    # the films themselves may be those of a new consent
    assert full.add_reading(new_reading("a", pseudonym="P-9")).new


def test_a_session_whose_patients_were_erased_has_nothing_left_to_read(full):
    full.forget("P-1", **SAID)
    (reader,) = session_progress(full, "first")
    assert (reader.films, reader.read) == (1, 1)
    full.forget("P-2", **SAID)
    (reader,) = session_progress(full, "first")
    assert (reader.films, reader.hands, reader.read, reader.last_at) == (0, 0, 0, None)
    with pytest.raises(UsageError, match="no film of the session is left"):
        presentations(full, "first")


def test_what_stays_names_nobody(full, tmp_path):
    full.forget("P-1", **SAID)

    def said(connection: sa.Connection) -> str:
        return str(connection.execute(sa.text("SELECT * FROM forgotten")).all())

    kept = full.look(said)
    assert "consent withdrawn" in kept
    assert "P-1" not in kept


def test_a_second_patient_is_erased_as_well(full):
    full.forget("P-1", **SAID)
    full.forget("P-2", **SAID)
    assert full.erased_among(["P-1", "P-2"]) == {"P-1", "P-2"}
    assert full.info().patients == full.info().films == 0


def test_a_film_that_somebody_else_has_as_well_stays(registry):
    registry.add_reading(new_reading("a"))
    (wrong,) = registry.readings_of("P-1")
    registry.withdraw("P-1", "baseline", wrong.sha256, author="Dr. A", comment="of P-2")
    registry.add_reading(new_reading("a", pseudonym="P-2"))
    assert registry.forget("P-1", **SAID).films == 0
    assert registry.info().films == 1


@pytest.mark.parametrize(
    ("pseudonym", "author", "reason", "said"),
    [
        ("P-3", "Dr. A", "consent withdrawn", "does not hold"),
        ("P-1", " ", "consent withdrawn", "no author"),
        ("P-1", "Dr. A", "", "no reason"),
        ("P-1", "Dr. A", "P-1 asked", "pseudonym in the reason"),
    ],
)
def test_what_cannot_be_done_changes_nothing(full, pseudonym, author, reason, said):
    before = rows(full)
    with pytest.raises(RefusedEntry, match=said):
        full.forget(pseudonym, author=author, reason=reason)
    assert rows(full) == before


def test_nothing_of_the_patient_is_left_in_an_sqlite_file(tmp_path):
    path = tmp_path / "registry.sqlite"
    with Registry.create(path) as registry:
        registry.set_values(
            [ClinicalEntry("Q7-UNIQUE", "note", "text-of-nobody-else"), ClinicalEntry("P-2", "age", 61)],
            origin="t",
            author="Dr. A",
        )
        registry.forget("Q7-UNIQUE", **SAID)
        content = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"Q7-UNIQUE" not in content
    assert b"text-of-nobody-else" not in content
