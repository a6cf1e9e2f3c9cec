"""PostgreSQL for tests: one server a session, shared by all test processes; a fresh database for each test.

Set `PAIDAN_TEST_PG_URL` (a superuser's URL) to use a server of your own instead of the embedded one.
Never a production database: the embedded server runs with fsync off and is deleted at the end.
"""

import asyncio
import fcntl
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

_T = TypeVar("_T")
_PROJECT = Path(__file__).resolve().parents[2]
_WAIT_SECONDS = 90
#: Set by the first test process; the ones that pytest-xdist starts inherit it, and so find the same server.
_SESSION = "PAIDAN_TEST_SESSION"


class PostgresUnavailableError(Exception):
    """No PostgreSQL could be reached or started; the text says why."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server that may be filled with databases.

    Attributes:
        url: a superuser's URL of the database `postgres`.
        directory: where the test processes keep their locks.
    """

    url: str
    directory: Path

    def url_of(self, database: str) -> str:
        """Give the URL of one database of this server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def create(self, *, template: str = "template0") -> str:
        """Make a database from a template and give its URL; 20 to 40 ms."""
        name = f"t_{secrets.token_hex(8)}"
        _await(_execute(self.url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """Remove a database, ending whatever still talks to it."""
        name = urlsplit(url).path.lstrip("/")
        _await(_execute(self.url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """Make the template database once for all test processes, and give its name.

        Args:
            name: what it is a template of; the session's own suffix is added.
            fill: brings the schema into the database of the URL it is given, and closes its connections.
        """
        unique = f"tmpl_{name}_{session_directory().name[-8:].lower()}"
        with _locked(self.directory / f"{unique}.lock"):
            done = self.directory / f"{unique}.done"
            if not done.exists():
                _await(_execute(self.url, f'DROP DATABASE IF EXISTS "{unique}" WITH (FORCE)'))
                _await(_execute(self.url, f'CREATE DATABASE "{unique}" TEMPLATE template0'))
                fill(self.url_of(unique))
                done.touch()
        return unique

    def execute(self, url: str, sql: str) -> None:
        """Run one statement in a database, outside any transaction."""
        _await(_execute(url, sql))


def begin_session() -> None:
    """Name this process the owner of the session, unless it was started by one; call it before any test runs."""
    if _SESSION not in os.environ:
        # As root the server runs as another user, who must be able to walk to its data.
        place = "/tmp" if os.geteuid() == 0 else None  # noqa: S108  mkdtemp makes a private folder in it
        directory = tempfile.mkdtemp(prefix="paidan-pg-", dir=place)
        os.environ[_SESSION] = f"{os.getpid()}:{directory}"


def session_directory() -> Path:
    """Give the folder shared by the test processes of this session."""
    return Path(os.environ[_SESSION].partition(":")[2])


def end_session() -> None:
    """Remove the session's folder, if this process owns it and no embedded server is using it."""
    owner, _, directory = os.environ.get(_SESSION, "").partition(":")
    if owner == str(os.getpid()) and not (Path(directory) / "asked").exists():
        for leftover in Path(directory).glob("*"):
            leftover.unlink()
        Path(directory).rmdir()


def server() -> PostgresServer:
    """Give the session's server, starting it when nobody has yet.

    Raises:
        PostgresUnavailableError: there is none, and why.
    """
    directory = session_directory()
    own = os.environ.get("PAIDAN_TEST_PG_URL")
    if own:
        _check(own)
        return PostgresServer(own, directory)
    with _locked(directory / "lock"):
        if not (directory / "asked").exists():
            (directory / "asked").touch()
            _spawn_supervisor(directory)
    return PostgresServer(_wait_for_address(directory), directory)


def _spawn_supervisor(directory: Path) -> None:
    """Start the supervisor detached, so that a test process that crashes does not take the server with it."""
    owner = os.environ[_SESSION].partition(":")[0]
    log = os.open(directory / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "tests.support.postgres_supervisor", str(directory), owner],
            {**os.environ, "PYTHONPATH": str(_PROJECT)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, nothing, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(log)
        os.close(nothing)


def _wait_for_address(directory: Path) -> str:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        if (directory / "address").exists():
            return (directory / "address").read_text()
        if (directory / "failed").exists():
            raise PostgresUnavailableError((directory / "failed").read_text())
        time.sleep(0.05)
    message = f"no answer from the supervisor after {_WAIT_SECONDS} seconds: {(directory / 'log').read_text()[-400:]}"
    raise PostgresUnavailableError(message)


def _check(url: str) -> None:
    try:
        _await(_execute(url, "SELECT 1"))
    except (OSError, TimeoutError, asyncpg.PostgresError) as problem:
        message = f"PAIDAN_TEST_PG_URL can't be used: {type(problem).__name__}"
        raise PostgresUnavailableError(message) from problem


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url, timeout=20)
    try:
        await connection.execute(sql)
    finally:
        await connection.close(timeout=5)


def _await(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine in a thread of its own: a fixture may be called while a loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock between test processes."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
