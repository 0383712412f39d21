"""Registries to test with, in an SQLite file and in a PostgreSQL server that lives as long as the tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bench.postgresql_server import NoServer, PostgresqlServer, running_server
from sclerograph.registry.address import engine_of
from sclerograph.registry.store import Registry
from sclerograph.registry.tables import Base


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    try:
        with running_server() as server:
            yield server
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def made_in_postgresql(postgresql: PostgresqlServer) -> str:
    """Return the address of a registry that every test empties for itself: quicker than one for each."""
    made = postgresql.new_database()
    Registry.create(made).close()
    return made


@pytest.fixture(scope="session")
def made_in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "registry.sqlite"
    Registry.create(made).close()
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_address(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return an address where no registry is."""
    if kind == "sqlite":
        return str(tmp_path / "registry.sqlite")
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture
def address(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a registry that holds nothing."""
    if kind == "sqlite":
        return str(shutil.copy(request.getfixturevalue("made_in_sqlite"), tmp_path / "registry.sqlite"))
    made = str(request.getfixturevalue("made_in_postgresql"))
    _empty(made)
    return made


def _empty(address: str) -> None:
    """Delete every row, which the triggers allow to nobody but a superuser who asks for it."""
    engine = engine_of(address)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("SET LOCAL lock_timeout = '30s'"))
        connection.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY"))
    engine.dispose()


@pytest.fixture
def registry(address: str) -> Iterator[Registry]:
    with Registry(address) as opened:
        yield opened
