"""Facts: what happened to a lead, in the order in which it happened; written once, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import Connection, insert, select

from store.column_types import microseconds
from store.row_writer import RowWriter
from store.rows import FactRow
from store.sealed_fields import KeyRing
from store.tables import fact as table

_INSERT = RowWriter(insert(table), ("lead_id", "happened_at", "event", "actor", "offer_no", "detail", "sealed"))


def _place(lead_id: int, happened_at: datetime, event: str) -> str:
    """Name the row for its seal, by what is known before the database has numbered it."""
    return f"fact.sealed.{lead_id}.{microseconds(happened_at)}.{event}"


def _values(row: FactRow, keys: KeyRing) -> tuple[object, ...]:
    sealed = None
    if row.private is not None:
        sealed = keys.seal(orjson.dumps(row.private), _place(row.lead_id, row.happened_at, row.event))
    return row.lead_id, row.happened_at, row.event, row.actor, row.offer_no, row.detail, sealed


def add(connection: Connection, rows: Sequence[FactRow], keys: KeyRing) -> None:
    """Write facts, one statement for all."""
    _INSERT.write(connection, [_values(row, keys) for row in rows])


def of_lead(connection: Connection, lead_id: int, keys: KeyRing) -> list[FactRow]:
    """Give a lead's history, oldest first, with what people wrote opened."""
    statement = select(table).where(table.c.lead_id == lead_id).order_by(table.c.fact_id)
    return [
        FactRow(
            record.lead_id, record.happened_at, record.event, record.actor, record.offer_no, record.detail,
            orjson.loads(keys.open(record.sealed, _place(record.lead_id, record.happened_at, record.event)))
            if record.sealed is not None
            else None,
        )
        for record in connection.execute(statement)
    ]  # fmt: skip
