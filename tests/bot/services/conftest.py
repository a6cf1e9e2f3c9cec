"""A small company over each engine in turn; after every test the invariants hold."""

from collections.abc import AsyncIterator

import pytest

from tests.support.office import Company, company


@pytest.fixture
async def floor(database_url: str) -> AsyncIterator[Company]:
    """Give a company with two teams and the plain policy; whatever a test does, every invariant holds afterwards."""
    async with company(database_url) as opened:
        yield opened
        await opened.sound()


@pytest.fixture
async def empty_floor(database_url: str) -> AsyncIterator[Company]:
    """Give the same company before any policy is in force."""
    async with company(database_url, policy=None) as opened:
        yield opened
        await opened.sound()
