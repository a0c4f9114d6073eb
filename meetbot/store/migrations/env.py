"""What Alembic runs; the connection comes from `migrations.upgrade`."""

from __future__ import annotations

from alembic import context

from meetbot.store import tables

context.configure(
    connection=context.config.attributes["connection"], target_metadata=tables.metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
