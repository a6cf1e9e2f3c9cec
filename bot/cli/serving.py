"""`paidan serve`: the service itself."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any, TypeVar

import structlog
import typer
from aiohttp import web

from bot import logging_setup
from bot.bootstrap import Service, SourcesUnreadable, open_service, read_sources, serve_until
from bot.cli.console import fail, read_settings, say
from bot.local_socket import listening, socket_path
from bot.settings import Settings, misspelt
from bot.web.app import build_app
from bot.web.app_keys import Services
from routing.errors import FileRefused
from store import schema
from store.errors import AnotherWriter, SchemaTooNew, SchemaTooOld, WrongDataKey

if sys.platform == "linux":
    import uvloop

log = structlog.get_logger()

T = TypeVar("T")

#: Open requests get this long at the end; supervisors kill after ten seconds.
SHUTDOWN_TIMEOUT = 5.0


def serve(
    *,
    upgrade: Annotated[bool, typer.Option("--upgrade", help="bring the database's schema up to date first")] = False,
) -> None:
    """Run the service: webhooks, WeCom, the schedule. Prints `ready http://HOST:PORT` when it can take leads."""
    settings = read_settings()
    logging_setup.configure(settings.log_level)
    for name, meant in misspelt(settings).items():
        log.warning("setting_unknown", name=name, did_you_mean=meant)
    if upgrade:
        schema.upgrade(settings.database_url)
    try:
        run_loop(serve_forever(settings, on_ready=lambda address: say(f"ready {address}")))
    except (SchemaTooOld, SchemaTooNew, WrongDataKey, AnotherWriter) as error:
        fail(str(error) or (error.__doc__ or ""))
    except FileRefused as refused:
        fail("\n".join(str(problem) for problem in refused.problems))
    except SourcesUnreadable as error:
        fail(str(error))


def run_loop(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the fastest loop there is.

    A batch of leads makes thousands of short-lived objects; the collector is told to look less often, and never at what was
    loaded at the start.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    if sys.platform == "linux":
        return uvloop.run(main)
    else:  # noqa: RET505  the type checker takes two branches for two platforms, and what follows for unreachable
        return asyncio.run(main)


async def serve_forever(settings: Settings, *, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads the sources file again."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings) as (service, address):
        loop.add_signal_handler(signal.SIGHUP, _reload, service.services, settings)
        on_ready(address)
        await serve_until(stop, service)


@asynccontextmanager
async def running(
    settings: Settings, *, shutdown_timeout: float = SHUTDOWN_TIMEOUT
) -> AsyncIterator[tuple[Service, str]]:
    """Listen for the length of the block, over HTTP and the local socket; gives the service and its address. Nothing ticks yet."""
    async with open_service(settings) as service:
        runner = web.AppRunner(build_app(service.services), access_log=None, shutdown_timeout=shutdown_timeout)
        await runner.setup()
        try:
            site = web.TCPSite(runner, settings.host, settings.port, backlog=512)
            await site.start()
            async with listening(service.services.runner, socket_path(settings.database_url)):
                yield service, _address(runner, settings)
        finally:
            await runner.cleanup()


def _address(runner: web.AppRunner, settings: Settings) -> str:
    """Give the address listened on, with the port that was really taken."""
    port = settings.port
    with suppress(IndexError):
        port = runner.addresses[0][1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{port}"


def _reload(services: Services, settings: Settings) -> None:
    """Read the sources file again; a bad one is refused whole and what was in force stays."""
    try:
        services.sources = read_sources(settings)
    except (FileRefused, SourcesUnreadable) as error:
        log.error("sources_refused", error=str(error))  # noqa: TRY400  the operator needs the words, not our frames
    else:
        log.info("sources_reloaded", count=len(services.sources))
