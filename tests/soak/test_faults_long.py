"""Two thousand leads through every fault of WeCom; test_faults_of_wecom.py has the same in short."""

from pathlib import Path

import pytest

from tests.acceptance.fault_run import IP_REFUSED, MIXED_WITH_OUTAGES, QUICK, RATE_LIMITED, VERY_SLOW, weather
from tests.soak.lengths import length, say, seed
from tests.support.running_service import company_of, running_service

PHASES = (*QUICK, *VERY_SLOW, *IP_REFUSED, *RATE_LIMITED, *MIXED_WITH_OUTAGES, *MIXED_WITH_OUTAGES)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_two_thousand_leads_weather_every_fault(sqlite_url: str, tmp_path: Path) -> None:
    """One by one, then mixed: every card arrives once, within WeCom's limits, and no clock starts before it."""
    drawn, leads = seed(), -(-length(2_000) // len(PHASES))
    async with running_service(sqlite_url, tmp_path / "service", company_of(100), PAIDAN_LOG_LEVEL="info") as service:
        result = await weather(service, PHASES, leads=leads, per_second=20, seed=drawn)
    say(f"faults, seed {drawn}: {result}")
    assert result.wrong == []
    assert result.leads == leads * len(PHASES)
