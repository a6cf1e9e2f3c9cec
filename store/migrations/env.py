"""What Alembic runs for every command: take the connection it was handed, and lock out other replicas meanwhile."""

from alembic import context
from sqlalchemy import Connection, text

from store.tables import metadata

#: Any number that nothing else in the database uses.
_LOCK = 7_306_042_118


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
