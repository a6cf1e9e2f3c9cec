"""A database with the schema in it, on each engine in turn, and what the store needs beside it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from store.database import Database, open_database
from store.sealed_fields import KeyRing


@pytest.fixture
def now() -> datetime:
    """Give the present of the test: a Monday morning in Shanghai."""
    return datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def keys() -> KeyRing:
    """Give one fixed data key."""
    return KeyRing({"k1": bytes(range(32))})


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Give an open database with the schema in it, on each engine in turn."""
    opened = open_database(database_url)
    yield opened
    await opened.close()
