"""Which schema the database has, and bringing it up to date."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from store.errors import SchemaTooNew, SchemaTooOld

#: The newest migration; a test keeps it true, so that starting up needs no Alembic.
NEWEST = "0008"


def upgrade(url: str) -> None:
    """Bring a database up to date, an empty one to its first tables; does nothing where nothing is to be done.

    Safe to run from several replicas at once. Blocks until done.

    Args:
        url: as in PAIDAN_DATABASE_URL.

    Raises:
        AnotherWriter: another process has this SQLite database open for writing.
    """
    from store.migrations.runner import migrate_url  # noqa: PLC0415  Alembic takes a second to load; only this needs it

    migrate_url(url)


def current(connection: Connection) -> str | None:
    """Give the revision of the database's schema, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def is_current(connection: Connection) -> bool:
    """Say whether the schema is the one this program was written for."""
    return current(connection) == NEWEST


def check(connection: Connection) -> None:
    """Refuse a database with another schema; raises SchemaTooOld or SchemaTooNew."""
    found = current(connection)
    if found is None or found < NEWEST:
        msg = f"the database has schema {found or 'none'}, this program needs {NEWEST}: run `paidan db upgrade`"
        raise SchemaTooOld(msg)
    if found > NEWEST:
        msg = f"the database has schema {found}, this program knows {NEWEST} at most: start the newer program"
        raise SchemaTooNew(msg)
