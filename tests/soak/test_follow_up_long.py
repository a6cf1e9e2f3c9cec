"""A million owned leads of which seven thousand are due at once, in a running service, while leads come in."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import SystemClock
from store import Connection
from store.database import open_database, open_readers
from store.sealed_fields import KeyRing
from tests.soak.lengths import length, say
from tests.support.many_owned import fill
from tests.support.running_service import DATA_KEY, company_of, installation
from tests.support.traffic import source

REPS = 200
_RECYCLE = """
recycle: [{name: 冷线索, without_follow_up: 45d, warn: [38d, 44d], to: pool}]
pool: {claim_window: 8d}
"""
_LEFT = text("SELECT count(*) FROM lead WHERE look_at IS NOT NULL AND look_at <= :now")
_RECYCLED = text("SELECT count(*), max(looked_at), min(looked_at) FROM lead WHERE pool_reason = 'recycled'")


def _now() -> int:
    return int(time.time() * 1e6)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_b06_a_million_owned_leads_are_passed_while_webhooks_are_answered(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Must show: the whole pass under 20 s on SQLite, a second one changes nothing, webhooks p95 under 100 ms meanwhile."""
    leads = length(1_000_000)
    due = leads * 7 // 1_000
    plain = company_of(REPS)
    company = replace(plain, policy=plain.policy + _RECYCLE)
    async with installation(sqlite_url, tmp_path / "service", company, PAIDAN_LOG_LEVEL="info") as service:
        started = time.monotonic()
        await _fill(sqlite_url, leads, due)
        say(f"{leads:,} owned leads written in {time.monotonic() - started:.0f} s")
        await service.start()
        readers = open_readers(sqlite_url)

        async def left() -> int:
            def ask(connection: Connection) -> int:
                return int(connection.execute(_LEFT, {"now": _now()}).scalar_one())

            return await readers.read(ask)

        async with source(service.address) as sender:
            numbers = iter(range(10_000))
            posting = asyncio.create_task(sender.paced(numbers, per_second=20))
            while True:
                await asyncio.sleep(0.1)
                if not await left():
                    break
            during, p95, p99 = len(sender.answers), sender.quantile(0.95), sender.quantile(0.99)
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)
        count, last, first = await readers.read(lambda connection: connection.execute(_RECYCLED).one())
        seconds = (last - first) / 1e6
        await asyncio.sleep(5)
        again = await readers.read(lambda connection: connection.execute(_RECYCLED).one())
        await readers.close()
    say(
        f"pass over {leads:,} owned leads, {due:,} due: {seconds:.1f} s; {during} webhooks meanwhile, "
        f"p95 {p95 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    )
    assert (count, tuple(again)) == (due, (count, last, first))
    assert seconds < 20
    assert p95 < 0.1


async def _fill(database_url: str, leads: int, due: int) -> None:
    database, keys, now = open_database(database_url), KeyRing.parse(DATA_KEY), SystemClock().now()
    try:
        await database.write(lambda connection: fill(connection, keys, now, reps=REPS, leads=leads, due=due))
    finally:
        await database.close()
