"""How many leads of each local day had which score, and the window of days that tells the best."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from store.prepared import Prepared
from store.review_tables import score_day as table
from store.tables import lead
from store.work import is_read_only

#: Leads that are no measure: not decided yet, another's visit, or none at all.
_NOT_COUNTED = ("received", "merged", "invalid")
_OF_DAY = select(table.c.counts, table.c.before, table.c.balance).where(table.c.on_day == bindparam("of_day"))
_TODAY, _TODAY_AS_IT_IS = Prepared(_OF_DAY.with_for_update()), Prepared(_OF_DAY)
_SAVE = Prepared(
    update(table)
    .where(table.c.on_day == bindparam("of_day"))
    .values(counts=bindparam("new_counts"), balance=bindparam("new_balance"))
)
_NEWEST = (
    select(lead.c.received_at, lead.c.score)
    .where(lead.c.state.not_in(_NOT_COUNTED), lead.c.received_at >= bindparam("since"))
    .order_by(lead.c.lead_id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Day:
    """Counts by score of one day, those of the days of the window before it, and the balance after it."""

    counts: list[int]
    before: list[int]
    balance: int


def _packed(counts: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(counts)}q", *counts)


def _read(packed: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(packed) // 8}q", packed))


def of_day(connection: Connection, day: date) -> Day | None:
    """Give a day, locked by whoever may write; None where nothing has been counted on it yet."""
    rows = (_TODAY_AS_IT_IS if is_read_only(connection) else _TODAY).rows(connection, of_day=day)
    return Day(_read(rows[0][0]), _read(rows[0][1]), rows[0][2]) if rows else None


def latest(connection: Connection, *, before: date, days: int) -> list[tuple[date, list[int], int]]:
    """Give (day, counts, balance) of the days before a day that lie within so many, the newest first."""
    statement = (
        select(table.c.on_day, table.c.counts, table.c.balance)
        .where(table.c.on_day < before, table.c.on_day > before - timedelta(days=days))
        .order_by(table.c.on_day.desc())
    )
    return [(record[0], _read(record[1]), record[2]) for record in connection.execute(statement).all()]


def add(connection: Connection, day: date, counts: Sequence[int], before: Sequence[int], balance: int) -> None:
    """Begin a day."""
    row = {"on_day": day, "counts": _packed(counts), "before": _packed(before), "balance": balance}
    connection.execute(insert(table).values(row))


def save(connection: Connection, day: date, counts: Sequence[int], balance: int) -> None:
    """Write a day that has begun back."""
    _SAVE.change(connection, of_day=day, new_counts=_packed(counts), new_balance=balance)


def newest_scores(connection: Connection, since: datetime, *, most: int) -> list[tuple[datetime, int]]:
    """Give moment and score of the newest leads since a moment: what a window begins with that has never counted."""
    return [(record[0], record[1]) for record in connection.execute(_NEWEST, {"since": since, "most": most}).all()]


def add_days(connection: Connection, days: Mapping[date, Sequence[int]]) -> None:
    """Write whole days down."""
    for day, counts in sorted(days.items()):
        add(connection, day, counts, [0] * len(counts), 0)
