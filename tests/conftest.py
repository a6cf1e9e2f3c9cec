"""Fixtures that tests of several packages share, and the guards every test runs under."""

import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Never

import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, Page

from store import schema
from tests.support import postgres
from tests.support.browser import chromium, find_chromium, quiet_page

_LOUD = "LOUD SKIP"
_ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]

# No variable of the developer reaches a test; what tests themselves are told by is kept.
_FOR_TESTS = re.compile(r"PAIDAN_(TEST_.*|SOAK.*|CHROMIUM|NO_APT)")
for _name in [name for name in os.environ if name.startswith("PAIDAN_") and not _FOR_TESTS.fullmatch(name)]:
    del os.environ[_name]

# Two busy cores make every deadline of hypothesis a coin toss; the same examples every time make failures repeatable.
settings.register_profile(
    "paidan", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("paidan")

# A traceback with the values of all variables takes a second and more; a loop that fails fourteen times makes fourteen.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


def _only_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections beyond this machine: no test may depend on, or leak to, a network."""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0])
    if not (host.startswith("127.") or host in {"::1", "localhost", "0.0.0.0", "::"} or host in _ALLOWED):
        message = f"a test tried to reach {host}; only loopback is allowed"
        raise OSError(message)


_ALLOWED = {part.partition(":")[0] for part in re.findall(r"@([^/?]+)", os.environ.get("PAIDAN_TEST_PG_URL", ""))}
if not _ALLOWED:
    sys.addaudithook(_only_this_machine)


def pytest_configure() -> None:
    """Name the owner of the session before pytest-xdist starts its workers."""
    postgres.begin_session()


def pytest_unconfigure() -> None:
    """Leave nothing in the temporary folder."""
    postgres.end_session()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print in red what a missing PostgreSQL or browser kept from running."""
    reasons = [
        str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if _LOUD in str(report.longrepr)
    ]
    for reason in sorted(set(reasons)):
        terminalreporter.write_line(f"*** {reasons.count(reason)} tests NOT RUN: {reason} ***", red=True, bold=True)


def _cannot_run(reason: str, *, fails_in_ci: bool) -> Never:
    if fails_in_ci and os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(f"{_LOUD}: {reason}")


@pytest.fixture(scope="session")
def postgres_server() -> postgres.PostgresServer:
    """Give the PostgreSQL of this session, or skip loudly (fail where CI is set)."""
    try:
        return postgres.server()
    except postgres.PostgresUnavailableError as problem:
        _cannot_run(f"no PostgreSQL: {problem}", fails_in_ci=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an SQLite file with the newest schema and no rows, to be copied."""
    path = tmp_path_factory.mktemp("template") / "paidan.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Give the URL of a fresh SQLite database with the newest schema."""
    path = tmp_path / "paidan.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: postgres.PostgresServer) -> Iterator[str]:
    """Give the URL of a fresh PostgreSQL database with the newest schema."""
    url = postgres_server.create(template=postgres_server.template("newest", schema.upgrade))
    yield url
    postgres_server.drop(url)


@pytest.fixture(params=_ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """Give a fresh database with the newest schema, of each engine in turn: a test that takes this runs twice."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def empty_postgres_url(postgres_server: postgres.PostgresServer) -> Iterator[str]:
    """Give the URL of a fresh PostgreSQL database without any table."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture(params=_ENGINES)
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """Give a database without any table, of each engine in turn."""
    return str(request.getfixturevalue(f"empty_{request.param}_url"))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Give a headless Chromium, or skip loudly."""
    executable = find_chromium()
    if executable is None:
        _cannot_run("no Chromium on this machine (apt install chromium)", fails_in_ci=False)
    async with chromium(executable) as started:
        yield started


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Give an empty page of 1280 x 900 pixels, Chinese, in Shanghai's time."""
    async with quiet_page(browser) as opened:
        yield opened
