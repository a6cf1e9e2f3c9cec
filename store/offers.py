"""Offers: row <-> value, and which are running."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text, update

from store.prepared import Prepared
from store.row_writer import RowWriter
from store.rows import OfferRow, column_names
from store.tables import OPEN
from store.tables import offer as table

_NAMES = column_names(OfferRow)
_CHANGING = (
    "state", "delivered_at", "deadline_at", "remind_at", "reminders_sent", "answered_at", "ended_at", "end_reason",
    "snoozed", "send_code", "send_code_at",
)  # fmt: skip
_OPEN = text(OPEN)
_INSERT = RowWriter(insert(table), _NAMES)
_UPDATE = RowWriter(
    update(table)
    .where(table.c.lead_id == bindparam("key_lead"), table.c.offer_no == bindparam("key_no"))
    .values({name: bindparam(name) for name in _CHANGING}),
    (*_CHANGING, "key_lead", "key_no"),
)
_OF_LEADS = table.c.lead_id.in_(bindparam("lead_ids", expanding=True))
_READ = select(*(table.c[name] for name in _NAMES))
_BY_KEY = Prepared(_READ.where(_OF_LEADS, table.c.offer_no.in_(bindparam("offer_nos", expanding=True))))
_ALL_OF_LEADS = Prepared(_READ.where(_OF_LEADS).order_by(table.c.lead_id, table.c.offer_no))
_values = attrgetter(*_NAMES)
_changing_values = attrgetter(*_CHANGING, "lead_id", "offer_no")


def add(connection: Connection, rows: Sequence[OfferRow]) -> None:
    """Insert new offers, one statement for all."""
    _INSERT.write(connection, map(_values, rows))


def save(connection: Connection, rows: Sequence[OfferRow]) -> None:
    """Write changed offers back, one statement for all."""
    _UPDATE.write(connection, map(_changing_values, rows))


def _row(record: Sequence[Any]) -> OfferRow:
    return OfferRow(*record)


def load(connection: Connection, keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], OfferRow]:
    """Give offers by (lead_id, offer_no). The lead's own row is the lock; offers need none."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    # Pairs in one IN make SQLite read the whole table; a lead has few offers, so those not wanted cost little.
    lead_ids, offer_nos = (sorted(set(numbers)) for numbers in zip(*wanted, strict=True))
    records = _BY_KEY.rows(connection, lead_ids=lead_ids, offer_nos=offer_nos)
    found = {(row.lead_id, row.offer_no): row for row in map(_row, records)}
    return {key: found[key] for key in wanted if key in found}


def of_lead(connection: Connection, lead_ids: Iterable[int]) -> dict[int, list[OfferRow]]:
    """Give every offer of these leads, in the order in which they were made."""
    found: dict[int, list[OfferRow]] = {}
    for row in map(_row, _ALL_OF_LEADS.rows(connection, lead_ids=sorted(set(lead_ids)))):
        found.setdefault(row.lead_id, []).append(row)
    return found


def running_of(connection: Connection, rep_id: str) -> list[OfferRow]:
    """Give the rep's running offers, oldest first."""
    statement = _READ.where(table.c.rep_id == rep_id, _OPEN).order_by(table.c.offered_at, table.c.lead_id)
    return [_row(record) for record in connection.execute(statement)]


def overdue(connection: Connection, before: datetime, *, limit: int) -> list[OfferRow]:
    """Give running offers whose deadline passed before this moment: the timers should have ended them."""
    statement = _READ.where(_OPEN, table.c.deadline_at < before).order_by(table.c.deadline_at).limit(limit)
    return [_row(record) for record in connection.execute(statement)]


def undelivered(connection: Connection, before: datetime, *, limit: int) -> list[OfferRow]:
    """Give running offers made before this moment whose card never arrived."""
    statement = (
        _READ.where(_OPEN, table.c.delivered_at.is_(None), table.c.offered_at < before)
        .order_by(table.c.offered_at)
        .limit(limit)
    )
    return [_row(record) for record in connection.execute(statement)]
