"""Whether anything waits in the pool at all; which leads do, and in which order, says `store.waiting_queue`."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from store.prepared import Prepared
from store.tables import QUEUE
from store.tables import lead as table

_ANY = Prepared(select(table.c.lead_id).where(text(QUEUE)).limit(1))


def anything_waits(connection: Connection) -> bool:
    """Say whether any lead waits in the pool to be offered."""
    return _ANY.first(connection) is not None
