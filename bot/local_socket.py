"""A local socket beside a SQLite database: while `serve` holds the database, the command line sends it use cases here.

On SQLite one process writes; the socket's file mode (0600) is the permission.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from bot.operator import USE_CASES, run_named
from bot.services.runner import Runner
from store.sqlite_database import sqlite_path

#: A Unix socket's path is limited to about 100 bytes; a longer one is reached through its own folder.
_LONGEST_PATH = 100
#: A policy comes with its documents.
MOST_BYTES = 128 * 1024 * 1024


def socket_path(database_url: str) -> Path | None:
    """Give where the socket lies; None for PostgreSQL, where every command connects directly."""
    if not database_url.startswith("sqlite"):
        return None
    database = sqlite_path(database_url).absolute()
    path = database.with_name(database.name + ".sock")
    return path if len(str(path).encode()) <= _LONGEST_PATH else None


@asynccontextmanager
async def listening(runner: Runner, path: Path | None) -> AsyncIterator[None]:
    """Take use cases over the socket while inside; does nothing without a path."""
    if path is None:
        yield
        return
    app = web.Application(client_max_size=MOST_BYTES)

    async def take(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in USE_CASES:
            raise web.HTTPNotFound
        arguments = orjson.loads(await request.read())
        result = await runner.run(lambda desk: run_named(desk, name, arguments))
        return web.Response(body=orjson.dumps(result), content_type="application/json")

    app.router.add_post("/{name}", take)
    site_runner = web.AppRunner(app, access_log=None)
    await site_runner.setup()
    _remove(path)
    mask = os.umask(0o177)
    try:
        await web.UnixSite(site_runner, str(path)).start()
    finally:
        os.umask(mask)
    try:
        yield
    finally:
        await site_runner.cleanup()
        _remove(path)


def _remove(path: Path) -> None:
    """Remove what an earlier process left; only the holder of the database's lock gets here."""
    with suppress(FileNotFoundError):
        path.unlink()


async def send(path: Path, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Have the running service carry out a use case.

    Raises:
        aiohttp.ClientError: nobody listens.
    """
    connector = aiohttp.UnixConnector(str(path))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.post(f"http://localhost/{name}", data=orjson.dumps(arguments)) as response,
    ):
        response.raise_for_status()
        result: dict[str, Any] = orjson.loads(await response.read())
        return result
