"""One store on two engines: store code is synchronous functions over a `Connection`; here is the one awaitable door."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from store.batch_queue import BatchQueue
from store.errors import StoreError
from store.postgres_database import PostgresDatabase
from store.sqlite_database import SqliteDatabase, sync_engine
from store.sqlite_readers import SqliteReaders
from store.work import T, Work

__all__ = [
    "BatchQueue", "Database", "PostgresDatabase", "SqliteDatabase",
    "Work", "open_database", "open_readers", "sync_engine",
]  # fmt: skip


class Database(Protocol):
    """Runs functions over a connection: `write` returns after the commit, `read` must not write."""

    dialect: str

    async def write(self, work: Work[T], *, first: bool = False) -> T:
        """Run `work` in one transaction; its exceptions roll it back and come through. It may run more than once.

        Where writers stand in a line, `first` goes before the others, though not for ever.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work` over a read-only connection."""
        ...

    async def close(self) -> None:
        """Finish what waits, then close every connection. A second call does nothing."""
        ...


def open_database(url: str) -> Database:
    """Open the database that the URL names: `sqlite:///…` or `postgresql://…`."""
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError as error:
        msg = "PAIDAN_DATABASE_URL can't be read: write sqlite:///… or postgresql://…"
        raise StoreError(msg) from error
    if backend == "sqlite":
        return SqliteDatabase(url)
    if backend == "postgresql":
        return PostgresDatabase(url)
    msg = f"PAIDAN_DATABASE_URL: {backend} is not a database that paidan can use; write sqlite:///… or postgresql://…"
    raise StoreError(msg)


def open_readers(url: str) -> Database:
    """Open a database only for reading, beside whoever writes it; raises StoreError where there is none."""
    return SqliteReaders(url) if url.startswith("sqlite") else open_database(url)
