"""The composition root: settings become objects here and nowhere else, and what is opened here is closed here."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.chat import inbox
from bot.clock import Clock, SystemClock
from bot.lead_sources.source import Source
from bot.lead_sources.source_file import load_sources
from bot.messaging import Entered, Messenger, NullMessenger, Tap, Text, TryLater
from bot.metrics import Metrics
from bot.scheduler import Scheduler
from bot.sending import Alert, Sender
from bot.services.desk import Desk
from bot.services.receive import Incoming, KeyReused, receive
from bot.services.runner import Runner
from bot.settings import Settings, environment
from bot.web.app_keys import Services
from bot.wecom.app_messenger import AppMessenger
from bot.wecom.client import AppCredentials, WeComClient
from bot.wecom.crypto import CallbackCrypto
from store import Connection, outbox, schema, versions
from store.batch_queue import Batch, BatchQueue
from store.data_key import accept, open_keys
from store.database import Database, open_database
from store.errors import StoreError

log = structlog.get_logger()

#: Deliveries that share one commit, at most: beyond this the answer of the first waits longer than it gains.
INTAKE_BATCH = 64
INBOX_BATCH = 32


@dataclass
class Service:
    """A running service: what handlers use, and what ticks."""

    services: Services
    scheduler: Scheduler
    database: Database


@asynccontextmanager
async def open_service(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Service]:
    """Build every concrete object, start nothing, and close what was opened.

    Raises:
        SchemaTooOld: the database needs `paidan db upgrade`.
        WrongDataKey: the data key does not open what is stored.
        AnotherWriter: another process has this SQLite database.
        FileRefused: the sources file can't be used.
    """
    clock = clock or SystemClock()
    database = open_database(settings.database_url)
    try:
        await database.read(schema.check)
        keys, warning = open_keys(_secret(settings.data_key), settings.database_url)
        if warning is not None:
            log.warning("data_key_beside_database", advice=warning)
        started_at = clock.now()
        await database.write(lambda connection: accept(connection, keys, started_at))
        if database.dialect == "sqlite":
            # Nobody else writes here: what is leased was under way when a process died, and its rep is waiting.
            await database.write(outbox.free_all)
        runner = Runner(database, keys, clock, public_url=settings.public_url)
        metrics = Metrics()
        async with aiohttp.ClientSession() as session:
            messenger = _messenger(settings, session, await database.read(_installation))
            runner.budget = messenger.budget
            sender = Sender(runner, messenger, _alert(settings, session))
            scheduler = Scheduler(runner, sender, clock, metrics)
            runner.on_news = scheduler.hear
            yield Service(_services(settings, clock, runner, metrics), scheduler, database)
    finally:
        await database.close()


def _services(settings: Settings, clock: Clock, runner: Runner, metrics: Metrics) -> Services:
    async def take_leads(batch: Batch[Incoming]) -> list[dict[str, Any] | KeyReused]:
        def take(desk: Desk) -> tuple[list[dict[str, Any] | KeyReused], Counter[str]]:
            return receive(desk, batch.items()), desk.unknown_fields

        answers, unknown = await runner.run(take, first=True)
        for name, count in unknown.items():
            metrics.unknown_fields.labels(name).inc(count)
        return answers

    async def take_callbacks(batch: Batch[Tap | Text | Entered]) -> list[None]:
        try:
            await runner.run(lambda desk: inbox.handle(desk, batch.items()))
        except (StoreError, SQLAlchemyError, OSError):
            # The database's trouble passes; WeCom comes again.
            raise
        except Exception:
            if len(batch.items()) > 1:
                # The queue runs them one by one, so that only the guilty one fails.
                raise
            log.exception("callback_failed")
            await runner.run(lambda desk: inbox.apologise(desk, batch.items()[0]))
        return [None] * len(batch.items())

    # One writer takes batches in their order; elsewhere two at once would only wait for each other's locks.
    ahead = runner.database.dialect == "sqlite"
    return Services(
        settings=settings,
        clock=clock,
        runner=runner,
        metrics=metrics,
        sources=read_sources(settings),
        intake=BatchQueue(take_leads, most=INTAKE_BATCH, ahead=ahead),
        inbox=BatchQueue(take_callbacks, most=INBOX_BATCH, ahead=ahead),
        crypto=_crypto(settings),
    )


class SourcesUnreadable(Exception):
    """The sources file can't be read."""


def read_sources(settings: Settings) -> Mapping[str, Source]:
    """Read the sources file; without one nobody may post leads."""
    if settings.sources_file is None:
        log.warning("no_sources_file")
        return {}
    try:
        text = settings.sources_file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8; save it as UTF-8"
        msg = f"PAIDAN_SOURCES_FILE: {settings.sources_file}: {why}"
        raise SourcesUnreadable(msg) from error
    loaded = load_sources(text, environment())
    for name, kind in loaded.not_built.items():
        log.warning("source_kind_not_built", source=name, kind=kind)
    return loaded.sources


def _crypto(settings: Settings) -> CallbackCrypto | None:
    token, aes_key = _secret(settings.wecom_token), _secret(settings.wecom_aes_key)
    if token is None or aes_key is None or settings.wecom_corp_id is None:
        return None
    return CallbackCrypto(token=token, aes_key=aes_key, corp_id=settings.wecom_corp_id)


def _messenger(settings: Settings, session: aiohttp.ClientSession, installation: str) -> Messenger:
    secret = _secret(settings.wecom_secret)
    if settings.wecom_corp_id is None or settings.wecom_agent_id is None or secret is None:
        log.warning("wecom_not_configured")
        return NullMessenger()
    credentials = AppCredentials(settings.wecom_corp_id, settings.wecom_agent_id, secret)
    client = WeComClient(session, credentials, clock=SystemClock.monotonic, base_url=settings.wecom_api_base)
    return AppMessenger(client, installation=installation)


def _alert(settings: Settings, session: aiohttp.ClientSession) -> Alert:
    """Give what posts alarms to the operator's address; without one they are logged."""
    url = _secret(settings.alert_url)

    async def post(code: str, text: str) -> None:
        log.error("alarm", code=code, text=text)
        if url is None:
            return
        try:
            timeout = aiohttp.ClientTimeout(total=10)
            async with session.post(url, json={"code": code, "text": text}, timeout=timeout) as response:
                response.raise_for_status()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            msg = f"alert address: {type(error).__name__}"
            raise TryLater(msg, retry_after=30) from None

    return post


def _installation(connection: Connection) -> str:
    return str(versions.state(connection, versions.INSTALLATION))


def _secret(value: Any) -> str | None:
    return value.get_secret_value() if value is not None else None


async def serve_until(stop: asyncio.Event, service: Service) -> None:
    """Tick until told to stop."""
    service.scheduler.start()
    try:
        await stop.wait()
    finally:
        await service.scheduler.stop()
