"""Runs the steps on the connection that `digits.corrections.database` hands over; Alembic loads this file."""

from alembic import context

from digits.corrections.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
