"""One store on two engines. All store code is plain synchronous functions over a `Connection`; here is the one awaitable door.

On SQLite a single writer thread owns the only write connection and makes every checkpoint (two connections that write or
checkpoint at the same instant can corrupt a WAL database before SQLite 3.51.3); readers have their own connections. On
PostgreSQL the same functions run over asyncpg through `AsyncConnection.run_sync`.
"""

from __future__ import annotations

import asyncio
import fcntl
import queue
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, QueuePool

from store.errors import AnotherWriter, Overloaded, StoreError

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Connection], T]

#: How many pieces of work may wait for the SQLite writer before new ones are refused.
MAX_WAITING = 4096
#: How many pieces of work share one commit, at most.
MAX_GROUP = 64
#: How often a PostgreSQL transaction that lost a deadlock or a serialisation conflict is run again.
MAX_TRIES = 5
_RETRYABLE = ("40001", "40P01", "55P03")


class Database(Protocol):
    """Runs functions over a connection. `write` runs in a transaction and returns after the commit; `read` must not write."""

    dialect: str

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction; its exceptions roll it back and come through."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work` over a read-only connection."""
        ...

    async def close(self) -> None:
        """Finish what waits, then close every connection. A second call does nothing."""
        ...


def sync_engine(url: str | URL) -> Engine:
    """Give an engine for the SQLite writer, migrations and tools; `BEGIN IMMEDIATE`, WAL, synchronous=FULL."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_writer)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_writer(raw: Any, _record: object) -> None:  # noqa: ANN401  the driver's connection
    """Set what a durable writer needs: power loss must not undo an answered webhook."""
    raw.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON", "cache_size=-65536"):
        raw.execute(f"PRAGMA {pragma}")


def _prepare_reader(raw: Any, _record: object) -> None:  # noqa: ANN401  the driver's connection
    """Keep readers from writing and from checkpointing."""
    raw.isolation_level = None
    for pragma in ("busy_timeout=5000", "query_only=ON", "wal_autocheckpoint=0"):
        raw.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: a transaction that upgrades later could fail after it has read."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@dataclass(slots=True)
class _Waiting:
    """A piece of work in the writer's queue, and where its result goes."""

    work: Work[Any]
    result: Future[Any]


