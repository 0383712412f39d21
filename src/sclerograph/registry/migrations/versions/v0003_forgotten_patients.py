"""Patients who were erased: that it was done, by whom and why; of whom only a digest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sclerograph.registry.append_only import append_only_statements, release_statements

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the table and its triggers."""
    op.create_table(
        "forgotten",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("removed", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("digest", name="uq_forgotten_digest"),
        sa.PrimaryKeyConstraint("id", name="pk_forgotten"),
        sqlite_autoincrement=True,
    )
    for statement in append_only_statements("forgotten", ("digest",), op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Take everything away again."""
    for statement in release_statements("forgotten", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("forgotten")
