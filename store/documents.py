"""Files of documents, kept with the database: whoever sends one needs nothing beside it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from store.review_tables import document_file as table

_KNOWN = select(table.c.name, table.c.version, table.c.file_name)
_FILE = select(table.c.file_name, table.c.content).where(
    table.c.name == bindparam("of_name"), table.c.version == bindparam("of_version")
)


def keep(connection: Connection, name: str, version: str, *, file_name: str, content: bytes, now: datetime) -> None:
    """Keep the file of a version; the same version again replaces it."""
    connection.execute(delete(table).where(table.c.name == name, table.c.version == version))
    row = {"name": name, "version": version, "file_name": file_name, "stored_at": now, "content": content}
    connection.execute(insert(table).values(row))


def known(connection: Connection) -> dict[tuple[str, str], str]:
    """Give the file name of every file that is kept, by name and version of the document."""
    return {(record[0], record[1]): record[2] for record in connection.execute(_KNOWN).all()}


def file_of(connection: Connection, name: str, version: str) -> tuple[str, bytes] | None:
    """Give the file name and the content of a version, or None where it is not kept."""
    record = connection.execute(_FILE, {"of_name": name, "of_version": version}).first()
    return None if record is None else (record[0], bytes(record[1]))
