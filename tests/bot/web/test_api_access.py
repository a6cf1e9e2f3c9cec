"""Who may use the API, and what other methods get."""

from pathlib import Path

import pytest

from tests.bot.web.web_world import SOURCE_TOKEN, World, serving

READS = ["/api/v1/leads", "/api/v1/leads/L1001", "/api/v1/leads/L9", "/api/v1/reps", "/api/v1/decisions/D1001"]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    "token", [None, "", "wrong", SOURCE_TOKEN, "token-of-the-api-in-test", "token-of-the-api-in-testsx"]
)
async def test_without_the_token_nothing_is_told(world: World, path: str, token: str | None) -> None:
    """401 for every address alike, so that not even the existence of a lead shows."""
    await world.post_lead()
    reply = await world.get(path, token=token)

    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert "138" not in reply.text


async def test_a_token_that_is_no_text_is_refused(world: World) -> None:
    """Bytes that are no UTF-8 are a wrong token, not a failure."""
    reply = await world.get("/api/v1/reps", token=None, headers={"Authorization": "Bearer \udcff\udcfe"})

    assert reply.status in {400, 401}


async def test_deciding_asks_for_the_token_too(world: World) -> None:
    """A preview tells about reps and customers."""
    assert (await world.call("POST", "/api/v1/decide", token=None, json={"phone": "13800000001"})).status == 401


async def test_without_the_setting_the_api_is_closed(sqlite_url: str, tmp_path: Path) -> None:
    """No token set must not mean no token needed; the answer names the setting."""
    async with serving(sqlite_url, tmp_path, api_token=None) as world:
        for path in READS:
            reply = await world.get(path)
            assert (reply.status, "PAIDAN_API_TOKEN" in reply.json["detail"]) == (403, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/leads"),
        ("DELETE", "/api/v1/leads/L1001"),
        ("GET", "/api/v1/decide"),
        ("PUT", "/api/v1/reps"),
        ("OPTIONS", "/api/v1/reps"),
    ],
)
async def test_other_methods_are_told_which_there_are(world: World, method: str, path: str) -> None:
    """405 as problem details, with Allow."""
    reply = await world.call(method, path)

    assert (reply.status, reply.headers["Content-Type"]) == (405, "application/problem+json")
    assert reply.headers["Allow"]


async def test_head_is_get_without_its_body(world: World) -> None:
    """Monitors ask with HEAD."""
    reply = await world.call("HEAD", "/api/v1/reps")

    assert (reply.status, reply.text) == (200, "")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json"])
async def test_operation_needs_no_token(world: World, path: str) -> None:
    """Supervisors and readers of the description have none."""
    assert (await world.get(path, token=None)).status == 200
