"""Ten thousand races; test_races.py has the same in short."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from store import schema
from tests.acceptance.race_over_http import race_over_http
from tests.acceptance.race_run import races
from tests.soak.lengths import length, say, seed
from tests.support.postgres import PostgresServer
from tests.support.running_service import company_of, copy_of, running_service

#: Races in one database: recounting reads all of it after each wave.
IN_ONE = 250
WAVE = 25
FreshUrl = Callable[[], str]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> FreshUrl:
    """Give what makes one fresh database after the other, of each engine in turn."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        folders = iter(range(100_000))
        return lambda: copy_of(template, tmp_path / str(next(folders)))
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return lambda: server.create(template=server.template("newest", schema.upgrade))


@pytest.mark.soak
@pytest.mark.timeout(7200)
async def test_ten_thousand_races_have_one_owner_each(fresh_url: FreshUrl) -> None:
    """Real transactions at once; 5,000 on each engine, on PostgreSQL through two pools."""
    drawn, started, winners, engine = seed(), monotonic(), Counter[str](), ""
    for number in range(max(length(5_000) // IN_ONE, 1)):
        async with races(fresh_url(), drawn + number) as arena:
            for _ in range(IN_ONE // WAVE):
                await arena.wave(WAVE)
        winners += arena.winners
        assert arena.wrong == [], f"seed {drawn + number}"
        engine = arena.database_url.partition(":")[0]
    say(
        f"{winners.total()} races on {engine}, seeds {drawn}..: {dict(winners)}, {monotonic() - started:.0f} s, 0 wrong"
    )
    assert set(winners) == {"accept", "time-out", "reassign"}


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_races_over_real_callbacks_have_one_owner_each(sqlite_url: str, tmp_path: Path) -> None:
    """A smaller number over HTTP, in real time."""
    drawn, leads = seed(), length(500)
    company = company_of(60, managers=80, within="2s")
    async with running_service(sqlite_url, tmp_path / "service", company, PAIDAN_LOG_LEVEL="info") as service:
        outcome = await race_over_http(service, leads=leads, per_second=6, seed=drawn)
    say(f"{outcome.winners.total()} races over HTTP, seed {drawn}: {dict(outcome.winners)}, {len(outcome.wrong)} wrong")
    assert outcome.wrong == []
    assert outcome.winners.total() == leads
