"""Where everybody stands: counters that decisions move, locked in the order of rep ids."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter

from sqlalchemy import Connection, bindparam, insert, select, update

from store.row_writer import RowWriter
from store.rows import StandingRow, column_names
from store.tables import rep_rate, rep_standing
from store.work import is_read_only

_NAMES = column_names(StandingRow)
_CHANGING = tuple(name for name in _NAMES if name != "rep_id")
_UPDATE = RowWriter(
    update(rep_standing)
    .where(rep_standing.c.rep_id == bindparam("key"))
    .values({name: bindparam(name) for name in _CHANGING}),
    (*_CHANGING, "key"),
)
#: Everything that a standing says, so that two states of it can be compared.
values_of = attrgetter(*_CHANGING, "rep_id")


def load(connection: Connection, only: Collection[str] | None = None, *, lock: bool = True) -> dict[str, StandingRow]:
    """Give standings by rep id, locked in this order and before any lead's, so that nobody deadlocks."""
    statement = select(rep_standing).order_by(rep_standing.c.rep_id)
    if only is not None:
        statement = statement.where(rep_standing.c.rep_id.in_(sorted(only)))
    records = connection.execute(statement.with_for_update() if lock and not is_read_only(connection) else statement)
    return {record[0]: StandingRow(*record) for record in records}


def save(connection: Connection, rows: Sequence[StandingRow]) -> None:
    """Write changed standings back, one statement for all, in the order of rep ids."""
    _UPDATE.write(connection, map(values_of, sorted(rows, key=attrgetter("rep_id"))))


def ensure(connection: Connection, rep_ids: Collection[str]) -> None:
    """Give newcomers a standing of zero; nobody else's changes."""
    known = set(connection.execute(select(rep_standing.c.rep_id)).scalars())
    new = sorted(set(rep_ids) - known)
    if new:
        connection.execute(insert(rep_standing), [{"rep_id": rep_id} for rep_id in new])


def rates(connection: Connection) -> list[tuple[str, str, str, int, int]]:
    """Give every (rep, segment, value, wins, closed) that has been counted."""
    return [tuple(record) for record in connection.execute(select(rep_rate))]


def count_close(connection: Connection, rep_id: str, segments: dict[str, str], *, won: bool) -> None:
    """Count a closed lead in each of its segments (`channel` -> 官网表单), beside the rep's total."""
    for segment, value in sorted(segments.items()):
        key = (rep_rate.c.rep_id == rep_id) & (rep_rate.c.segment == segment) & (rep_rate.c.value == value)
        counted = connection.execute(
            update(rep_rate).where(key).values(wins=rep_rate.c.wins + int(won), closed=rep_rate.c.closed + 1)
        )
        if counted.rowcount == 0:
            row = {"rep_id": rep_id, "segment": segment, "value": value, "wins": int(won), "closed": 1}
            connection.execute(insert(rep_rate), [row])
