"""What `/metrics` counts of webhooks, and who may read it."""

from io import BytesIO
from pathlib import Path

import pytest

from bot.web.app import MOST_BODY_BYTES
from tests.bot.web.web_world import SOURCE_TOKEN, World, serving

LEAD = {"phone": "13800000001", "province": "上海"}


async def count(world: World, source: str, status: int) -> float:
    """Give the figure of a source and a status; 0 where there is none yet."""
    line = f'paidan_webhooks_total{{source="{source}",status="{status}"}} '
    page = (await world.get("/metrics", token=None)).text.splitlines()
    return next((float(text.removeprefix(line)) for text in page if text.startswith(line)), 0.0)


@pytest.mark.parametrize(
    ("source", "counted", "status", "body"),
    [
        ("landing", "landing", 422, b"{}"),
        ("landing", "landing", 413, b'"' + b"x" * 300_000 + b'"'),
        ("landing", "landing", 413, b'"' + b"x" * MOST_BODY_BYTES + b'"'),
        ("nobody-s", "unknown", 404, b"{}"),
    ],
)
async def test_refusals_are_counted(world: World, source: str, counted: str, status: int, body: bytes) -> None:
    """Also the one that comes before the body has been read: a sender who is cut off shows in the figures."""
    answer = await world.call("POST", f"/webhooks/{source}", token=SOURCE_TOKEN, data=BytesIO(body))

    assert (answer.status, await count(world, counted, status)) == (status, 1)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_leads_and_failures_are_counted(world: World) -> None:
    """A database that is gone is the very thing that monitoring has to see."""
    await world.post_lead()
    await world.service.database.close()
    answers = [await world.call("POST", "/webhooks/landing", token=SOURCE_TOKEN, json=LEAD) for _ in range(2)]

    assert [answer.status for answer in answers] == [503, 503]
    assert (await count(world, "landing", 202), await count(world, "landing", 503)) == (1, 2)


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("wrong", 401), ("m" * 30, 200)])
async def test_with_a_token_the_figures_are_for_whoever_has_it(
    sqlite_url: str, tmp_path: Path, token: str | None, status: int
) -> None:
    """Refused like everywhere else: problem details that name the setting, and the way to prove oneself."""
    async with serving(sqlite_url, tmp_path, metrics_token="m" * 30) as world:
        answer = await world.get("/metrics", token=token)

    assert answer.status == status
    if status == 401:
        assert answer.json["type"] == "urn:paidan:problem:unauthenticated"
        assert "PAIDAN_METRICS_TOKEN" in answer.json["mend"]
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_b09_leads_without_what_a_rule_asks_for_are_counted(world: World) -> None:
    """By field, once a lead: the same lead delivered again, an update and a refusal count nothing."""

    async def unknown() -> list[str]:
        page = (await world.get("/metrics", token=None)).text.splitlines()
        return [line for line in page if line.startswith("paidan_unknown_fields_total{")]

    assert await unknown() == []
    for body in (
        {"phone": "13800000001"},
        {"phone": "13800000001"},
        {"phone": "13800000002"},
        LEAD | {"phone": "13800000003"},
        {},
    ):
        await world.call("POST", "/webhooks/landing", token=SOURCE_TOKEN, json=body)
    assert await unknown() == ['paidan_unknown_fields_total{field="province"} 3.0']
