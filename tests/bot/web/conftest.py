"""A served world on SQLite, and one on each engine in turn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.web.web_world import World, serving


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Give a running service on SQLite."""
    async with serving(sqlite_url, tmp_path) as running:
        yield running


@pytest.fixture
async def either_world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Give a running service, on each engine in turn."""
    async with serving(database_url, tmp_path) as running:
        yield running
