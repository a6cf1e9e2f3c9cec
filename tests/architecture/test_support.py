"""The fixtures that everybody builds on work as they say."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Page

from store import schema
from tests.support import postgres


@pytest.mark.postgres
async def test_each_test_has_a_postgres_database_of_its_own(postgres_server: postgres.PostgresServer) -> None:
    """A database made from a template holds the template's tables, and what one test writes no other sees."""

    def fill(url: str) -> None:
        postgres_server.execute(url, "CREATE TABLE seen (word text)")

    template = postgres_server.template("house", fill)
    first, second = (postgres_server.create(template=template) for _ in range(2))

    postgres_server.execute(first, "INSERT INTO seen VALUES ('线索')")

    connection = await asyncpg.connect(second)
    try:
        assert await connection.fetchval("SELECT count(*) FROM seen") == 0
    finally:
        await connection.close()
    for url in (first, second):
        postgres_server.drop(url)


async def test_a_fresh_database_has_the_newest_schema(database_url: str) -> None:
    """A test that takes `database_url` finds every table, on each engine, and need not migrate."""
    question = "SELECT version_num FROM alembic_version"

    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
            found = file.execute(question).fetchone()[0]
    else:
        connection = await asyncpg.connect(database_url)
        found = await connection.fetchval(question)
        await connection.close()

    assert found == schema.NEWEST


def test_a_test_cannot_reach_another_machine() -> None:
    """A test that talks to the outside would fail on a train, and leak what it sends."""
    with socket.socket() as plain, pytest.raises(OSError, match="only loopback"):
        plain.connect(("192.0.2.1", 80))


@pytest.mark.browser
async def test_a_page_shows_chinese(page: Page, tmp_path: Path) -> None:
    """A screenshot of Chinese text has glyphs: the picture of 派单 differs from the one of two missing characters."""
    await page.set_content("<h1 style='font-size:80px'>派单</h1>")
    shown = await page.screenshot(path=tmp_path / "page.png", clip={"x": 0, "y": 0, "width": 300, "height": 200})
    await page.set_content("<h1 style='font-size:80px'>\U000f0000\U000f0001</h1>")
    missing = await page.screenshot(clip={"x": 0, "y": 0, "width": 300, "height": 200})

    assert shown != missing
