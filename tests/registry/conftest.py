"""Registries to test with, in an SQLite file and in a PostgreSQL server that lives as long as the tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.postgresql_server import NoServer, PostgresqlServer, running_server
from sclerograph.registry.store import Registry


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    try:
        with running_server() as server:
            yield server
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def made_in_postgresql(postgresql: PostgresqlServer) -> str:
    """Return the address of a registry to copy, which is quicker than to make one."""
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
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return server.new_database(request.getfixturevalue("made_in_postgresql"))


@pytest.fixture
def registry(address: str) -> Iterator[Registry]:
    with Registry(address) as opened:
        yield opened
