"""What the only writer keeps in memory says the same as the database, whatever is undone and whoever writes beside it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import Connection, make_url

from store import accounts, people, standings, versions
from store.database import SqliteDatabase
from store.people import LeaveRow
from store.transaction import Transaction
from tests.store.given import KEYS, MINUTE, NOW


@pytest.fixture
async def writer(sqlite_url: str) -> AsyncIterator[SqliteDatabase]:
    """Give a writer over three reps without anything."""
    database = SqliteDatabase(sqlite_url)
    await database.write(lambda connection: standings.ensure(connection, ["a", "b", "c"]))
    yield database
    await database.close()


def _opened(connection: Connection, rep_id: str, count: int) -> Transaction:
    tx = Transaction(connection, KEYS, NOW)
    tx.standings()[rep_id].open += count
    return tx


def _open(connection: Connection, rep_id: str, count: int = 1) -> None:
    _opened(connection, rep_id, count).flush()


def _seen(connection: Connection) -> dict[str, int]:
    loaded = standings.load(connection)
    positions = loaded.positions(list(loaded))
    # Before any row is made: from then on the rows tell, whatever the columns have kept.
    columns, arrays = loaded.column("open", positions.tolist()), loaded.numbers("open", positions).tolist()
    rows = {rep_id: row.open for rep_id, row in loaded.items()}
    assert columns == arrays == list(rows.values())
    return rows


async def _both(database: SqliteDatabase) -> dict[str, int]:
    """Give what the writer works with, which must be what lies in the file."""
    seen = await database.write(_seen)
    assert await database.read(_seen) == seen
    return seen


async def test_one_transaction_sees_what_the_last_one_has_written(writer: SqliteDatabase) -> None:
    """Counters move in memory and in the file alike."""
    await _both(writer)
    for rep_id in ("a", "b", "a"):
        await writer.write(lambda connection, rep_id=rep_id: _open(connection, rep_id))  # type: ignore[misc]

    assert await _both(writer) == {"a": 2, "b": 1, "c": 0}


async def test_what_is_undone_is_forgotten(writer: SqliteDatabase) -> None:
    """A use case that fails after it has moved a counter leaves none moved: alone, in company, and before it was written."""

    def fails(connection: Connection, *, written: bool) -> None:
        tx = _opened(connection, "a", 5)
        if written:
            tx.flush()
        raise ZeroDivisionError

    for written in (True, False):
        with pytest.raises(ZeroDivisionError):
            await writer.write(lambda connection, written=written: fails(connection, written=written))  # type: ignore[misc]
        assert await _both(writer) == {"a": 0, "b": 0, "c": 0}

    def held(connection: Connection) -> None:
        _open(connection, "c")

    # While the writer is held all three come to wait, and share one transaction.
    works = [lambda _: sleep(0.1), held, lambda connection: fails(connection, written=True), held]
    outcomes = await asyncio.gather(*(_outcome(writer.write(work)) for work in works))
    assert outcomes == [None, None, "ZeroDivisionError", None]
    assert await _both(writer) == {"a": 0, "b": 0, "c": 2}


async def _outcome(done: Awaitable[None]) -> str | None:
    try:
        await done
    except ZeroDivisionError as error:
        return type(error).__name__
    return None


async def test_what_nobody_wrote_down_is_not_kept(writer: SqliteDatabase) -> None:
    """Memory never runs ahead of the file: what was changed and not flushed is as it was in the next transaction."""

    def moves(connection: Connection, *, flushed: bool) -> list[int]:
        tx = _opened(connection, "a", 5)
        moved = tx.accounts()
        place = moved.positions(["a"])
        moved.columns[0, place] += 7
        tx.touch_accounts()
        if flushed:
            tx.flush()
        return [Transaction(connection, KEYS, NOW).accounts().deficit_of(rep_id) for rep_id in ("a", "b")]

    assert await writer.write(lambda connection: moves(connection, flushed=False)) == [0, 0]
    assert await _both(writer) == {"a": 0, "b": 0, "c": 0}
    assert await writer.write(lambda connection: moves(connection, flushed=True)) == [7, 0]
    assert await _both(writer) == {"a": 5, "b": 0, "c": 0}
    assert await writer.read(lambda connection: accounts.load(connection).deficit_of("a")) == 7


async def test_somebody_who_writes_past_the_lock_is_noticed(writer: SqliteDatabase) -> None:
    """An admin at the file with another program, at 3 a.m.: what he commits counts from the next transaction on."""
    await writer.write(lambda connection: _open(connection, "b"))
    beside = sqlite3.connect(str(make_url(str(writer._readers.url)).database))  # noqa: SLF001  the same file
    beside.execute("UPDATE rep_standing SET open = 7 WHERE rep_id = 'a'")
    beside.execute("INSERT INTO service_state (name, value, changed_at) VALUES ('told', '1', 0)")
    beside.commit()
    beside.close()

    assert await _both(writer) == {"a": 7, "b": 1, "c": 0}
    assert await writer.write(lambda connection: versions.state(connection, "told")) == 1


async def test_leave_credits_and_states_are_kept_until_they_change(writer: SqliteDatabase) -> None:
    """Each has one way in, and that one forgets; a clock set back finds a leave that was over again."""
    leave = LeaveRow(0, "a", NOW, NOW + MINUTE)

    def story(connection: Connection) -> list[object]:
        told: list[object] = [people.leaves_from(connection, NOW), people.unused_credits(connection)]
        leave_id = people.add_leave(connection, leave, entered_by="a", now=NOW)
        told.append([row.rep_id for row in people.leaves_from(connection, NOW)])
        told.append(people.leaves_from(connection, NOW + 2 * MINUTE))
        told.append([row.rep_id for row in people.leaves_from(connection, NOW - timedelta(days=1))])
        people.cancel_leave(connection, leave_id, NOW)
        told.append(people.leaves_from(connection, NOW))
        [credit] = people.add_credits(connection, "b", 1, reason="r", given_by="boss", now=NOW)
        told.append(people.unused_credits(connection) == [("b", credit)])
        people.use_credits(connection, {credit: 9})
        told.append(people.unused_credits(connection))
        people.use_credits(connection, {credit: None})
        people.remove_credits(connection, [credit])
        told.append(people.unused_credits(connection))
        versions.set_state(connection, "circuit", {"since": "then"}, NOW)
        told.append(versions.state(connection, "circuit"))
        versions.set_state(connection, "circuit", {}, NOW)
        told.append(versions.state(connection, "circuit"))
        return told

    said = await writer.write(story)

    assert said == [[], [], ["a"], [], ["a"], [], True, [], [], {"since": "then"}, {}]
