"""Patients, visits, films, readings with their corrections and withdrawals, clinical values."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from sclerograph.registry.append_only import append_only_statements, release_statements

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_ONLY_ADDED = {
    "reading": ("visit_id", "origin", "made_by", "occasion", "sha256"),
    "reading_film": ("reading_id", "film_id"),
    "correction": ("reading_id", "sequence"),
    "withdrawal": ("reading_id",),
    "clinical_value": ("id",),
}
_TABLES = ("clinical_value", "withdrawal", "correction", "reading_film", "reading", "film", "visit", "patient")


def _number(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text if length is None else sa.String(length), nullable=False)


def _time(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    key = sa.PrimaryKeyConstraint("id", name=f"pk_{name}")
    op.create_table(name, _number(), *parts, key, sqlite_autoincrement=True)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def upgrade() -> None:
    """Make the tables and their triggers."""
    _table("patient", _text("pseudonym", 64), _time("added_at"), _unique("patient", "pseudonym"))
    _table(
        "visit",
        _number("patient_id"),
        _text("name", 64),
        sa.Column("day", sa.Integer, nullable=True),
        _time("added_at"),
        _refers("visit", "patient_id", "patient"),
        _unique("visit", "patient_id", "name"),
    )
    _table("film", _text("sha256", 64), _unique("film", "sha256"))
    _table(
        "reading",
        _number("visit_id"),
        _text("origin", 16),
        _text("made_by", 120),
        _text("occasion", 120),
        _text("sha256", 64),
        _text("file_sha256", 64),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        _time("added_at"),
        _refers("reading", "visit_id", "visit"),
        _unique("reading", "visit_id", "origin", "made_by", "occasion", "sha256"),
        sa.CheckConstraint("origin IN ('software', 'reader')", name=op.f("ck_reading_origin")),
    )
    op.create_index("ix_reading_visit_id_file_sha256", "reading", ["visit_id", "file_sha256"])
    op.create_table(
        "reading_film",
        _number("reading_id"),
        _number("film_id"),
        _refers("reading_film", "reading_id", "reading"),
        _refers("reading_film", "film_id", "film"),
        sa.PrimaryKeyConstraint("reading_id", "film_id", name="pk_reading_film"),
    )
    op.create_index("ix_reading_film_film_id", "reading_film", ["film_id"])
    _table(
        "correction",
        _number("reading_id"),
        _number("sequence"),
        _text("author", 120),
        _text("comment"),
        _text("changes"),
        _text("consequences"),
        _text("sha256", 64),
        _time("recorded_at"),
        _refers("correction", "reading_id", "reading"),
        _unique("correction", "reading_id", "sequence"),
    )
    _table(
        "withdrawal",
        _number("reading_id"),
        _text("author", 120),
        _text("comment"),
        _time("recorded_at"),
        _refers("withdrawal", "reading_id", "reading"),
        _unique("withdrawal", "reading_id"),
    )
    _table(
        "clinical_value",
        _number("patient_id"),
        sa.Column("visit_id", sa.Integer, nullable=True),
        _text("variable", 120),
        _text("value"),
        _text("origin"),
        _text("author", 120),
        _time("recorded_at"),
        _refers("clinical_value", "patient_id", "patient"),
        _refers("clinical_value", "visit_id", "visit"),
    )
    op.create_index("ix_clinical_value_patient_id_variable", "clinical_value", ["patient_id", "variable"])
    for table, unique in _ONLY_ADDED.items():
        for statement in append_only_statements(table, unique, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Take everything away again."""
    dialect = op.get_bind().dialect.name
    for table in _ONLY_ADDED:
        for statement in release_statements(table, dialect):
            op.execute(statement)
    for table in _TABLES:
        op.drop_table(table)
    if dialect == "postgresql":
        op.execute("DROP FUNCTION registry_refuse_change()")