class SqliteDatabase:
    """SQLite in WAL mode with one writer thread; whatever waits while a commit runs shares the next commit."""

    dialect = "sqlite"

    def __init__(self, url: str) -> None:
        """Open the database for writing; raises AnotherWriter when a second process has it open for writing."""
        parsed = make_url(url)
        path = Path(parsed.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock_file = _take_lock(path)
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._readers = create_engine(parsed, poolclass=QueuePool, pool_size=4, max_overflow=4)
        event.listen(self._readers, "connect", _prepare_reader)
        self._thread = threading.Thread(target=self._write_forever, args=(parsed,), name="paidan-writer", daemon=True)
        self._closed = False
        self._thread.start()

    async def write(self, work: Work[T]) -> T:
        """Queue `work` for the writer thread and wait for its commit."""
        if self._closed:
            msg = "the database is closed"
            raise StoreError(msg)
        if self._waiting.qsize() >= MAX_WAITING:
            raise Overloaded
        future: Future[T] = Future()
        self._waiting.put(_Waiting(work, future))
        # A caller that goes away must not undo what is being committed, so the future is shielded from cancellation.
        return await asyncio.shield(asyncio.wrap_future(future))

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a thread over a reader's connection; it sees one consistent snapshot."""
        return await asyncio.to_thread(self._read, work)

    def _read(self, work: Work[T]) -> T:
        with self._readers.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                return work(connection)
            finally:
                connection.exec_driver_sql("ROLLBACK")

    async def close(self) -> None:
        """Let the writer finish what waits, then close."""
        if self._closed:
            return
        self._closed = True
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        self._readers.dispose()
        self._lock_file.close()

    def _write_forever(self, url: URL) -> None:
        engine = sync_engine(url)
        with engine.connect() as connection:
            while True:
                group, go_on = self._next_group()
                if group:
                    _commit_group(connection, group)
                if not go_on:
                    break
        engine.dispose()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Wait for one piece of work, then take along whatever else waits."""
        first = self._waiting.get()
        if first is None:
            return [], False
        group = [first]
        while len(group) < MAX_GROUP:
            try:
                more = self._waiting.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return group, False
            group.append(more)
        return group, True


def _commit_group(connection: Connection, group: list[_Waiting]) -> None:
    """Run a group in one transaction, each piece in its own savepoint, and answer after the commit."""
    outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
    try:
        with connection.begin():
            for waiting in group:
                outcomes.append(_run_one(connection, waiting, alone=len(group) == 1))
                if len(group) == 1 and outcomes[0][2] is not None:
                    raise outcomes[0][2]
    except Exception as failure:  # noqa: BLE001  whatever failed the commit is every caller's answer
        outcomes = [(waiting.result, None, failure) for waiting in group]
    for future, value, error in outcomes:
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


def _run_one(connection: Connection, waiting: _Waiting, *, alone: bool) -> tuple[Future[Any], Any, Exception | None]:
    """Run one piece of work; in company, its failure is undone by its savepoint and nobody else's."""
    if not alone:
        connection.exec_driver_sql("SAVEPOINT piece")
    try:
        value = waiting.work(connection)
    except Exception as error:  # noqa: BLE001  the caller gets it; the writer must live on
        if not alone:
            connection.exec_driver_sql("ROLLBACK TO piece")
            connection.exec_driver_sql("RELEASE piece")
        return waiting.result, None, error
    if not alone:
        connection.exec_driver_sql("RELEASE piece")
    return waiting.result, value, None


def _take_lock(path: Path) -> IO[bytes]:
    """Hold `<database>.lock` for as long as this process writes; the system frees it when the process dies."""
    handle = path.with_name(path.name + ".lock").open("ab")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise AnotherWriter from error
    return handle


class PostgresDatabase:
    """PostgreSQL over asyncpg; the same functions, one transaction each, run again when they lose a deadlock."""

    dialect = "postgresql"

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        """Make the pool; nothing connects before the first use."""
        # A frozen replica must free its locks within 10 s, and nobody waits longer than that for one.
        settings = {"lock_timeout": "10000", "idle_in_transaction_session_timeout": "10000", "application_name": "paidan"}
        self._engine: AsyncEngine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"server_settings": settings, "timeout": 10},
        )

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction; shielded, so that a caller who goes away can't cut it in two."""
        return await asyncio.shield(asyncio.ensure_future(self._write(work)))

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
        async with self._engine.connect() as connection:
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


def open_database(url: str) -> Database:
    """Open the database that the URL names: `sqlite:///…` or `postgresql://…`."""
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return SqliteDatabase(url)
    if backend == "postgresql":
        return PostgresDatabase(url)
    msg = f"PAIDAN_DATABASE_URL: {backend} is not a database that paidan can use; write sqlite:///… or postgresql://…"
    raise StoreError(msg)


class BatchQueue(Generic[Item, Result]):
    """Gathers single requests into batches: whatever came in while the last batch was committing is the next one.

    There is no waiting timer: with one caller a batch is one item and costs nothing; under load batches grow by themselves.
    """

    def __init__(self, run: Callable[[list[Item]], Awaitable[list[Result]]], *, most: int = 64, waiting: int = 2000) -> None:
        """Remember how to run a batch of at most `most` items; refuse new ones beyond `waiting`."""
        self._run = run
        self._most = most
        self._limit = waiting
        self._items: list[tuple[Item, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        """Give the item to the next batch and wait for its own result; raises Overloaded when too much waits."""
        if len(self._items) >= self._limit:
            raise Overloaded
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._items.append((item, future))
        if self._running is None:
            self._running = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        try:
            while self._items:
                batch, self._items = self._items[: self._most], self._items[self._most :]
                await self._run_batch(batch)
        finally:
            self._running = None

    async def _run_batch(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._run([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001  every waiting caller gets it
            if len(batch) > 1:
                # One bad item must not fail its neighbours: run each by itself, so that only the guilty one hears of it.
                for single in batch:
                    await self._run_batch([single])
                return
            if not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
