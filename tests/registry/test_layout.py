from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from sclerograph.errors import UsageError
from sclerograph.registry import layout
from sclerograph.registry.address import engine_of, writing_engine
from sclerograph.registry.store import Registry
from sclerograph.registry.tables import APPEND_ONLY, Base


def test_the_migrations_make_the_tables_that_the_software_works_with(registry, address):
    engine = engine_of(address)
    with engine.connect() as connection:
        options = {"version_table": layout.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
        assert layout.current_layout(connection) == layout.newest_layout()
    engine.dispose()


def test_every_table_of_what_was_said_is_append_only(registry, address):
    engine = engine_of(address)
    query = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_name LIKE '%only_added'"
    )
    with engine.connect() as connection:
        assert set(connection.execute(sa.text(query)).scalars()) == set(APPEND_ONLY)
    engine.dispose()


def test_making_it_again_changes_nothing(registry, address):
    registry.add_visit("P-1", "baseline")
    with Registry.create(address) as again:
        assert list(again.pseudonyms()) == ["P-1"]


def test_several_may_make_it_at_once(empty_address):
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: Registry.create(empty_address), range(4)))
    assert [each.info().patients for each in opened] == [0] * 4
    for each in opened:
        each.close()


def test_a_step_can_be_taken_back(empty_address):
    Registry.create(empty_address).close()
    engine = engine_of(empty_address)
    with writing_engine(engine).begin() as connection:
        config = layout._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert set(sa.inspect(connection).get_table_names()) <= {layout.VERSION_TABLE, "sqlite_sequence"}
    engine.dispose()
    with pytest.raises(UsageError, match="there is no registry"):
        Registry(empty_address)
    Registry.create(empty_address).close()


def test_a_registry_of_another_layout_is_not_opened(empty_address):
    with Registry.create(empty_address) as registry:
        registry.transaction(lambda c: c.execute(sa.text("UPDATE registry_layout SET version_num = '9999'")))
    with pytest.raises(UsageError, match="another layout"):
        Registry(empty_address)
    with pytest.raises(UsageError, match="newer version"):
        Registry.create(empty_address)


def test_a_database_of_something_else_is_left_alone(empty_address):
    engine = engine_of(empty_address)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE patient (name TEXT)"))
    engine.dispose()
    with pytest.raises(UsageError, match="something else"):
        Registry.create(empty_address)
