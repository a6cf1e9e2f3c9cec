"""Policies to come: kept until their moment, and afterwards for the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from store.errors import NotFound
from store.version_tables import scheduled_policy as table
from store.work import is_read_only

#: States: `waiting` may still come into force; the others are final.
WAITING = "waiting"
PUBLISHED = "published"
REFUSED = "refused"
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ScheduledPolicy:
    """A policy that is, or was, to come into force at `due_at`.

    Attributes:
        ended_at: when it was published, refused or cancelled.
        ended_by: who cancelled it.
        version: the version that it became.
        problems: why it was refused, one line each.
    """

    number: int
    state: str
    due_at: datetime
    asked_at: datetime
    author: str
    reason: str
    source_text: str
    ended_at: datetime | None
    ended_by: str | None
    version: int | None
    problems: list[str]


def add(
    connection: Connection, source_text: str, *, due_at: datetime, author: str, reason: str, now: datetime
) -> int:  # fmt: skip
    """Keep a policy for later; the caller has checked it. Gives its number."""
    number = int(connection.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one()) + 1
    values = {
        "number": number, "state": WAITING, "due_at": due_at, "asked_at": now, "author": author, "reason": reason,
        "source_text": source_text, "problems": [],
    }  # fmt: skip
    connection.execute(insert(table), [values])
    return number


def get(connection: Connection, number: int) -> ScheduledPolicy:
    """Give one, locked against others on PostgreSQL; raises NotFound."""
    statement = select(table).where(table.c.number == number)
    if not is_read_only(connection):
        statement = statement.with_for_update()
    record = connection.execute(statement).first()
    if record is None:
        msg = f"scheduled policy s{number}"
        raise NotFound(msg)
    return ScheduledPolicy(*record)


def waiting(connection: Connection) -> list[ScheduledPolicy]:
    """Give those that may still come into force, the next one first."""
    statement = select(table).where(table.c.state == WAITING).order_by(table.c.due_at, table.c.number)
    return [ScheduledPolicy(*record) for record in connection.execute(statement)]


def published(connection: Connection, number: int, version: int, now: datetime) -> None:
    """Note the version that it became."""
    _end(connection, number, {"state": PUBLISHED, "ended_at": now, "version": version})


def refused(connection: Connection, number: int, problems: Sequence[str], now: datetime) -> None:
    """Note why it could not come into force."""
    _end(connection, number, {"state": REFUSED, "ended_at": now, "problems": list(problems)})


def cancelled(connection: Connection, number: int, by: str, now: datetime) -> None:
    """Note that somebody called it off."""
    _end(connection, number, {"state": CANCELLED, "ended_at": now, "ended_by": by})


def _end(connection: Connection, number: int, values: dict[str, object]) -> None:
    connection.execute(update(table).where(table.c.number == number).values(values))
