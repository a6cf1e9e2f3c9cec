"""Deadlines as rows. A due timer is taken, handled and removed in one transaction: a crash leaves it where it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from store.prepared import Prepared
from store.row_writer import RowWriter
from store.rows import TimerRow
from store.tables import timer as table

_COLUMNS = [table.c[name] for name in ("timer_id", "kind", "due_at", "lead_id", "offer_no", "subject", "attempts")]

_NEW = ("kind", "due_at", "lead_id", "offer_no", "subject")
_INSERT = RowWriter(insert(table), _NEW)
_DUE = Prepared(
    select(*_COLUMNS)
    .where(table.c.due_at <= bindparam("now"))
    .order_by(table.c.due_at, table.c.timer_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_REMOVE = Prepared(delete(table).where(table.c.timer_id.in_(bindparam("timer_ids", expanding=True))))
_NEXT = Prepared(select(func.min(table.c.due_at)))


def add(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Set timers (kind, due_at, lead_id, offer_no, subject), one statement for all."""
    _INSERT.write(connection, map(itemgetter(*_NEW), rows))


def due(connection: Connection, now: datetime, *, limit: int) -> list[TimerRow]:
    """Take timers that are due, the longest overdue first; on PostgreSQL other replicas skip what is taken."""
    return [TimerRow(*record) for record in _DUE.rows(connection, now=now, most=limit)]


def remove(connection: Connection, timer_ids: Sequence[int]) -> None:
    """Remove timers that have been handled."""
    if timer_ids:
        _REMOVE.change(connection, timer_ids=timer_ids)


def remove_subject(connection: Connection, kind: str, subject: str) -> None:
    """Remove the timers of a kind that are about something, since it will not come to pass."""
    connection.execute(delete(table).where(table.c.kind == kind, table.c.subject == subject))


def postpone(connection: Connection, timer_id: int, until: datetime) -> None:
    """Try a timer again later: handling it failed."""
    connection.execute(
        update(table).where(table.c.timer_id == timer_id).values(due_at=until, attempts=table.c.attempts + 1)
    )


def next_due_at(connection: Connection) -> datetime | None:
    """Say when the next timer is due."""
    found: datetime | None = _NEXT.first(connection)
    return found


def exists(connection: Connection, kind: str, lead_id: int, offer_no: int) -> bool:
    """Say whether an offer has a timer of this kind."""
    statement = select(table.c.timer_id).where(
        table.c.kind == kind, table.c.lead_id == lead_id, table.c.offer_no == offer_no
    )
    return connection.execute(statement.limit(1)).first() is not None
