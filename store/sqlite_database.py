"""SQLite: one writer thread, group commit, readers beside it.

The writer thread owns the only write connection and makes every checkpoint: two connections that write or checkpoint at
the same instant can corrupt a WAL database before SQLite 3.51.3. For the same reason only one process may write.
"""

from __future__ import annotations

import asyncio
import fcntl
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool, QueuePool

from store import kept_rows
from store.errors import AnotherWriter, Overloaded, StoreError
from store.prepared import STATEMENTS_KEPT, ask, raw_of
from store.work import MAX_WAITING, T, Work, read_only

#: How many pieces of work share one commit, at most.
MAX_GROUP = 64
#: So many groups of those who go first may pass over somebody who waits, so that nobody starves under load.
PASSED_OVER = 3


def sync_engine(url: str | URL) -> Engine:
    """Give an engine for the SQLite writer, migrations and tools; `BEGIN IMMEDIATE`, WAL, synchronous=FULL."""
    engine = create_engine(
        url, poolclass=NullPool, hide_parameters=True, connect_args={"cached_statements": STATEMENTS_KEPT}
    )
    event.listen(engine, "connect", _prepare_writer)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def sqlite_path(url: str | URL) -> Path:
    """Give the file of a SQLite URL; raises StoreError where there is none."""
    database = make_url(url).database
    if not database or database == ":memory:":
        msg = "PAIDAN_DATABASE_URL: a SQLite database needs a file, such as sqlite:///data/paidan.db"
        raise StoreError(msg)
    return Path(database)


@contextmanager
def writer_lock(url: str | URL) -> Iterator[None]:
    """Hold the right to write to a SQLite database; raises AnotherWriter."""
    handle = _take_lock(sqlite_path(url))
    try:
        yield
    finally:
        handle.close()


def _take_lock(path: Path) -> IO[bytes]:
    """Hold `<database>.lock` for as long as this process writes; the system frees it when the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Names and companies are sealed inside, the rest is still nobody else's; -wal and -shm get the same mode from SQLite.
    path.touch(mode=0o600)
    handle = path.with_name(path.name + ".lock").open("ab")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        msg = f"another process is writing to {path.name}; only one may"
        raise AnotherWriter(msg) from error
    return handle


def _prepare_writer(raw: Any, _record: object) -> None:
    """Set what a durable writer needs: power loss must not undo an answered webhook."""
    raw.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON", "cache_size=-65536"):
        raw.execute(f"PRAGMA {pragma}")


def prepare_reader(raw: Any, _record: object) -> None:
    """Keep readers from writing and from checkpointing."""
    raw.isolation_level = None
    for pragma in ("busy_timeout=5000", "query_only=ON", "wal_autocheckpoint=0"):
        raw.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: a transaction that upgrades later could fail after it has read."""
    ask(raw_of(connection), "BEGIN IMMEDIATE")


@dataclass(slots=True)
class _Waiting:
    """A piece of work in the writer's queue, and where its result goes."""

    work: Work[Any]
    result: Future[Any]


class _Line:
    """What waits for the writer: those who go first are served before the others, and by themselves."""

    def __init__(self) -> None:
        self._passed_over = 0
        self._first: deque[_Waiting] = deque()
        self._others: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        return len(self._first) + len(self._others)

    def join(self, waiting: _Waiting, *, first: bool) -> None:
        with self._changed:
            (self._first if first else self._others).append(waiting)
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def next_group(self) -> list[_Waiting]:
        """Wait for work, then give what shares the next commit; empty once the line is closed and nothing waits."""
        with self._changed:
            while not (self._first or self._others or self._closed):
                self._changed.wait()
            waits_long = self._passed_over >= PASSED_OVER
            served = self._others if self._others and (waits_long or not self._first) else self._first
            self._passed_over = self._passed_over + 1 if served is self._first and self._others else 0
            return [served.popleft() for _ in range(min(len(served), MAX_GROUP))]


