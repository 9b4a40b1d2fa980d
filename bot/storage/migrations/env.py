"""Alembic's entry: runs the migrations on the connection that `bot.storage.migrate` hands over."""

from alembic import context

from bot.storage.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
