"""PostgreSQL: the same synchronous functions over asyncpg, through `AsyncConnection.run_sync`."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import exc, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from store.errors import Overloaded, StoreError
from store.work import MAX_WAITING, T, Work, read_only

#: How often a transaction that lost a deadlock, a serialisation conflict, its patience or a key is run again.
MAX_TRIES = 5
#: Lost a serialisation conflict; was the victim of a deadlock; waited too long for a lock; was second with a unique key:
#: two replicas took the same delivery or callback at once, and the loser finds the winner's rows when it runs again.
_RETRYABLE = ("40001", "40P01", "55P03", "23505")
#: A frozen replica must free its locks within 10 s, and nobody waits longer than that for one.
_SETTINGS = {
    "lock_timeout": "10000",
    "idle_in_transaction_session_timeout": "10000",
    "application_name": "paidan",
    "jit": "off",
}


def asyncpg_url(url: str | URL) -> URL:
    """Give the URL in the form that the only driver here takes: libpq's `sslmode` is asyncpg's `ssl`."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    mode = parsed.query.get("sslmode")
    if mode is None:
        return parsed
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": str(mode)})


class PostgresDatabase:
    """PostgreSQL over asyncpg; one transaction for each piece of work, run again when it loses a deadlock."""

    dialect = "postgresql"

    def __init__(self, url: str, *, pool_size: int = 8, waiting: int = MAX_WAITING) -> None:
        """Make the pool, connecting to nothing yet; refuse new work while `waiting` pieces are under way."""
        self._engine: AsyncEngine = create_async_engine(
            # The parameters of a failed statement hold personal data, and errors end up in logs.
            asyncpg_url(url),
            pool_size=pool_size,
            max_overflow=0,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"server_settings": _SETTINGS, "timeout": 10},
        )
        self._writing: set[asyncio.Task[Any]] = set()
        self._limit = waiting
        self._closed = False

    async def write(self, work: Work[T], *, first: bool = False) -> T:
        """Run `work` in one transaction; shielded, so that a caller who goes away can't cut it in two.

        There is no line in which to go `first`.
        """
        del first
        self._refuse_closed()
        if len(self._writing) >= self._limit:
            raise Overloaded
        task = asyncio.ensure_future(self._write(work))
        # The loop itself holds tasks only weakly, and `close` waits for these.
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    async def _write(self, work: Work[T]) -> T:
        for attempt in range(MAX_TRIES):
            try:
                async with self._engine.begin() as connection:
                    return await connection.run_sync(work)
            except exc.DBAPIError as error:
                if attempt + 1 == MAX_TRIES or getattr(error.orig, "sqlstate", None) not in _RETRYABLE:
                    raise
        raise AssertionError  # the loop returns or raises

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a read-only transaction with one snapshot."""
        self._refuse_closed()
        async with self._engine.connect() as connection:
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            return await connection.run_sync(lambda sync: work(read_only(sync)))

    async def close(self) -> None:
        """Wait for what is being written, then close the pool."""
        if self._closed:
            return
        self._closed = True
        await asyncio.gather(*self._writing, return_exceptions=True)
        await self._engine.dispose()

    def _refuse_closed(self) -> None:
        if self._closed:
            msg = "the database is closed"
            raise StoreError(msg)
