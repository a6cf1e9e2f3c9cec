"""Deadlines: taken by one, in their order, and there again after a crash."""

import asyncio

import pytest
from sqlalchemy import Connection, text

from store import timers
from store.database import Database, PostgresDatabase
from store.rows import TimerRow
from store.transaction import Transaction
from store.work import Work
from tests.store.given import KEYS, MINUTE, NOW


def _set(count: int) -> Work[None]:
    def work(connection: Connection) -> None:
        tx = Transaction(connection, KEYS, NOW)
        for number in range(count):
            tx.timer("look", NOW - number * MINUTE, lead_id=1001 + number, offer_no=1)
        tx.flush()

    return work


def _take(limit: int) -> Work[list[TimerRow]]:
    def work(connection: Connection) -> list[TimerRow]:
        due = timers.due(connection, NOW, limit=limit)
        timers.remove(connection, [row.timer_id for row in due])
        return due

    return work


async def test_the_longest_overdue_come_first_and_none_comes_twice(database: Database) -> None:
    """After an outage leads are handled in the order in which they became late."""
    await database.write(_set(5))

    taken = [row.lead_id for _ in range(4) for row in await database.write(_take(2))]

    assert taken == [1005, 1004, 1003, 1002, 1001]
    assert await database.read(timers.next_due_at) is None


async def test_a_timer_whose_handling_failed_is_still_there(database: Database) -> None:
    """Taking, handling and removing are one transaction: a crash in between loses no deadline."""
    await database.write(_set(1))

    def crash(connection: Connection) -> None:
        _take(9)(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(crash)

    [row] = await database.write(lambda connection: timers.due(connection, NOW, limit=9))
    assert row.lead_id == 1001


async def test_a_postponed_timer_comes_later_and_counts_its_attempts(database: Database) -> None:
    """A timer that can't be handled must not block those behind it."""
    await database.write(_set(1))
    [row] = await database.write(lambda connection: timers.due(connection, NOW, limit=9))

    await database.write(lambda connection: timers.postpone(connection, row.timer_id, NOW + MINUTE))

    assert await database.write(_take(9)) == []
    assert await database.read(timers.next_due_at) == NOW + MINUTE
    [again] = await database.write(lambda connection: timers.due(connection, NOW + MINUTE, limit=9))
    assert again.attempts == 1


async def test_whether_an_offer_is_watched_is_known(database: Database) -> None:
    """The auditor repairs offers that nothing watches; it must not add a second timer to the others."""
    await database.write(_set(1))

    found = await database.read(
        lambda connection: [
            timers.exists(connection, *key)
            for key in (("look", 1001, 1), ("undelivered", 1001, 1), ("look", 1001, 2), ("look", 1002, 1))
        ]
    )

    assert found == [True, False, False, False]


@pytest.mark.postgres
async def test_replicas_share_due_timers_without_waiting(postgres_url: str) -> None:
    """Every timer is handled by exactly one replica, and none waits for another's."""
    database = PostgresDatabase(postgres_url)
    await database.write(_set(100))

    def slowly(connection: Connection) -> list[TimerRow]:
        due = _take(20)(connection)
        connection.execute(text("SELECT pg_sleep(0.3)"))
        return due

    started = asyncio.get_running_loop().time()
    taken = await asyncio.gather(*(database.write(slowly) for _ in range(5)))

    assert asyncio.get_running_loop().time() - started < 1
    assert sorted(row.lead_id or 0 for rows in taken for row in rows) == list(range(1001, 1101))
    await database.close()
