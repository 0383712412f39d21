"""What alembic runs for each upgrade; the connection is given by :mod:`sclerograph.registry.layout`."""

from __future__ import annotations

from alembic import context

from sclerograph.registry.layout import VERSION_TABLE
from sclerograph.registry.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
)
# The transaction is the caller's, so that an upgrade is done whole or not at all.
context.run_migrations()
