"""A scripted application: it has the callback address of an app, and calls the stand-in's API."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web

from sandbox.callback_crypto import CallbackCipher, CryptoError
from sandbox.callback_xml import cdata, parse_packet
from sandbox.server import Sandbox, SandboxConfig

TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
Reply = Callable[[str], web.Response]


class Application:
    """Receives callbacks, remembers their inner XML, answers as told; ``call`` uses the API."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.cipher = CallbackCipher(TOKEN, AES_KEY, config.corp_id)
        self.callback_url = ""
        self.inner: list[str] = []
        self.queries: list[dict[str, str]] = []
        self.status: list[int] = []
        self.delay_s: list[float] = []
        self.reply: Callable[[str], str] = lambda _inner: ""
        self.session: ClientSession | None = None
        self.token = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Verify, decrypt and remember one callback; answer what the script says."""
        query = dict(request.query)
        if request.method == "GET":
            self.cipher.verify(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
            return web.Response(body=self.cipher.decrypt(query["echostr"]))
        try:
            packet = parse_packet(await request.text())
            self.cipher.verify(query.get("msg_signature", ""), query["timestamp"], query["nonce"], packet.encrypted)
            inner = self.cipher.decrypt(packet.encrypted).decode()
        except (ValueError, KeyError, CryptoError):
            return web.Response(status=403)
        self.inner.append(inner)
        self.queries.append(query)
        if self.delay_s:
            await asyncio.sleep(self.delay_s.pop(0))
        return web.Response(status=self.status.pop(0) if self.status else 200, text=self.reply(inner))

    def packet(
        self, inner: str, *, timestamp: str = "1760000000", nonce: str = "n1", corp_id: str | None = None
    ) -> str:
        """Return an encrypted passive answer."""
        encrypted = self.cipher.encrypt(inner.encode(), receive_id=corp_id)
        signature = self.cipher.signature(timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt>{cdata(encrypted)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
        )

    async def call(self, path: str, body: Mapping[str, Any] | None = None, /, **query: str) -> dict[str, Any]:
        """Call the API with the application's token; a body makes it a POST."""
        assert self.session is not None
        if path != "gettoken" and "access_token" not in query:
            query["access_token"] = self.token or await self.fetch_token()
        method = "GET" if body is None else "POST"
        async with self.session.request(method, f"/cgi-bin/{path}", params=query, json=body) as answer:
            assert answer.status == 200
            content: dict[str, Any] = await answer.json()
            return content

    async def fetch_token(self) -> str:
        """Fetch the access token."""
        answer = await self.call("gettoken", corpid=self.config.corp_id, corpsecret=self.config.secret)
        self.token = answer["access_token"]
        return self.token

    async def send(self, msgtype: str, content: object, touser: str = "zhangsan", **envelope: Any) -> dict[str, Any]:
        """Send a message."""
        body = {"touser": touser, "msgtype": msgtype, "agentid": self.config.agent_id, msgtype: content}
        return await self.call("message/send", body | envelope)

    async def update(self, code: str, *users: str, **change: Any) -> dict[str, Any]:
        """Update a card."""
        body = {"userids": list(users), "agentid": self.config.agent_id, "response_code": code}
        return await self.call("message/update_template_card", body | change)

    async def control(self, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Use the control API; a body makes it a POST."""
        assert self.session is not None
        method = "GET" if body is None else "POST"
        async with self.session.request(method, f"/sandbox/api/{path}", json=body) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def run_application(config: SandboxConfig) -> AsyncIterator[Application]:
    """Listen for callbacks on a free port."""
    application = Application(config)
    app = web.Application()
    app.router.add_route("*", "/callback", application.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        application.callback_url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
        yield application
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(application: Application, sandbox: Sandbox) -> AsyncIterator[Application]:
    """Point the two at each other."""
    await sandbox.save_callback(application.callback_url, TOKEN, AES_KEY)
    async with ClientSession(sandbox.base_url) as session:
        application.session = session
        yield application


def field_of(inner: str, name: str) -> str:
    """Return the text of one element of an inner XML."""
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", inner, re.DOTALL)
    return found.group(1) if found else ""


def button_card(task_id: str = "t1", **more: Any) -> dict[str, Any]:
    """Return a minimal valid card with two buttons."""
    buttons = [{"text": "接单", "style": 1, "key": "accept"}, {"text": "转出", "style": 2, "key": "decline"}]
    card = {"card_type": "button_interaction", "main_title": {"title": "新线索"}, "task_id": task_id}
    return card | {"button_list": buttons} | more
