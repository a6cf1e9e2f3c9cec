"""Keys of webhooks and callbacks that have been seen, and the deliveries that were refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from store.column_types import microseconds
from store.prepared import Prepared
from store.row_writer import RowWriter
from store.sealed_fields import KeyRing
from store.tables import callback, delivery, refused_delivery

#: How many rows of each table are removed in one transaction.
FORGET_AT_ONCE = 5000


_NEW = ("source", "delivery_key", "body_hash", "lead_id", "answer", "seen_at")
_INSERT = RowWriter(insert(delivery), _NEW)
# Pairs in one IN make SQLite read the whole table; keys of one source hardly ever occur at another.
_SEEN = Prepared(
    select(*(delivery.c[name] for name in ("source", "delivery_key", "body_hash", "lead_id", "answer"))).where(
        delivery.c.source.in_(bindparam("sources", expanding=True)),
        delivery.c.delivery_key.in_(bindparam("delivery_keys", expanding=True)),
    )
)
_CALLBACKS_SEEN = Prepared(
    select(callback.c.callback_key).where(callback.c.callback_key.in_(bindparam("callback_keys", expanding=True)))
)
_NEW_CALLBACK = RowWriter(insert(callback), ("callback_key", "seen_at"))


@dataclass(frozen=True, slots=True)
class SeenDelivery:
    """What was answered to a delivery key, and the hash of the body that it came with."""

    body_hash: bytes
    lead_id: int
    answer: dict[str, Any]


def seen(connection: Connection, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], SeenDelivery]:
    """Give the answers kept for these (source, key) pairs."""
    if not keys:
        return {}
    sources, delivery_keys = (sorted(set(parts)) for parts in zip(*keys, strict=True))
    records = _SEEN.rows(connection, sources=sources, delivery_keys=delivery_keys)
    wanted = set(keys)
    return {
        (source, key): SeenDelivery(body_hash, lead_id, answer)
        for source, key, body_hash, lead_id, answer in records
        if (source, key) in wanted
    }


def keep(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep the answers given; the same key twice breaks the primary key and with it the batch."""
    _INSERT.write(connection, map(itemgetter(*_NEW), rows))


def refuse(
    connection: Connection, source: str, problem: dict[str, Any], raw: bytes, keys: KeyRing, now: datetime
) -> None:
    """Keep an authenticated delivery that was refused, sealed, so that it can be posted again."""
    sealed = keys.seal(raw, f"refused_delivery.sealed.{source}.{microseconds(now)}")
    connection.execute(
        insert(refused_delivery), [{"source": source, "refused_at": now, "problem": problem, "sealed": sealed}]
    )


def callbacks_seen(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    """Give those of the callback keys that have been handled."""
    if not keys:
        return set()
    return {bytes(key) for (key,) in _CALLBACKS_SEEN.rows(connection, callback_keys=list(keys))}


def keep_callbacks(connection: Connection, keys: Sequence[bytes], now: datetime) -> None:
    """Remember callbacks as handled, in the transaction of their effect."""
    _NEW_CALLBACK.write(connection, [(key, now) for key in keys])


def forget_before(connection: Connection, *, deliveries: datetime, callbacks: datetime, refused: datetime) -> int:
    """Remove what is kept no longer, the oldest first and never so much that others wait long for the writer.

    Returns:
        How many rows went; call again until it is 0.
    """
    removed = 0
    for table, column, moment in (
        (delivery, delivery.c.seen_at, deliveries),
        (callback, callback.c.seen_at, callbacks),
        (refused_delivery, refused_delivery.c.refused_at, refused),
    ):
        oldest = select(column).where(column < moment).order_by(column).offset(FORGET_AT_ONCE - 1).limit(1)
        last = connection.execute(oldest).scalar()
        gone = column < moment if last is None else column <= last
        removed += connection.execute(delete(table).where(gone)).rowcount
    return removed
