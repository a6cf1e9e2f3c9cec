"""Why the policy put leads before managers: each reason once for a lead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, text, update

from store.review_tables import OPEN_ITEM
from store.review_tables import review_item as table

_OF_LEADS = select(table.c.lead_id, table.c.reason, table.c.closed_at).where(
    table.c.lead_id.in_(bindparam("lead_ids", expanding=True))
)
_OPEN = (
    select(table.c.lead_id, table.c.reason, table.c.opened_at)
    .where(text(OPEN_ITEM))
    .order_by(table.c.opened_at, table.c.lead_id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Item:
    """A reason for which a lead was put before managers."""

    lead_id: int
    reason: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A lead that somebody has already, and that a manager should look at."""

    lead_id: int
    reason: str
    opened_at: datetime


def of_leads(connection: Connection, lead_ids: Iterable[int]) -> dict[int, list[Item]]:
    """Give the items of leads; a lead without any has no entry."""
    found: dict[int, list[Item]] = {}
    records = connection.execute(_OF_LEADS, {"lead_ids": sorted(set(lead_ids))}).all()
    for lead_id, reason, closed_at in sorted(records):
        found.setdefault(lead_id, []).append(Item(lead_id, reason, closed_at is None))
    return found


def add(connection: Connection, lead_id: int, reason: str, now: datetime, *, outcome: str | None = None) -> None:
    """Note a reason; with an outcome it is closed from the start."""
    closed_at = None if outcome is None else now
    row = {"lead_id": lead_id, "reason": reason, "opened_at": now, "closed_at": closed_at, "outcome": outcome}
    connection.execute(insert(table).values(row))


def close(connection: Connection, lead_id: int, outcome: str, *, by: str, now: datetime) -> int:
    """Close the open items of a lead; gives how many there were."""
    statement = update(table).where(table.c.lead_id == lead_id, table.c.closed_at.is_(None))
    return connection.execute(statement.values(closed_at=now, closed_by=by, outcome=outcome)).rowcount


def open_of(connection: Connection, lead_id: int) -> list[OpenItem]:
    """Give the open items of a lead."""
    statement = select(table.c.lead_id, table.c.reason, table.c.opened_at)
    here = statement.where(table.c.lead_id == lead_id, table.c.closed_at.is_(None))
    return [OpenItem(*record) for record in connection.execute(here).all()]


def open_items(connection: Connection, *, limit: int) -> list[OpenItem]:
    """Give open items, oldest first."""
    return [OpenItem(*record) for record in connection.execute(_OPEN, {"most": limit}).all()]
