"""B-01 in full: a minute of load, fifty power failures; test_instant_closed_loop.py has the same in short."""

from pathlib import Path

import pytest

from tests.acceptance.load_run import kill_under_load, load
from tests.soak.lengths import length, say, seed
from tests.support.running_service import company_of, copy_of, running_service


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_a_minute_of_a_hundred_leads_a_second_is_answered_within_fifty_milliseconds(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """p95 of the answer, from outside, with the stand-in WeCom and 400 reps on the same machine."""
    drawn = seed()
    async with running_service(
        copy_of(sqlite_template, tmp_path), tmp_path / "service", company_of(400), PAIDAN_LOG_LEVEL="info"
    ) as service:
        result = await load(service, per_second=100, seconds=length(60), seed=drawn)
    say(f"load, seed {drawn}: {result}")
    assert result.wrong == []
    assert result.leads == 100 * length(60)
    assert result.drops == 0
    assert "Traceback" not in service.log()
    assert result.p95 < 0.05


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_fifty_power_failures_under_load_lose_nothing(database_url: str, tmp_path: Path) -> None:
    """SIGKILL at random moments: no lead lost, doubled, or owned twice; no message lost, none seen twice."""
    drawn = seed()
    async with running_service(database_url, tmp_path / "service", company_of(200), PAIDAN_LOG_LEVEL="info") as service:
        result = await kill_under_load(service, kills=length(50), per_second=20, longest_life=4, seed=drawn, drain=300)
    say(f"kills, {database_url.partition(':')[0]}, seed {drawn}: {result}")
    assert result.wrong == []
    assert result.leads == result.posted
    assert result.drops == 0
