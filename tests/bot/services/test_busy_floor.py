"""Random days, every invariant after each step. `make soak` walks further, from seeds that nobody has seen."""

import time

import pytest

from tests.soak.lengths import length, say, seed
from tests.support.busy_floor import BusyFloor
from tests.support.floor_company import TEAM
from tests.support.office import company

_SHARDS = 10


async def _walk(database_url: str, first: int, steps: int) -> None:
    started = time.monotonic()
    async with company(database_url, team=TEAM, policy=None) as opened:
        floor = BusyFloor(opened, seed=first)
        await floor.opens()
        for _ in range(steps):
            await floor.step()
        await floor.holds(whole=True)
    say(
        f"busy floor, seed {first}: {steps:,} events, {floor.deaths} processes died, {time.monotonic() - started:.0f} s"
    )


async def test_b05_whatever_happens_in_whatever_order_the_invariants_hold(database_url: str) -> None:
    """Invariants 1 to 8 and B-05: webhooks, taps, commands, clocks, policies, crashes; what they touch is checked each time."""
    await _walk(database_url, 20, 300)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(_SHARDS))
async def test_b05_whatever_happens_for_long_the_invariants_hold(sqlite_url: str, shard: int) -> None:
    """Must show: 100,000 events, every invariant after each; ten walks of 10,000, each from a seed of its own."""
    first = seed() + shard
    say(f"busy floor: seed {first}")
    await _walk(sqlite_url, first, length(100_000) // _SHARDS)


@pytest.mark.soak
@pytest.mark.postgres
@pytest.mark.timeout(3600)
async def test_b05_whatever_happens_for_long_over_postgresql_the_invariants_hold(postgres_url: str) -> None:
    """The same over PostgreSQL, a tenth of it."""
    first = seed()
    say(f"busy floor over PostgreSQL: seed {first}")
    await _walk(postgres_url, first, length(10_000))
