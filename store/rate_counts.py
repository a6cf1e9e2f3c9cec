"""Win rates counted anew from closed leads: pages of leads in the order of their ids, and whole counts at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from store.kept_rows import forget
from store.standings import KEPT_RATES
from store.tables import lead, rep_rate

#: (rep, segment, value) -> (wins, closed).
Counts = Mapping[tuple[str, str, str], tuple[int, int]]

_PAGE = (
    select(lead.c.lead_id, lead.c.state)
    .where(lead.c.lead_id > bindparam("after"))
    .order_by(lead.c.lead_id)
    .limit(bindparam("most"))
)
_LAST = select(func.max(lead.c.lead_id))
_ADD = (
    update(rep_rate)
    .where(
        rep_rate.c.rep_id == bindparam("of_rep"),
        rep_rate.c.segment == bindparam("of_segment"),
        rep_rate.c.value == bindparam("of_value"),
    )
    .values(wins=rep_rate.c.wins + bindparam("more_wins"), closed=rep_rate.c.closed + bindparam("more_closed"))
)


def page(connection: Connection, after: int, most: int) -> list[tuple[int, str]]:
    """Give (id, state) of the next leads."""
    return [(record[0], record[1]) for record in connection.execute(_PAGE, {"after": after, "most": most})]


def last_lead(connection: Connection) -> int:
    """Give the highest id of a lead, 0 where there is none."""
    return int(connection.execute(_LAST).scalar() or 0)


def drop(connection: Connection, segments: Collection[str]) -> None:
    """Forget what has been counted in these segments."""
    forget(connection, KEPT_RATES)
    connection.execute(delete(rep_rate).where(rep_rate.c.segment.in_(sorted(segments))))


def add(connection: Connection, counts: Counts) -> None:
    """Add counts to those there are."""
    forget(connection, KEPT_RATES)
    for (rep_id, segment, value), (wins, closed) in sorted(counts.items()):
        key = {"of_rep": rep_id, "of_segment": segment, "of_value": value}
        if connection.execute(_ADD, {**key, "more_wins": wins, "more_closed": closed}).rowcount == 0:
            row = {"rep_id": rep_id, "segment": segment, "value": value, "wins": wins, "closed": closed}
            connection.execute(insert(rep_rate).values(row))
