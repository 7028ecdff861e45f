"""How Alembic runs the steps: over the connection, and so in the transaction, that it is handed."""

from alembic import context

from readiness_coordinator.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
