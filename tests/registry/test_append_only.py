from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from sclerograph.registry.corrections import NewCorrection
from sclerograph.registry.session_plan import SessionPlan
from sclerograph.registry.sessions import NewAnswer, create_session, presentations, record_answers
from sclerograph.registry.store import ClinicalEntry, Registry
from sclerograph.registry.tables import APPEND_ONLY
from tests.registry.samples import new_reading


@pytest.fixture
def full(registry: Registry) -> Registry:
    """Return a registry with a row in every table of readings and values."""
    registry.add_readings([new_reading("a"), new_reading("b", visit="month 12")])
    first, second = registry.readings_of("P-1")
    change = {"op": "replace", "path": "/hands/0/tufts/0/grade", "value": 1}
    registry.correct(NewCorrection("P-1", "baseline", first.sha256, [change]), "Dr. A")
    registry.withdraw("P-1", "month 12", second.sha256, author="Dr. A", comment="wrong film")
    registry.set_values([ClinicalEntry("P-1", "age", 54)], origin="table", author="Dr. A")
    create_session(registry, SessionPlan("first", ("Dr. A",)), author="Dr. B")
    (shown,) = presentations(registry, "first")
    record_answers(registry, "first", [NewAnswer(shown.code, shown.hands[0], {"tuft_1": 0.0})])
    return registry


def run(registry: Registry, statement: str) -> None:
    registry.transaction(lambda connection: connection.execute(sa.text(statement)))


@pytest.mark.parametrize("table", ["reading", "reading_film", "correction", "withdrawal", "clinical_value"])
def test_rows_are_neither_changed_nor_deleted(full, table):
    before = full.info()
    column = APPEND_ONLY[table][0]
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
    if before.kind == "PostgreSQL":
        statements.append(f"TRUNCATE {table} CASCADE")
    else:
        statements += [
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"REPLACE INTO {table} SELECT * FROM {table}",
        ]
    for statement in statements:
        with pytest.raises(DBAPIError, match="only added"):
            run(full, statement)
    assert full.info() == before


def test_a_row_is_not_replaced_by_its_other_key(full):
    if full.info().kind == "PostgreSQL":
        pytest.skip("PostgreSQL has no INSERT OR REPLACE")
    columns = "reading_id, sequence, author, comment, changes, consequences, sha256, recorded_at"
    with pytest.raises(DBAPIError, match="only added"):
        run(
            full,
            f"INSERT OR REPLACE INTO correction ({columns}) "
            "SELECT reading_id, sequence, 'Dr. B', comment, changes, consequences, sha256, recorded_at FROM correction",
        )
    (reading,) = full.readings_of("P-1", "baseline")
    assert [made.author for made in reading.corrections] == ["Dr. A"]


def test_patients_and_visits_with_findings_cannot_be_deleted(full):
    for table in ("patient", "visit", "film"):
        with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
            run(full, f"DELETE FROM {table}")
