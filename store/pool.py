"""Leads in the pool; in which order those that wait go to whoever comes free says `store.waiting_queue`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, literal, or_, select, text

from store.prepared import Prepared
from store.tables import QUEUE
from store.tables import lead as table

#: Place among the leads of the pool: since when a lead waits, then its number.
Place = tuple[datetime, int]
_ANY = Prepared(select(table.c.lead_id).where(text(QUEUE)).limit(1))


def newest_pooled(connection: Connection, *, limit: int, before: Place | None = None) -> list[int]:
    """Give ids of leads in the pool, the newest first, from before a place on."""
    # The state is written out: SQLite takes the index of waiting leads only for a state it can see.
    statement = select(table.c.lead_id).where(table.c.state == literal("pooled", literal_execute=True))
    if before is not None:
        moment, lead_id = before
        earlier = and_(table.c.waiting_since == moment, table.c.lead_id < lead_id)
        statement = statement.where(table.c.waiting_since <= moment, or_(table.c.waiting_since < moment, earlier))
    statement = statement.order_by(table.c.waiting_since.desc(), table.c.lead_id.desc()).limit(limit)
    return list(connection.execute(statement).scalars())


def anything_waits(connection: Connection) -> bool:
    """Say whether any lead waits in the pool to be offered."""
    return _ANY.first(connection) is not None
