"""Whatever WeCom does: every card arrives in the end, is seen once, within its limits, and no clock runs before it."""

import asyncio
from pathlib import Path

from tests.acceptance.fault_run import IP_REFUSED, MIXED, QUICK, RATE_LIMITED, Phase, Weathered, weather
from tests.support.running_service import company_of, copy_of, running_service

SEED = 20261122


async def test_every_fault_of_wecom_is_weathered(sqlite_template: Path, tmp_path: Path) -> None:
    """In short, one by one and mixed; side by side, since two of them stop all sending for a while."""

    async def through(name: str, phases: tuple[Phase, ...], leads: int) -> Weathered:
        folder = tmp_path / name
        async with running_service(copy_of(sqlite_template, folder), folder / "service", company_of(10)) as service:
            return await weather(service, phases, leads=leads, per_second=30, seed=SEED)

    results = await asyncio.gather(
        through("quick", (*QUICK, *MIXED), 3), through("ip", IP_REFUSED, 7), through("rate", RATE_LIMITED, 8)
    )
    assert [result.wrong for result in results] == [[], [], []]
    assert sum(result.leads for result in results) == 60
    assert {"ip_refused", "rate_limited"} <= {kind for result in results[1:] for kind in result.hits}
