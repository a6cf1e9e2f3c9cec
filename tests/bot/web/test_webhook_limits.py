"""What strangers can make the service keep: nothing; and how much a source may send."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.lead_sources.source import RateLimit
from store.tables import refused_delivery
from tests.bot.web.web_world import SOURCE_TOKEN, Reply, World

_TOO_LARGE = b'{"phone": "13800000001", "demand": "' + b"x" * 300_000 + b'"}'


async def _kept(world: World) -> int:
    statement = select(func.count()).select_from(refused_delivery)
    return await world.service.database.read(lambda connection: connection.execute(statement).scalar_one())


@pytest.mark.parametrize(("token", "status", "kept"), [(None, 401, 0), ("wrong", 401, 0), (SOURCE_TOKEN, 413, 1)])
async def test_a_body_that_is_too_large_is_kept_only_for_who_proved_where_it_comes_from(
    world: World, token: str | None, status: int, kept: int
) -> None:
    """Anybody can find the address of a source; without its secret nobody may fill the disk."""
    answer = await world.call("POST", "/webhooks/landing", token=token, data=_TOO_LARGE)

    assert (answer.status, await _kept(world)) == (status, kept)


def _limited(world: World, limit: RateLimit) -> None:
    sources = world.service.services.sources
    world.service.services.sources = {**sources, "landing": replace(sources["landing"], rate_limit=limit)}


async def _post(world: World, number: int, *, source: str = "landing", token: str = SOURCE_TOKEN) -> Reply:
    lead = {"external_id": f"web-{number}", "phone": f"1380000{number:04}", "province": "上海"}
    return await world.call("POST", f"/webhooks/{source}", token=token, json=lead)


async def test_beyond_its_limit_a_source_is_told_when_to_come_again(world: World) -> None:
    """429 with the seconds; nothing is stored or kept, other sources go on, and in time the same delivery is taken."""
    _limited(world, RateLimit(per_minute=6, burst=2))
    taken = [(await _post(world, number)).status for number in range(2)]
    refused, other = await _post(world, 2), await _post(world, 3, source="other")
    stored = (await world.get("/api/v1/leads")).json["items"]
    metrics = (await world.get("/metrics", token=None)).text
    world.clock.pass_(seconds=int(refused.headers["Retry-After"]))

    assert (taken, refused.status, other.status) == ([202, 202], 429, 202)
    assert (refused.headers["Retry-After"], refused.headers["Content-Type"]) == ("10", "application/problem+json")
    assert refused.json["type"] == "urn:paidan:problem:too_many"
    assert (len(stored), await _kept(world)) == (3, 0)
    assert 'paidan_webhooks_total{source="landing",status="429"} 1.0' in metrics
    assert (await _post(world, 2)).status == 202


async def test_strangers_use_up_nobody_s_limit(world: World) -> None:
    """Whoever knows the address could else stop a source's leads."""
    _limited(world, RateLimit(per_minute=6, burst=1))
    strangers = [(await _post(world, number, token="wrong")).status for number in range(5)]

    assert (strangers, (await _post(world, 9)).status) == ([401] * 5, 202)


async def test_what_is_no_lead_counts_too(world: World) -> None:
    """Each wrong delivery is kept; a sender that has gone mad must not fill the disk with them."""
    _limited(world, RateLimit(per_minute=6, burst=2))
    answers = [await world.call("POST", "/webhooks/landing", token=SOURCE_TOKEN, data=b"{") for _ in range(4)]

    assert ([answer.status for answer in answers], await _kept(world)) == ([400, 400, 429, 429], 2)
