"""Stored decisions in their order, to be gone through a piece at a time; and which engine keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, text

from store.rows import DecisionRow, column_names
from store.tables import decision as table

_COLUMNS = [table.c[name] for name in column_names(DecisionRow)]


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many decisions, the ids of which lie from `first` to `last`, made since one moment and before another."""

    count: int
    first: int
    last: int
    since: datetime | None = None
    until: datetime | None = None


def stretch_of(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    newest: bool = False,
) -> Stretch:
    """Say which decisions there are.

    Args:
        connection: to read with.
        since: made at this moment or later.
        until: made before this moment.
        limit: no more than so many, the first of them.
        newest: rather the last of them.
    """
    ids = _made(select(table.c.decision_id), since, until)
    if limit is not None:
        ids = ids.order_by(table.c.decision_id.desc() if newest else table.c.decision_id).limit(limit)
    found = ids.subquery()
    number = found.c.decision_id
    count, first, last = connection.execute(select(func.count(), func.min(number), func.max(number))).one()
    return Stretch(int(count), int(first or 0), int(last or -1), since, until)


def within(connection: Connection, stretch: Stretch) -> list[DecisionRow]:
    """Give the decisions of a stretch in the order of their ids; all at once, so a long one is asked for in pieces."""
    statement = select(*_COLUMNS).where(table.c.decision_id.between(stretch.first, stretch.last))
    statement = _made(statement, stretch.since, stretch.until).order_by(table.c.decision_id)
    return [DecisionRow(*record) for record in connection.execute(statement)]


def _made(statement: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        statement = statement.where(table.c.decided_at >= since)
    return statement if until is None else statement.where(table.c.decided_at < until)


def engine_version(connection: Connection) -> str:
    """Give the version of the engine, as `3.51.3` or `17.2`."""
    question = "SELECT sqlite_version()" if connection.dialect.name == "sqlite" else "SHOW server_version"
    return str(connection.execute(text(question)).scalar_one())
