"""The stand-in WeCom server.

In process (tests, demo)::

    config = SandboxConfig(people=(Person("zhangsan", "张三"),), callback_token="T", callback_aes_key="…43…")
    async with run_sandbox(config) as sandbox:
        sandbox.base_url  # give this to the bot as its API address
        await sandbox.save_callback(url, token, aes_key)  # GET verification, as the admin console does
        sandbox.cards("zhangsan")[-1]  # what the rep sees now; .content, .grey_text, .task_id
        await sandbox.tap("zhangsan", "accept", task_id="lead-1001-a1").wait()
        sandbox.text("zhangsan", "帮助")
        await sandbox.settled()
        sandbox.faults.add("busy", "message/send", probability=0.2)
        sandbox.records.drops, sandbox.records.refusals, sandbox.callbacks.log, sandbox.clock.advance(3600)

As a process: ``python -m sandbox --port 8090 --corp-id … --secret … --agent-id … --callback-url … --token …
--aes-key … --people FILE`` prints ``sandbox http://HOST:PORT`` once it listens. ``/`` is the page with the phones.

Control API (POST takes JSON with ``Content-Type: application/json``):

==========================  ==========================================================================================
POST /sandbox/api/tap       user, key, task_id or msgid, selections {question: [ids]}, menu, double, force, wait
POST …/text, enter, menu    user, text / user / user, key; each with wait
POST …/callback             url, token, aes_key, verify (default true): saving verifies, 422 when that fails
POST …/members              people [{userid, name, role, locale, …}], put {…}, remove [userid]
POST …/faults               kind, endpoint, probability, count, delay_s, seed;  …/faults/clear: id or kind or nothing
POST …/settings             strict_lengths, token_mode, token_lifetime_s, passive_card_update, timing {…}
POST …/tokens, clock        action revoke|age|forgive / advance_s
POST …/oauth_code, read     user
POST …/attack               kind (see sandbox.attacks), inner_xml: one hostile packet; answers status and body
POST …/settled, reset
GET …/chat?user=&limit=     entries as displayed: content, text, buttons, live_keys, grey_text, version, unread
GET …/chats, records, callbacks, people, faults
==========================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.api_gate import ApiGate
from sandbox.config import Person, SandboxConfig
from sandbox.control_api import add_control_routes
from sandbox.phone_pages import add_page_routes
from sandbox.state import Sandbox
from sandbox.wecom_api import ENDPOINTS

SANDBOX: web.AppKey[Sandbox] = web.AppKey("sandbox", Sandbox)


def build_sandbox(config: SandboxConfig) -> web.Application:
    """Return the stand-in as an aiohttp application; ``app[SANDBOX]`` is its handle."""
    app = web.Application()
    sandbox = app[SANDBOX] = Sandbox(config)
    app.router.add_route("*", "/cgi-bin/{endpoint:.+}", ApiGate(sandbox, ENDPOINTS).handle)
    add_control_routes(app, sandbox)
    add_page_routes(app, sandbox)
    app.on_startup.append(_start)
    app.on_shutdown.append(_end_streams)
    app.on_cleanup.append(_stop)
    return app


async def _start(app: web.Application) -> None:
    await app[SANDBOX].start()


async def _end_streams(app: web.Application) -> None:
    await app[SANDBOX].feed.stop()


async def _stop(app: web.Application) -> None:
    await app[SANDBOX].stop()


@asynccontextmanager
async def run_sandbox(config: SandboxConfig) -> AsyncIterator[Sandbox]:
    """Listen on ``config.host`` and ``config.port`` (0 picks a free one) for the length of the block.

    Yields:
        The running sandbox, with ``base_url`` set.
    """
    app = build_sandbox(config)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.host, config.port)
        await site.start()
        port = runner.addresses[0][1]
        sandbox = app[SANDBOX]
        sandbox.base_url = f"http://{config.host}:{port}"
        yield sandbox
    finally:
        await runner.cleanup()


__all__ = ["SANDBOX", "Person", "Sandbox", "SandboxConfig", "build_sandbox", "run_sandbox"]
