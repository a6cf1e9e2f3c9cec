"""Runs Alembic over one connection. Imported only when a database is to be brought up to date: Alembic loads slowly."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from store.errors import StoreError
from store.postgres_database import asyncpg_url
from store.sqlite_database import sync_engine, writer_lock

#: Alembic keeps what it is doing in module globals, so two threads must not use it at once.
_ONE_AT_A_TIME = threading.Lock()


def config_for(connection: Connection | None = None) -> Config:
    """Give Alembic's configuration; there is no file, since the migrations lie beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection) -> None:
    """Bring the schema up to date in the transaction of this connection."""
    with _ONE_AT_A_TIME:
        command.upgrade(config_for(connection), "head")


def migrate_url(url: str) -> None:
    """Bring the database of a URL up to date, in one transaction; raises AnotherWriter while SQLite is being served."""
    if make_url(url).get_backend_name() == "sqlite":
        with writer_lock(url):
            engine = sync_engine(url)
            with engine.begin() as connection:
                migrate(connection)
            engine.dispose()
        return
    if make_url(url).get_backend_name() != "postgresql":
        msg = "PAIDAN_DATABASE_URL names no database that paidan can use; write sqlite:///… or postgresql://…"
        raise StoreError(msg)
    # The only PostgreSQL driver here is asyncpg; a thread of its own, since the caller may be inside a loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _migrate_postgres(url)).result()


async def _migrate_postgres(url: str) -> None:
    engine = create_async_engine(asyncpg_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()
