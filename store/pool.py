"""The pool as a queue: which waiting leads may find somebody now, oldest first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, literal, or_, select

from store.prepared import Prepared
from store.tables import lead as table

#: Place in the queue: how long a lead waits, then its number.
Place = tuple[datetime, int]
# The state and the reason are written out: SQLite takes the index of waiting leads only for a state it can see.
_WAITS = and_(table.c.state == literal("pooled", literal_execute=True), table.c.pool_reason == "waiting")
_ANY = Prepared(select(table.c.lead_id).where(_WAITS).limit(1))


def waiting_leads(
    connection: Connection,
    *,
    limit: int,
    after: Place | None = None,
    rules: Collection[str] | None = None,
    least_score: int = 0,
) -> list[int]:
    """Give ids of leads that wait in the pool to be offered, oldest first.

    Args:
        connection: to read over.
        limit: at most so many.
        after: from behind this place on.
        rules: only leads last decided by one of these rules, and those that no rule has decided yet.
        least_score: only leads with this score or a better one.
    """
    statement = select(table.c.lead_id).where(_WAITS)
    if after is not None:
        moment, lead_id = after
        later = and_(table.c.waiting_since == moment, table.c.lead_id > lead_id)
        statement = statement.where(table.c.waiting_since >= moment, or_(table.c.waiting_since > moment, later))
    if least_score:
        statement = statement.where(table.c.score >= least_score)
    if rules is not None:
        statement = statement.where(or_(table.c.rule.is_(None), table.c.rule.in_(sorted(rules))))
    statement = statement.order_by(table.c.waiting_since, table.c.lead_id).limit(limit)
    return list(connection.execute(statement).scalars())


def newest_pooled(connection: Connection, *, limit: int, before: Place | None = None) -> list[int]:
    """Give ids of leads in the pool, the newest first, from before a place on."""
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
