"""Ten thousand fuzzed bodies each way; test_hostile_input.py has the same in short."""

from pathlib import Path

import pytest

from tests.acceptance.fuzz_run import fuzz_callbacks, fuzz_webhooks
from tests.soak.lengths import length, say, seed
from tests.support.running_service import company_of, running_service


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_ten_thousand_fuzzed_bodies_each_way_do_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """No 5xx, no traceback, no effect."""
    drawn, count = seed(), length(10_000)
    async with running_service(sqlite_url, tmp_path / "service", company_of(50), PAIDAN_LOG_LEVEL="info") as service:
        packets = await fuzz_callbacks(service, count, drawn)
        bodies = await fuzz_webhooks(service, count, drawn)
    say(f"webhooks, seed {drawn}: {bodies}")
    say(f"callbacks, seed {drawn}: {packets}")
    assert bodies.wrong == []
    assert packets.wrong == []
