"""Stored decisions in their order, to be gone through a piece at a time; and which engine keeps them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select, text

from store.rows import DecisionRow, column_names
from store.tables import decision as table

_COLUMNS = [table.c[name] for name in column_names(DecisionRow)]


def first_of_last(connection: Connection, count: int) -> int:
    """Give the smallest id among the newest decisions, 0 where there are fewer."""
    statement = select(table.c.decision_id).order_by(table.c.decision_id.desc()).offset(count - 1).limit(1)
    return int(connection.execute(statement).scalar() or 0)


def count_from(connection: Connection, decision_id: int, since: datetime | None = None) -> int:
    """Count the decisions from this id on that were made since a moment."""
    statement = select(func.count()).select_from(table).where(table.c.decision_id >= decision_id)
    if since is not None:
        statement = statement.where(table.c.decided_at >= since)
    return int(connection.execute(statement).scalar_one())


def from_id(
    connection: Connection, decision_id: int, *, limit: int, since: datetime | None = None
) -> list[DecisionRow]:
    """Give decisions from this id on, in the order of their ids."""
    statement = select(*_COLUMNS).where(table.c.decision_id >= decision_id)
    if since is not None:
        statement = statement.where(table.c.decided_at >= since)
    return [DecisionRow(*record) for record in connection.execute(statement.order_by(table.c.decision_id).limit(limit))]


def engine_version(connection: Connection) -> str:
    """Give the version of the engine, as `3.51.3` or `17.2`."""
    question = "SELECT sqlite_version()" if connection.dialect.name == "sqlite" else "SHOW server_version"
    return str(connection.execute(text(question)).scalar_one())
