"""Sessions of readers: which film each gets under which code, and what each answers."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from sclerograph.registry.append_only import append_only_statements, release_statements

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_ONLY_ADDED = {"reading_session": ("name",), "presentation": ("session_id", "code"), "answer": ("id",)}


def _number(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text if length is None else sa.String(length), nullable=False)


def _time(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def upgrade() -> None:
    """Make the tables and their triggers."""
    op.create_table(
        "reading_session",
        _number(),
        _text("name", 64),
        _text("plan"),
        _text("key", 64),
        _text("author", 120),
        _time("created_at"),
        _unique("reading_session", "name"),
        sa.PrimaryKeyConstraint("id", name="pk_reading_session"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "presentation",
        _number(),
        _number("session_id"),
        _text("reader", 120),
        _number("place"),
        _text("code", 32),
        _number("film_id"),
        _number("visit_id"),
        _number("repeat"),
        _text("case_code", 32),
        _number("case_place"),
        _text("hands"),
        _refers("presentation", "session_id", "reading_session"),
        _refers("presentation", "film_id", "film"),
        _refers("presentation", "visit_id", "visit"),
        _unique("presentation", "session_id", "code"),
        _unique("presentation", "session_id", "reader", "place"),
        _unique("presentation", "session_id", "reader", "film_id", "repeat"),
        sa.PrimaryKeyConstraint("id", name="pk_presentation"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "answer",
        _number(),
        _number("presentation_id"),
        _text("hand", 8),
        _text("findings"),
        _text("comment"),
        _text("origin"),
        _time("recorded_at"),
        _refers("answer", "presentation_id", "presentation"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_presentation_id_hand", "answer", ["presentation_id", "hand"])
    for table, unique in _ONLY_ADDED.items():
        for statement in append_only_statements(table, unique, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Take everything away again."""
    dialect = op.get_bind().dialect.name
    for table in _ONLY_ADDED:
        for statement in release_statements(table, dialect):
            op.execute(statement)
    for table in reversed(_ONLY_ADDED):
        op.drop_table(table)
