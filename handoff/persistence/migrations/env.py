"""Alembic's entry: runs migrations on the connection that :mod:`handoff.persistence.schema` passes in."""

from alembic import context

from handoff.persistence.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