class SqliteDatabase:
    """SQLite in WAL mode with one writer thread; whatever waits while a commit runs shares the next commit."""

    dialect = "sqlite"

    def __init__(self, url: str, *, waiting: int = MAX_WAITING) -> None:
        """Open the database for writing; refuse new work while `waiting` pieces wait.

        Raises:
            AnotherWriter: a second process has it open for writing.
            StoreError: the URL names no file.
            sqlalchemy.exc.DBAPIError: the file can't be opened or is no database.
        """
        parsed = make_url(url)
        self._lock_file = _take_lock(sqlite_path(parsed))
        self._line = _Line()
        self._readers = create_engine(parsed, poolclass=QueuePool, pool_size=4, max_overflow=4, hide_parameters=True)
        event.listen(self._readers, "connect", prepare_reader)
        opened: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._write_forever, args=(parsed, opened), name="paidan-writer", daemon=True
        )
        self._limit = waiting
        self._closed = False
        self._thread.start()
        try:
            opened.result()
        except Exception:
            self._lock_file.close()
            raise

    async def write(self, work: Work[T], *, first: bool = False) -> T:
        """Queue `work` for the writer thread and wait for its commit; `first` goes before what can wait a little."""
        self._refuse_closed()
        if len(self._line) >= self._limit:
            raise Overloaded
        future: Future[T] = Future()
        self._line.join(_Waiting(work, future), first=first)
        # A caller that goes away must not undo what is being committed, so the future is shielded from cancellation.
        return await asyncio.shield(asyncio.wrap_future(future))

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a thread over a reader's connection; it sees one consistent snapshot."""
        self._refuse_closed()
        return await asyncio.to_thread(self._read, work)

    def _read(self, work: Work[T]) -> T:
        with self._readers.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                return work(read_only(connection))
            finally:
                connection.exec_driver_sql("ROLLBACK")

    async def close(self) -> None:
        """Let the writer finish what waits, then close; the writer goes last, since the last one makes a checkpoint."""
        if self._closed:
            return
        self._closed = True
        self._readers.dispose()
        self._line.close()
        await asyncio.to_thread(self._thread.join)
        self._lock_file.close()

    def _refuse_closed(self) -> None:
        if self._closed:
            msg = "the database is closed"
            raise StoreError(msg)

    def _write_forever(self, url: URL, opened: Future[None]) -> None:
        engine = sync_engine(url)
        try:
            connection = engine.connect()
        except Exception as error:  # noqa: BLE001  whoever opens the database gets it
            opened.set_exception(error)
            return
        opened.set_result(None)
        kept_rows.begin_keeping(connection)
        with connection:
            while group := self._line.next_group():
                # A caller may be gone before the writer came to his work; from here on he can't take it back.
                group = [waiting for waiting in group if waiting.result.set_running_or_notify_cancel()]
                if group:
                    _commit_group(connection, group)
        engine.dispose()


def _commit_group(connection: Connection, group: list[_Waiting]) -> None:
    """Run a group in one transaction, each piece in its own savepoint, and answer after the commit."""
    run = _run_alone if len(group) == 1 else _run_in_savepoint
    try:
        with connection.begin():
            kept_rows.check(connection)
            outcomes = [run(connection, waiting.work) for waiting in group]
    except Exception as failure:  # noqa: BLE001  whatever failed the commit is every caller's answer
        kept_rows.forget_all(connection)
        outcomes = [(None, failure)] * len(group)
    for waiting, (value, error) in zip(group, outcomes, strict=True):
        if error is None:
            waiting.result.set_result(value)
        else:
            waiting.result.set_exception(error)


def _run_alone(connection: Connection, work: Work[Any]) -> tuple[Any, Exception | None]:
    """Run the only piece of work: its failure undoes the transaction."""
    return work(connection), None


def _run_in_savepoint(connection: Connection, work: Work[Any]) -> tuple[Any, Exception | None]:
    """Run one piece of work in company: its failure is undone by its savepoint and is nobody else's."""
    raw = raw_of(connection)
    ask(raw, "SAVEPOINT piece")
    try:
        value = work(connection)
    except Exception as error:  # noqa: BLE001  the caller gets it; his neighbours go on
        kept_rows.forget_all(connection)
        ask(raw, "ROLLBACK TO piece")
        ask(raw, "RELEASE piece")
        return None, error
    ask(raw, "RELEASE piece")
    return value, None
