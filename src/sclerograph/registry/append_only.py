"""Tables to which rows can only be added: the database itself refuses everything else.

Migrations use this file, so its statements are never changed, only added to. Whoever owns the database can of course
drop a trigger; that takes intent, and the hashes of readings and corrections show it.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["append_only_statements", "release_statements"]

_MESSAGE = "rows of a registry are only added, never changed or deleted"


def append_only_statements(table: str, unique: Sequence[str], dialect: str) -> list[str]:
    """Return the statements that make a table append-only.

    Parameters
    ----------
    table
        The table.
    unique
        The columns that identify a row: ``INSERT OR REPLACE`` of SQLite deletes a row without a word to the triggers
        on deleting, and so has to be caught where it inserts.
    dialect
        ``sqlite`` or ``postgresql``.
    """
    if dialect == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION registry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$",
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    same = " AND ".join(f"{column} = NEW.{column}" for column in unique)
    keys = [f"EXISTS (SELECT 1 FROM {table} WHERE {same})"]
    if "id" not in unique and table != "reading_film":
        keys.append(f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)")
    return [
        f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} WHEN {' OR '.join(keys)} {refuse}",
    ]


def release_statements(table: str, dialect: str) -> list[str]:
    """Return the statements that take the triggers of a table away, for going back a step."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER {table}_only_added ON {table}"]
    return [f"DROP TRIGGER {table}_{what}" for what in ("not_changed", "not_deleted", "not_replaced")]
