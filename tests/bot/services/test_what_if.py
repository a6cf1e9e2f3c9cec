"""B-24: a policy tried on the past; the one that decided gives no difference, and nothing is written."""

from __future__ import annotations

from bot.services.what_if import Trial
from tests.support.busy_floor import POLICY, TEAM, BusyFloor
from tests.support.office import Company, company
from tests.support.tried import gone_through, read_past

TEXT = POLICY.replace("CLOCK", "on_duty")


class OnePolicy(BusyFloor):
    """A bad day under one policy: whatever else can happen does, people who leave and come back included."""

    async def new_version(self) -> str:
        """Change the team only."""
        return await super().new_version() if self.random.random() < 0.01 else await self.credit()


async def lived(opened: Company, seed: int, steps: int) -> None:
    """Let a floor live through so many random things."""
    floor = OnePolicy(opened, seed=seed)
    await floor.opens()
    for _ in range(steps):
        await floor.step()


async def test_the_unchanged_policy_gives_no_difference(database_url: str) -> None:
    """B-24: same rep, same reasons, same draws for every decision, whatever happened on the floor."""
    async with company(database_url, team=TEAM, policy=None) as opened:
        await lived(opened, 3, 250)
        text = await opened.runner.look(
            lambda desk: desk.tx.connection.exec_driver_sql("SELECT source_text FROM policy_version").scalar()
        )
        beginning, past = await read_past(opened, Trial(str(text)))
        assert beginning.exact
        found = gone_through(beginning, past)
    assert found.decisions > 50
    assert found.differences == 0
    assert found.changed == found.longer == found.shorter == 0
    assert found.outcomes_before == found.outcomes_after
