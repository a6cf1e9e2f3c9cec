"""A small company at work, on each engine in turn, and on SQLite alone where nothing is stored in a special way."""

from collections.abc import AsyncIterator

import pytest

from tests.support import office
from tests.support.office import Company


@pytest.fixture
async def company(database_url: str) -> AsyncIterator[Company]:
    """Give the company, on each engine in turn; whatever was said to it, its books are straight afterwards."""
    async with office.company(database_url) as opened:
        yield opened
        await opened.sound()


@pytest.fixture
async def small(sqlite_url: str) -> AsyncIterator[Company]:
    """Give the company on SQLite: for tables of words, which no engine sees."""
    async with office.company(sqlite_url) as opened:
        yield opened
        await opened.sound()
