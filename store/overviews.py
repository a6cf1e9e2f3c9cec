"""What managers ask about many leads at once; only reads, and only what an index finds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from store.tables import OPEN, UNTOUCHED, lead, offer


@dataclass(frozen=True, slots=True)
class Reminded:
    """A running offer whose rep has been reminded."""

    lead_id: int
    rep_id: str
    round: int
    deadline_at: datetime | None


@dataclass(frozen=True, slots=True)
class Untouched:
    """An owned lead without a first contact."""

    lead_id: int
    owner: str
    owned_at: datetime


def running(connection: Connection, now: datetime) -> tuple[int, int]:
    """Count the running offers, and those of them that are past their deadline."""
    counts = select(func.count(), func.count().filter(offer.c.deadline_at < now)).where(text(OPEN))
    found = connection.execute(counts).one()
    return int(found[0]), int(found[1])


def reminded(connection: Connection, reps: Collection[str], *, limit: int) -> list[Reminded]:
    """Give running offers of these reps that a reminder was sent for, the nearest deadline first."""
    statement = (
        select(offer.c.lead_id, offer.c.rep_id, offer.c.round, offer.c.deadline_at)
        .where(text(OPEN), offer.c.rep_id.in_(sorted(reps)), offer.c.reminders_sent > 0)
        .order_by(offer.c.deadline_at, offer.c.lead_id)
        .limit(limit)
    )
    return [Reminded(*record) for record in connection.execute(statement)]


def without_contact(connection: Connection, owners: Collection[str], *, limit: int) -> list[Untouched]:
    """Give leads that these people own and have not contacted, the longest owned first."""
    statement = (
        select(lead.c.lead_id, lead.c.owner, lead.c.owned_at)
        .where(text(UNTOUCHED), lead.c.owner.in_(sorted(owners)))
        .order_by(lead.c.owned_at, lead.c.lead_id)
        .limit(limit)
    )
    return [Untouched(*record) for record in connection.execute(statement)]
