"""B-01: a lead is answered once it is safe, and neither repeats nor power failures lose, double or split it."""

import asyncio
from pathlib import Path

import aiohttp
import orjson

from store.schema import NEWEST
from tests.acceptance.load_run import kill_under_load, load
from tests.support.recount import counts_of
from tests.support.running_service import BEARER, company_of, copy_of, installation, running_service
from tests.support.traffic import lead_of, until

SEED = 20261122


async def _post(session: aiohttp.ClientSession, address: str, lead: dict[str, object], key: str) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {BEARER}", "Idempotency-Key": key, "Content-Type": "application/json"}
    async with session.post(f"{address}/webhooks/landing", data=orjson.dumps(lead), headers=headers) as response:
        return response.status, await response.read()


async def test_the_same_delivery_five_times_at_once_is_one_lead_and_five_equal_answers(
    database_url: str, tmp_path: Path
) -> None:
    """B-01: one key, one lead, one decision, one card; the same key with another body is a conflict."""
    async with (
        running_service(database_url, tmp_path / "service", company_of(10)) as service,
        aiohttp.ClientSession() as session,
    ):
        tables = ("lead", "decision", "offer", "delivery")
        lead = lead_of(1)
        answers = await asyncio.gather(*(_post(session, service.address, lead, "k-1") for _ in range(5)))
        assert {status for status, _ in answers} == {202}
        assert len({body for _, body in answers}) == 1
        assert await counts_of(database_url, *tables) == dict.fromkeys(tables, 1)
        status, body = await _post(session, service.address, lead | {"name": "李雷"}, "k-1")
        assert status == 409
        assert orjson.loads(body)["type"] == "urn:paidan:problem:key_reused"
        assert await _post(session, service.address, lead, "k-1") == answers[0]
        assert await counts_of(database_url, *tables) == dict.fromkeys(tables, 1)


async def test_team_and_policy_brought_in_by_the_command_line_serve_the_first_lead(
    empty_sqlite_url: str, tmp_path: Path
) -> None:
    """The way of a new installation: upgrade, import, serve, publish beside the running service, verify the callback."""
    company = company_of(3)
    (tmp_path / "team.yaml").write_text(company.team, "utf-8")
    (tmp_path / "policy.yaml").write_text(company.policy, "utf-8")
    nothing = type(company)(company.reps, "", "")
    async with (
        installation(empty_sqlite_url, tmp_path / "service", nothing) as service,
        aiohttp.ClientSession() as session,
    ):
        assert await service.run("db", "upgrade") == (0, f"schema {NEWEST}\n")
        status, said = await service.run("team", "import", str(tmp_path / "team.yaml"))
        assert status == 0, said
        await service.start()
        await service.connect_callbacks()
        status, said = await service.run("policy", "publish", str(tmp_path / "policy.yaml"), "--reason", "start")
        assert (status, said.strip()) == (0, "published as version 1, in force now")
        assert (await _post(session, service.address, lead_of(1), "k-1"))[0] == 202
        await until(lambda: any(service.sandbox.cards(rep) for rep in company.reps), within=30)


async def test_a_load_of_leads_is_answered_and_every_card_arrives_within_wecoms_limits(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """B-01 in short: 100 leads a second over 400 reps; nothing is lost, doubled, or dropped by WeCom's limits."""
    async with running_service(copy_of(sqlite_template, tmp_path), tmp_path / "service", company_of(400)) as service:
        result = await load(service, per_second=100, seconds=5, seed=SEED)
    assert result.wrong == []
    assert result.leads == 500
    assert result.drops == 0
    assert "Traceback" not in service.log()


async def test_power_failures_under_load_lose_nothing(database_url: str, tmp_path: Path) -> None:
    """B-01 in short: killed at random moments; senders come again, and no lead is lost, doubled or owned twice."""
    async with running_service(database_url, tmp_path / "service", company_of(50)) as service:
        # On PostgreSQL what was under way is another replica's until its lease runs out: a waiting row will do here.
        kills, drain = (3, 60.0) if database_url.startswith("sqlite") else (1, None)
        result = await kill_under_load(service, kills=kills, per_second=20, longest_life=1.5, seed=SEED, drain=drain)
    assert result.wrong == []
    assert result.leads == result.posted
    assert result.drops == 0
    assert service.starts == kills + 1
