"""PostgreSQL: replicas that fight, freeze or lose their connection."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from store import standings, versions
from store.postgres_database import PostgresDatabase, asyncpg_url
from store.work import Work
from tests.store.given import NOW

pytestmark = pytest.mark.postgres


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """Give a replica's own pool."""
    opened = PostgresDatabase(postgres_url, pool_size=4)
    yield opened
    await opened.close()


async def test_a_deadlock_is_run_again_until_both_have_their_way(database: PostgresDatabase) -> None:
    """Locks are taken in one order everywhere; where that fails once, nobody's lead may be lost for it."""
    await database.write(lambda connection: standings.ensure(connection, ["a", "b"]))
    tries = {"ab": 0, "ba": 0}

    def cross(order: str) -> Work[None]:
        def work(connection: Connection) -> None:
            tries[order] += 1
            for rep_id in order:
                connection.execute(
                    text("UPDATE rep_standing SET wins = wins + 1 WHERE rep_id = :rep_id"), {"rep_id": rep_id}
                )
                connection.execute(text("SELECT pg_sleep(0.2)"))

        return work

    await asyncio.gather(database.write(cross("ab")), database.write(cross("ba")))

    after = await database.read(standings.load)
    assert {rep_id: row.wins for rep_id, row in after.items()} == {"a": 2, "b": 2}
    assert sum(tries.values()) > 2


async def test_a_frozen_replica_frees_its_locks(postgres_url: str, database: PostgresDatabase) -> None:
    """A replica that stops in the middle of a transaction must not stop the others for longer than 10 seconds."""
    await database.write(lambda connection: standings.ensure(connection, ["a"]))
    url = asyncpg_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    frozen = await asyncpg.connect(url, server_settings={"idle_in_transaction_session_timeout": "500"})
    await frozen.execute("BEGIN")
    await frozen.execute("SELECT * FROM rep_standing FOR UPDATE")

    started = asyncio.get_running_loop().time()
    await database.write(standings.load)

    assert 0.3 < asyncio.get_running_loop().time() - started < 5
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)):
        await frozen.execute("SELECT 1")
    frozen.terminate()


async def test_every_connection_has_the_time_limits(database: PostgresDatabase) -> None:
    """No transaction waits, or sits idle with its locks, for more than 10 seconds."""
    names = ("lock_timeout", "idle_in_transaction_session_timeout", "application_name")

    found = await database.write(
        lambda connection: [connection.execute(text(f"SHOW {name}")).scalar() for name in names]
    )

    assert found == ["10s", "10s", "paidan"]


async def test_who_waits_too_long_for_a_lock_tries_again(postgres_url: str, database: PostgresDatabase) -> None:
    """A lock that comes free a moment after the limit is still a lead that is decided."""
    await database.write(lambda connection: standings.ensure(connection, ["a"]))
    url = asyncpg_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    holder = await asyncpg.connect(url)
    await holder.execute("BEGIN")
    await holder.execute("SELECT * FROM rep_standing FOR UPDATE")
    tries = 0

    def impatient(connection: Connection) -> int:
        nonlocal tries
        tries += 1
        connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
        return len(standings.load(connection))

    waiting = asyncio.ensure_future(database.write(impatient))
    await asyncio.sleep(0.5)
    await holder.execute("ROLLBACK")
    await holder.close()

    assert await waiting == 1
    assert tries > 1


async def test_a_lost_connection_fails_one_piece_of_work_and_not_the_next(database: PostgresDatabase) -> None:
    """After a restart of the database the service goes on by itself."""
    await database.write(lambda connection: versions.set_state(connection, "before", 1, NOW))

    def die(connection: Connection) -> None:
        versions.set_state(connection, "doomed", 1, NOW)
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DBAPIError):
        await database.write(die)
    # Idle connections of the pool are dead too, after a restart.
    await asyncio.gather(*(database.read(_look) for _ in range(4)))
    await database.write(lambda connection: list(connection.execute(_END_OTHERS)))

    assert await asyncio.gather(*(database.read(_look) for _ in range(4))) == [{"before": 1}] * 4


_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


def _look(connection: Connection) -> dict[str, Any]:
    return versions.states(connection, "before", "doomed")


@pytest.mark.parametrize(
    ("url", "becomes"),
    [
        ("postgresql://u:p@h:5433/d", "postgresql+asyncpg://u:p@h:5433/d"),
        ("postgres://u:p@h/d?sslmode=require", "postgresql+asyncpg://u:p@h/d?ssl=require"),
        ("postgresql+psycopg://u@h/d?sslmode=verify-full", "postgresql+asyncpg://u@h/d?ssl=verify-full"),
    ],
)
def test_urls_as_people_have_them_are_understood(url: str, becomes: str) -> None:
    """Providers hand out URLs for libpq; they must work as they are."""
    assert asyncpg_url(url).render_as_string(hide_password=False) == becomes
