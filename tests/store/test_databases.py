"""One awaitable door on two engines: atomic, isolated, refusing when closed."""

import asyncio
import threading

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from store import ids, versions
from store.database import Database, PostgresDatabase, SqliteDatabase, open_database
from store.errors import Overloaded, StoreError
from store.work import Work
from tests.store.given import NOW


def _put(name: str, value: object) -> Work[None]:
    return lambda connection: versions.set_state(connection, name, value, NOW)


async def _names(database: Database) -> set[str]:
    statement = text("SELECT name FROM service_state WHERE name <> 'installation'")
    return await database.read(lambda connection: set(connection.execute(statement).scalars()))


async def test_a_failure_undoes_its_own_work_and_nobody_elses(database: Database) -> None:
    """On SQLite many share a commit, each in a savepoint: one bad piece must not take its neighbours with it."""

    def fail(connection: Connection) -> None:
        versions.set_state(connection, "doomed", 1, NOW)
        raise LookupError

    def break_a_constraint(connection: Connection) -> None:
        versions.set_state(connection, "doomed too", 1, NOW)
        connection.execute(text("INSERT INTO service_state VALUES ('installation', '1', 1)"))

    work: list[Work[None]] = [_put(f"n{number}", number) for number in range(20)]
    work[3:3] = [fail, break_a_constraint]
    answers = await asyncio.gather(*map(database.write, work), return_exceptions=True)

    assert await _names(database) == {f"n{number}" for number in range(20)}
    assert isinstance(answers[3], LookupError)
    assert isinstance(answers[4], DBAPIError)
    assert [answer for answer in answers[:3] + answers[5:] if answer is not None] == []


async def test_a_failure_alone_is_undone_too(database: Database) -> None:
    """Alone there is no savepoint, but the transaction itself."""

    def fail(connection: Connection) -> None:
        versions.set_state(connection, "doomed", 1, NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)

    assert await _names(database) == set()
    await database.write(_put("next", 1))
    assert await _names(database) == {"next"}


async def test_ids_are_unique_and_without_gaps_under_concurrency(database: Database) -> None:
    """Two leads with one number would be one lead to everybody; a failed transaction gives its numbers back."""

    def fail(connection: Connection) -> range:
        ids.reserve(connection, "lead", 3)
        raise LookupError

    jobs = [database.write(lambda connection: ids.reserve(connection, "lead", 3)) for _ in range(30)]
    jobs += [database.write(fail) for _ in range(5)]
    taken = [block for block in await asyncio.gather(*jobs, return_exceptions=True) if isinstance(block, range)]

    assert sorted(number for block in taken for number in block) == list(range(ids.FIRST_ID, ids.FIRST_ID + 90))
    assert await database.read(lambda connection: ids.peek(connection, "lead")) == ids.FIRST_ID + 90


async def test_a_caller_who_goes_away_does_not_undo_what_is_being_written(database_url: str) -> None:
    """A browser that closes in the middle of a commit must not leave half of it, nor nothing of what was answered."""
    database = open_database(database_url)
    slow = asyncio.ensure_future(database.write(_pause))
    await asyncio.sleep(0.1)
    queued = asyncio.ensure_future(database.write(_put("queued", 1)))
    await asyncio.sleep(0.01)
    for caller in (slow, queued):
        caller.cancel()
    await asyncio.gather(slow, queued, return_exceptions=True)
    await database.close()

    reopened = open_database(database_url)
    assert await _names(reopened) == {"queued"}
    await reopened.close()


async def test_a_reader_sees_one_moment_and_cannot_write(database: Database) -> None:
    """Pages and answers are made from one consistent state; nothing that reads may change anything."""
    started, go_on = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def read_twice(connection: Connection) -> tuple[object, object]:
        before = versions.state(connection, "name")
        started.set()
        loop.call_soon_threadsafe(go_on.set)
        _pause(connection)
        return before, versions.state(connection, "name")

    await database.write(_put("name", "before"))
    reading = asyncio.ensure_future(database.read(read_twice))
    await go_on.wait()
    await database.write(_put("name", "after"))
    assert await reading == ("before", "before")

    with pytest.raises(DBAPIError, match=r"read-?only"):
        await database.read(_put("name", "forbidden"))


def _pause(connection: Connection) -> None:
    """Wait half a second inside a transaction, without holding up the event loop on either engine."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_sleep(0.5)"))
    else:
        threading.Event().wait(0.5)


async def test_a_closed_database_refuses_and_closing_twice_does_nothing(database: Database) -> None:
    """Work handed in after the end would wait for ever."""
    last = [asyncio.ensure_future(database.write(_put(f"last{number}", 1))) for number in range(5)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()

    assert await asyncio.gather(*last, return_exceptions=True) == [None] * 5
    with pytest.raises(StoreError, match="closed"):
        await database.write(_put("late", 1))
    with pytest.raises(StoreError, match="closed"):
        await database.read(lambda connection: versions.state(connection, "late"))


async def test_too_much_waiting_work_is_refused(database_url: str) -> None:
    """Memory is finite, and who is refused at once can try again; what was taken on is done."""
    kind = SqliteDatabase if database_url.startswith("sqlite") else PostgresDatabase
    database = kind(database_url, waiting=10)
    jobs = [asyncio.ensure_future(database.write(_pause))]
    await asyncio.sleep(0.1)
    jobs += [asyncio.ensure_future(database.write(_put(f"n{number}", 1))) for number in range(30)]

    answers = await asyncio.gather(*jobs, return_exceptions=True)

    done = [answer for answer in answers if answer is None]
    assert len(done) in {10, 11}
    assert all(isinstance(answer, Overloaded) for answer in answers if answer is not None)
    assert len(await _names(database)) == len(done) - 1
    await database.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root@db/x", "mysql is not a database"),
        ("nonsense", "can't be read"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_the_mend(url: str, says: str) -> None:
    """The setting is named, and an example given."""
    with pytest.raises(StoreError, match=says):
        open_database(url)
