"""What the only writer of a database may keep in memory from one transaction to the next.

On SQLite one process writes, over one connection: what it has read and changed itself stays true until a transaction is
undone, or until somebody else commits after all, which `PRAGMA data_version` tells (sqlite.org/pragma.html). Elsewhere
nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from store.prepared import ask, driver

T = TypeVar("T")

_KEPT = "paidan_kept_rows"
_VERSION = "data_version"


def begin_keeping(connection: Connection) -> None:
    """Say that nobody else writes to this connection's database."""
    connection.info[_KEPT] = {}


def check(connection: Connection) -> None:
    """Forget everything if somebody else has written; called at the beginning of each transaction."""
    kept: dict[str, Any] = connection.info[_KEPT]
    raw = driver(connection)
    version = None if raw is None else ask(raw, "PRAGMA data_version").fetchone()
    if kept.get(_VERSION) != version:
        kept.clear()
        kept[_VERSION] = version


def keeps(connection: Connection) -> bool:
    """Say whether anything is kept over this connection."""
    return _KEPT in connection.info


def kept(connection: Connection, name: str, read: Callable[[], T]) -> T:
    """Give what was kept under this name, or read it; whoever changes it writes the same to the database."""
    store: dict[str, Any] | None = connection.info.get(_KEPT)
    if store is None:
        return read()
    if name not in store:
        store[name] = read()
    return cast("T", store[name])


def keep(connection: Connection, name: str, value: object) -> None:
    """Keep what has just been written under this name."""
    store: dict[str, Any] | None = connection.info.get(_KEPT)
    if store is not None:
        store[name] = value


def forget(connection: Connection, name: str) -> None:
    """Read this anew next time: its rows were written past what is kept."""
    connection.info.get(_KEPT, {}).pop(name, None)


def forget_all(connection: Connection) -> None:
    """Read everything anew next time: a transaction was undone."""
    connection.info.get(_KEPT, {}).clear()
