"""Where a registry is: a file, or a PostgreSQL database by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from sclerograph.errors import UsageError

__all__ = ["BUSY_SECONDS", "engine_of", "file_of", "reading_engine", "writing_engine"]

#: How long a writer waits for the others before it gives up.
BUSY_SECONDS = 60

_WRITES = "registry_writes"


def engine_of(address: str | Path) -> Engine:
    """Return the engine of a registry; nothing is opened yet.

    Parameters
    ----------
    address
        A file, ``sqlite:///FILE`` or ``postgresql://USER@HOST/DATABASE``.

    Raises
    ------
    UsageError
        The address is not understood. It can hold a password and is not repeated.
    """
    url = _url(address)
    if url.get_backend_name() == "postgresql":
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _url(address: str | Path) -> URL:
    text = str(address)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError("the address is no URL: give a file, or postgresql://USER@HOST/DATABASE") from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsageError("the address names another kind of database: a registry is an SQLite file or PostgreSQL")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise UsageError("the address names no file: a registry in memory would be lost; give a file")
    return url


def file_of(engine: Engine) -> Path | None:
    """Return the file of a registry in SQLite, ``None`` for one in PostgreSQL."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def writing_engine(engine: Engine) -> Engine:
    """Return an engine whose transactions may write: with SQLite they take the lock when they begin.

    A transaction that began to read and then wants to write can be refused at once (SQLITE_BUSY_SNAPSHOT); one that
    takes the lock first waits for its turn.
    """
    return engine.execution_options(**{_WRITES: True})


def reading_engine(engine: Engine) -> Engine:
    """Return an engine whose transactions see the registry as it was when they began, whatever others write."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    # A reader of an SQLite file in WAL mode sees one moment by itself.
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The module would begin transactions by itself, and too late: see _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    # Without it INSERT OR REPLACE deletes rows behind the back of triggers.
    cursor.execute("PRAGMA recursive_triggers = ON")
    # What was reported as recorded is on the disk, also after a power cut.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")
