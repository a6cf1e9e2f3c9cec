"""Reading a SQLite database beside the process that writes it: no lock, no checkpoint, no write."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.pool import NullPool

from store.errors import StoreError
from store.sqlite_database import prepare_reader, sqlite_path
from store.work import T, Work


class SqliteReaders:
    """A database for commands that only read."""

    dialect = "sqlite"

    def __init__(self, url: str) -> None:
        """Open nothing yet; raises StoreError where there is no such file."""
        parsed = make_url(url)
        if not sqlite_path(parsed).exists():
            msg = f"there is no database {sqlite_path(parsed)}: paidan db upgrade makes one"
            raise StoreError(msg)
        self._engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True)
        event.listen(self._engine, "connect", prepare_reader)

    async def write(self, work: Work[T], *, first: bool = False) -> NoReturn:
        """Refuse."""
        del work, first
        msg = "this connection only reads"
        raise StoreError(msg)

    async def read(self, work: Work[T]) -> T:
        """Run `work` over one consistent snapshot."""
        return await asyncio.to_thread(self._read, work)

    def _read(self, work: Work[T]) -> T:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                return work(connection)
            finally:
                connection.exec_driver_sql("ROLLBACK")

    async def close(self) -> None:
        """Close what is open."""
        self._engine.dispose()
