"""Random days, every invariant after each step. `make soak` walks further, from seeds that nobody has seen."""

import pytest

from tests.soak.lengths import length, say, seed
from tests.support.busy_floor import TEAM, BusyFloor
from tests.support.office import company


async def test_b05_whatever_happens_in_whatever_order_the_invariants_hold(database_url: str) -> None:
    """Invariants 1 to 8 and B-05: one state, one owner, one running offer; counters, accounts, timers, messages exact."""
    async with company(database_url, team=TEAM, policy=None) as opened:
        floor = BusyFloor(opened, seed=20)
        await floor.opens()
        for _ in range(300):
            await floor.step()


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_b05_whatever_happens_for_long_the_invariants_hold(database_url: str) -> None:
    """The same over thousands of steps (B-05: 10,000 events), a new company every 500."""
    first = seed()
    say(f"busy floor: seed {first}")
    steps = length(10_000)
    async with company(database_url, team=TEAM, policy=None) as opened:
        floor = BusyFloor(opened, seed=first)
        await floor.opens()
        for _ in range(steps):
            await floor.step()
    say(f"busy floor: {steps} steps held")
