"""What the client makes of answers that are none."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.messaging import MessageRefused, TryLater
from bot.wecom.client import AppCredentials, WeComClient

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def talking_to(handler: Handler) -> AsyncIterator[WeComClient]:
    """Run a server that issues tokens and answers everything else by `handler`."""

    async def gettoken(request: web.Request) -> web.Response:
        assert request.query == {"corpid": "ww1", "corpsecret": "s & = ? 长"}
        return web.json_response({"access_token": "tok/+= &", "expires_in": 7200})

    app = web.Application()
    app.router.add_get("/cgi-bin/gettoken", gettoken)
    app.router.add_route("*", "/cgi-bin/{rest:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession() as session:
            credentials = AppCredentials("ww1", 1000002, "s & = ? 长")
            base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            yield WeComClient(session, credentials, clock=time.monotonic, base_url=base_url, timeout=5)
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, '{"errcode":0}'),
        (502, "<html>502</html>"),
        (200, "<html>welcome to this hotel's network</html>"),
        (200, ""),
        (200, '{"errcode":0'),
        (200, "[]"),
        (200, "null"),
        (200, '{"errcode":"0"}'),
        (200, '{"errcode":true}'),
        (200, "[" * 100_000),
        (302, ""),
    ],
)
async def test_an_answer_that_is_none_is_tried_later(status: int, body: str) -> None:
    """A proxy, a captive portal, a cut: nothing is known about the message, least of all that it arrived."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers={"Location": "/cgi-bin/gettoken"})

    async with talking_to(answer) as client:
        with pytest.raises(TryLater):
            await client.post("message/send", b"{}")


async def test_the_call_is_sent_as_wecom_reads_it() -> None:
    """Token in the address only, escaped; the body byte for byte; a missing errcode is success."""
    seen: list[tuple[str, str, bytes]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.path, request.query["access_token"], await request.read()))
        return web.json_response({"name": "李四"})

    body = '{"text":"需求 👍"}'.encode()
    async with talking_to(answer) as client:
        assert await client.post("message/send", body) == {"name": "李四"}
        assert await client.get("user/get", userid="a@b&c=d") == {"name": "李四"}
    assert seen == [("/cgi-bin/message/send", "tok/+= &", body), ("/cgi-bin/user/get", "tok/+= &", b"")]


async def test_only_the_error_number_decides() -> None:
    """`errmsg` changes without notice, and says ok next to a number that does not."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"errcode": 40058, "errmsg": "ok"})

    async with talking_to(answer) as client:
        with pytest.raises(MessageRefused) as refused:
            await client.post("message/send", b"{}")
    assert refused.value.code == 40058


async def test_a_business_call_with_40001_gets_one_new_token_and_no_more() -> None:
    """Some calls report an ended token as wrong credentials; if it stays, the credentials are wrong."""
    calls = 0

    async def answer(_request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        return web.json_response({"errcode": 40001} if calls == 1 else {"errcode": 0})

    async with talking_to(answer) as client:
        await client.post("message/send", b"{}")
    assert calls == 2
