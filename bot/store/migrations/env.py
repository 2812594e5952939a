"""Alembic's entry: runs on the connection it is given, in that connection's transaction."""

from alembic import context

import bot.store.chat_schema
import bot.store.evidence_schema
import bot.store.figure_schema  # noqa: F401 -- tables of all belong to the metadata
from bot.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
context.run_migrations()
