from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from sclerograph.errors import UsageError
from sclerograph.registry.address import engine_of, file_of
from sclerograph.registry.store import Registry


@pytest.mark.parametrize("address", ["a b%20#?.sqlite", Path("r.sqlite"), "sqlite:///r.sqlite"])
def test_a_file_is_an_sqlite_registry(address):
    engine = engine_of(address)
    assert engine.dialect.name == "sqlite"
    assert file_of(engine) == Path(str(address).removeprefix("sqlite:///"))


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_url_is_a_postgresql_registry(scheme):
    engine = engine_of(f"{scheme}://user@host/base")
    assert (engine.dialect.name, engine.dialect.driver, file_of(engine)) == ("postgresql", "psycopg", None)


@pytest.mark.parametrize(
    "address", ["mysql://u:secret@h/b", "sqlite://", "sqlite:///:memory:", "postgresql://u:secret@h:x/b"]
)
def test_other_addresses_are_wrong_usage_and_a_password_is_not_repeated(address):
    with pytest.raises(UsageError) as error:
        engine_of(address)
    assert "secret" not in str(error.value)


def test_a_server_that_does_not_answer_is_one_line(tmp_path):
    with pytest.raises(UsageError, match="cannot be opened") as error:
        Registry(f"postgresql://u:secret@/b?host={tmp_path}&connect_timeout=1")
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_none_is_one_line(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague, " * 99)
    for opening in (Registry, Registry.create):
        with pytest.raises(UsageError, match="cannot be opened"):
            opening(path)
    with pytest.raises(UsageError, match="there is no registry at"):
        Registry(tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()
    with pytest.raises(UsageError, match="there is no folder"):
        Registry.create(tmp_path / "none" / "r.sqlite")


def test_sqlite_keeps_what_it_said_it_kept(made_in_sqlite):
    engine = engine_of(made_in_sqlite)
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout", "recursive_triggers")
        }
    engine.dispose()
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 60_000,
        "recursive_triggers": 1,
    }
