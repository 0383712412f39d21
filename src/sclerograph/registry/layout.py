"""Making the tables of a registry and bringing them up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from sclerograph.errors import UsageError

__all__ = ["VERSION_TABLE", "current_layout", "newest_layout", "upgrade"]

#: Where the database keeps its layout; not alembic's own name, as a site may keep other things in the same database.
VERSION_TABLE = "registry_layout"

_MIGRATIONS = Path(__file__).parent / "migrations"
# An arbitrary number that stands for "somebody upgrades a sclerograph registry" among PostgreSQL's advisory locks.
_UPGRADE_LOCK = 0x5C1E_0001


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


@cache
def newest_layout() -> str:
    """Return the layout that this version of the software works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def current_layout(connection: Connection) -> str | None:
    """Return the layout of a database, ``None`` where it holds no registry."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest layout within the transaction of this connection.

    Several processes may do so at once: the second waits for the first and finds nothing left to do.

    Raises
    ------
    UsageError
        The registry was made by a newer version of the software.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    config = _config()
    found = current_layout(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise UsageError("the registry was made by a newer version of sclerograph: use that one")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
