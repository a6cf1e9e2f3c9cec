"""The page with the phones, its files, and its stream of changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox.state import Sandbox

_PAGES = Path(__file__).parent / "pages"
_HEARTBEAT_S = 15.0
# Messages are shown as text, never as markup; the policy is a second lock. Pictures may come from card addresses.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: http: https:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def add_page_routes(app: web.Application, sandbox: Sandbox) -> None:
    """Add the page to an application."""
    app.router.add_get("/", _file("phones.html"))
    for path in sorted(_PAGES.glob("*.js")) + sorted(_PAGES.glob("*.css")):
        app.router.add_get(f"/sandbox/pages/{path.name}", _file(path.name))
    app.router.add_get("/sandbox/events", _events(sandbox))


def _file(name: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_PAGES / name, headers=_HEADERS)

    return handle


def _events(sandbox: Sandbox) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        users = [user for user in request.query.get("users", "").split(",") if user]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await response.prepare(request)
        await response.write(b"retry: 1000\n\n")
        watcher = sandbox.feed.watch(users)
        try:
            while True:
                try:
                    async with asyncio.timeout(_HEARTBEAT_S):
                        event = await watcher.queue.get()
                except TimeoutError:
                    event = b": still here\n\n"
                if not event:
                    break
                await response.write(event)
        except ConnectionResetError:
            pass
        finally:
            sandbox.feed.leave(watcher)
        return response

    return handle
