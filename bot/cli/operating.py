"""Runs a use case by name wherever it can be run: over the socket of a running `serve`, or directly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp

from bot.cli.console import fail, read_settings
from bot.clock import SystemClock
from bot.local_socket import send, socket_path
from bot.operator import run_named
from bot.services.desk import Desk
from bot.services.runner import Runner
from bot.settings import Settings
from store import schema
from store.data_key import accept, open_keys, verify
from store.database import open_database, open_readers
from store.errors import AnotherWriter, SchemaTooNew, SchemaTooOld, StoreError, WrongDataKey

T = TypeVar("T")


def write(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Carry out a use case that writes; ends the program with a sentence where it can't be done."""
    try:
        return asyncio.run(_write(read_settings(), name, arguments))
    except (SchemaTooOld, SchemaTooNew, WrongDataKey) as error:
        fail(str(error))
    except StoreError as error:
        fail(f"the database can't be used: {str(error) or type(error).__doc__}")


async def _write(settings: Settings, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        return await _write_directly(settings, name, arguments)
    except AnotherWriter:
        path = socket_path(settings.database_url)
        if path is None:
            raise
    try:
        return await send(path, name, arguments)
    except (aiohttp.ClientError, OSError) as error:
        msg = f"another process holds the database and does not answer on {path.name}: is it `paidan serve`?"
        raise StoreError(msg) from error


async def _write_directly(settings: Settings, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    database = open_database(settings.database_url)
    try:
        await database.read(schema.check)
        clock = SystemClock()
        keys, _ = open_keys(_key(settings), settings.database_url)
        now = clock.now()
        await database.write(lambda connection: accept(connection, keys, now))
        return await Runner(database, keys, clock).run(lambda desk: run_named(desk, name, arguments))
    finally:
        await database.close()


def look(question: Callable[[Desk], T]) -> T:
    """Answer something that only reads, beside a running `serve`; ends the program with a sentence if it can't."""
    found: list[T] = []

    async def ask() -> None:
        # Not as the result of the task: when it ends, asyncio has its signal handler described, and with it the result.
        found.append(await _look(read_settings(), question))

    try:
        asyncio.run(ask())
        return found[0]
    except (SchemaTooOld, SchemaTooNew, WrongDataKey) as error:
        fail(str(error))
    except StoreError as error:
        fail(f"the database can't be used: {str(error) or type(error).__doc__}")


async def _look(settings: Settings, question: Callable[[Desk], T]) -> T:
    readers = open_readers(settings.database_url)
    try:
        await readers.read(schema.check)
        keys, _ = open_keys(_key(settings), settings.database_url)
        await readers.read(lambda connection: verify(connection, keys))
        return await Runner(readers, keys, SystemClock()).look(question)
    finally:
        await readers.close()


def _key(settings: Settings) -> str | None:
    return settings.data_key.get_secret_value() if settings.data_key is not None else None
