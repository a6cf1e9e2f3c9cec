"""SQLite: one process writes, and what it has answered survives its death."""

import asyncio
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from store import ids
from store.database import SqliteDatabase
from store.errors import AnotherWriter, StoreError
from store.sqlite_readers import SqliteReaders
from store.transaction import Transaction
from tests.store import given
from tests.store.given import KEYS, NOW


async def test_a_second_writer_is_refused_until_the_first_has_closed(sqlite_url: str) -> None:
    """Two writing processes can corrupt the file; the second hears so in words."""
    first = SqliteDatabase(sqlite_url)

    second = subprocess.run(
        [sys.executable, "-c", "import sys; from store.database import *; SqliteDatabase(sys.argv[1])", sqlite_url],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "AnotherWriter: another process is writing to paidan.db" in second.stderr
    with pytest.raises(AnotherWriter):
        SqliteDatabase(sqlite_url)

    await first.close()
    await SqliteDatabase(sqlite_url).close()


async def test_a_file_that_is_no_database_is_refused_at_once(tmp_path: Path) -> None:
    """A writer that can't open its file must say so, instead of letting everybody wait; the lock is given back."""
    (tmp_path / "paidan.db").write_text("this is a letter to the operator, not a database" * 100)
    url = f"sqlite:///{tmp_path / 'paidan.db'}"

    with pytest.raises(DBAPIError, match="not a database"):
        SqliteDatabase(url)

    (tmp_path / "paidan.db").unlink()
    await SqliteDatabase(url).close()


async def test_readers_beside_the_writer_see_what_is_committed(sqlite_url: str) -> None:
    """Commands that only read work while the service runs, and never write."""
    database = SqliteDatabase(sqlite_url)
    readers = SqliteReaders(sqlite_url)
    await database.write(lambda connection: ids.reserve(connection, "lead", 5))

    assert await readers.read(lambda connection: ids.peek(connection, "lead")) == ids.FIRST_ID + 5
    with pytest.raises(DBAPIError, match="readonly"):
        await readers.read(lambda connection: ids.reserve(connection, "lead", 5))
    with pytest.raises(StoreError, match="only reads"):
        await readers.write(lambda connection: ids.reserve(connection, "lead", 5))

    await readers.close()
    await database.close()


async def test_the_writer_is_durable_and_checks_references(sqlite_url: str) -> None:
    """Every commit reaches the disk before it is answered, in a log that a crash can't tear."""
    database = SqliteDatabase(sqlite_url)

    settings = await database.write(
        lambda connection: [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    )

    assert settings == ["wal", 2, 1]
    await database.close()


#: Stores leads for ever, 16 callers side by side, and says each lead's id after its commit.
_WRITER = """
import asyncio, sys
from store.database import SqliteDatabase
from store.transaction import Transaction
from tests.store import given

def receive(connection):
    tx = Transaction(connection, given.KEYS, given.NOW)
    ids = tx.reserve("lead", 2)
    for lead_id in ids:
        tx.add_lead(given.a_lead(lead_id))
        tx.add_offer(given.an_offer(lead_id))
        tx.fact(lead_id, "received")
        tx.timer("look", given.NOW, lead_id=lead_id, offer_no=1)
        tx.message(given.a_message(lead_id=lead_id, offer_no=1))
    tx.flush()
    return ids

async def one(database):
    while True:
        for lead_id in await database.write(receive):
            sys.stdout.write(f"{lead_id}\\n")
        sys.stdout.flush()

async def main():
    database = SqliteDatabase(sys.argv[1])
    await asyncio.gather(*(one(database) for _ in range(16)))

asyncio.run(main())
"""


async def _kill_often(url: str, kills: int, seed: int) -> None:
    """Kill a writing process at random moments; every lead that it named must be there, whole and once."""
    draw = random.Random(seed)
    acknowledged: list[int] = []
    for _ in range(kills):
        with subprocess.Popen([sys.executable, "-c", _WRITER, url], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged.append(int(writer.stdout.readline()))
            await asyncio.sleep(draw.random() * 0.3)
            writer.send_signal(signal.SIGKILL)
            # The last line may be cut off; a whole one is an answer that somebody got.
            rest = writer.stdout.read().splitlines(keepends=True)
            acknowledged += [int(line) for line in rest if line.endswith("\n")]

    database = SqliteDatabase(url)
    stored = await database.read(
        lambda connection: {
            table: sorted(connection.execute(text(f"SELECT lead_id FROM {table}")).scalars())
            for table in ("lead", "offer", "fact", "timer", "outbox")
        }
    )
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= set(stored["lead"])
    assert len(set(stored["lead"])) == len(stored["lead"])
    assert all(rows == stored["lead"] for rows in stored.values())
    assert stored["lead"] == list(range(ids.FIRST_ID, ids.FIRST_ID + len(stored["lead"])))
    integrity = await database.write(lambda connection: connection.execute(text("PRAGMA integrity_check")).scalar())
    assert integrity == "ok"
    opened = await database.read(lambda connection: Transaction(connection, KEYS, NOW).leads(stored["lead"][-50:]))
    assert opened == [given.a_lead(lead_id) for lead_id in stored["lead"][-50:]]
    await database.close()


async def test_what_was_answered_survives_a_kill(sqlite_url: str) -> None:
    """A lead whose webhook was answered is never lost, doubled or halved, whenever the process dies."""
    await _kill_often(sqlite_url, kills=3, seed=1)


@pytest.mark.soak
async def test_what_was_answered_survives_fifty_kills(sqlite_url: str) -> None:
    """The same at full length, at moments that nobody chose."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"\nseed {seed}")  # noqa: T201  a soak run names its seed
    await _kill_often(sqlite_url, kills=50, seed=seed)


async def test_what_somebody_outside_waits_for_goes_before_what_can_wait(sqlite_url: str) -> None:
    """A webhook's answer must not stand behind cards and reminders; those follow in their order."""
    database = SqliteDatabase(sqlite_url)
    begun, go_on = threading.Event(), threading.Event()
    served: list[str] = []

    def busy(_: Connection) -> None:
        begun.set()
        go_on.wait(5)

    def serve(name: str) -> Callable[[Connection], None]:
        return lambda _: served.append(name)

    holding = asyncio.ensure_future(database.write(busy))
    await asyncio.to_thread(begun.wait, 5)
    waiting = [asyncio.ensure_future(database.write(serve(name))) for name in ("card", "reminder")]
    waiting.append(asyncio.ensure_future(database.write(serve("webhook"), first=True)))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(holding, *waiting)

    assert served == ["webhook", "card", "reminder"]
    await database.close()


async def test_whoever_can_wait_is_not_passed_over_for_ever(sqlite_url: str) -> None:
    """With leads coming in without a pause cards still go out."""
    database = SqliteDatabase(sqlite_url)
    begun, go_on = threading.Event(), threading.Event()
    loop, webhooks = asyncio.get_running_loop(), list[asyncio.Future[None]]()
    served: list[str] = []

    def busy(_: Connection) -> None:
        begun.set()
        go_on.wait(5)

    async def stand_in_line(left: int) -> None:
        webhooks.append(asyncio.ensure_future(database.write(webhook(left), first=True)))
        await asyncio.sleep(0)

    def webhook(left: int) -> Callable[[Connection], None]:
        def work(_: Connection) -> None:
            served.append("webhook")
            if left:
                # The next one stands in line before this one is answered.
                asyncio.run_coroutine_threadsafe(stand_in_line(left - 1), loop).result(5)

        return work

    holding = asyncio.ensure_future(database.write(busy))
    await asyncio.to_thread(begun.wait, 5)
    card = asyncio.ensure_future(database.write(lambda _: served.append("card")))
    await stand_in_line(9)
    go_on.set()
    await asyncio.gather(holding, card)
    await database.write(lambda _: None)
    await asyncio.gather(*webhooks)

    assert served[:5] == ["webhook", "webhook", "webhook", "card", "webhook"]
    await database.close()
