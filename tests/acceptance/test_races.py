"""接单 against time-out against 改派 against repeats: one owner, and nobody is told anything but the truth."""

from pathlib import Path

from tests.acceptance.race_over_http import race_over_http
from tests.acceptance.race_run import races
from tests.support.running_service import company_of, running_service

SEED = 20261122
LEADS, WAVES = 25, 3


async def test_of_all_who_grab_a_lead_at_its_deadline_exactly_one_gets_it_and_the_others_are_told(
    database_url: str,
) -> None:
    """Invariants 1, 3 and 4, with transactions that really run at once; on PostgreSQL through two pools, as two replicas."""
    async with races(database_url, SEED) as arena:
        for _ in range(WAVES):
            await arena.wave(LEADS)
    assert arena.wrong == []
    assert arena.winners.total() == LEADS * WAVES
    assert set(arena.winners) == {"accept", "time-out", "reassign"}, "the races must be real ones"


async def test_races_over_real_callbacks_end_with_one_owner_and_the_truth(sqlite_url: str, tmp_path: Path) -> None:
    """The same over HTTP, encrypted and doubled, against the clock of the machine."""
    company = company_of(20, managers=6, within="2s")
    async with running_service(sqlite_url, tmp_path / "service", company) as service:
        outcome = await race_over_http(service, leads=24, per_second=12, seed=SEED)
    assert outcome.wrong == []
    assert outcome.winners.total() == 24
    assert "Traceback" not in service.log()
