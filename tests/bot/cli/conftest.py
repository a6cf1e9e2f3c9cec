"""The command line on a database in which a small morning has happened."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from tests.bot.web.web_world import DATA_KEY, serving

Run = Callable[..., Result]


async def _morning(url: str, folder: Path) -> None:
    async with serving(url, folder) as world:
        for number in range(12):
            await world.post_lead(province="西藏" if number % 4 == 3 else "上海", attributes={"hospital_level": "三甲"})
            world.clock.pass_(minutes=30)
        await world.accept("L1001")


@pytest.fixture
def morning(sqlite_url: str, tmp_path: Path) -> str:
    """Give a database with a dozen leads that were decided over six hours."""
    asyncio.run(_morning(sqlite_url, tmp_path))
    return sqlite_url


@pytest.fixture
def paidan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Give what runs `paidan` in an empty folder: arguments and settings in, status and output out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAIDAN_DATA_KEY", DATA_KEY)

    def run(*arguments: str, **settings: str) -> Result:
        for name, value in settings.items():
            monkeypatch.setenv(f"PAIDAN_{name.upper()}", value)
        return CliRunner().invoke(app, list(arguments))

    return run
