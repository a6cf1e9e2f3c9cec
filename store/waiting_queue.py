"""The pool as a queue: which waiting leads may find somebody now, in the order of `routing.queue_order`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, literal_column, or_, select, text, union_all

from routing.queue_order import STRETCHES
from store.prepared import Prepared
from store.tables import QUEUE
from store.tables import lead as table

#: Place in the queue: since when a lead must have waited to be lifted, its stretch, since when it waits, its number. The
#: first stays the same from page to page, or a lead could be lifted past the place that has been reached.
Place = tuple[datetime, int, datetime, int]
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=table.c.waiting_since.type)


def _stretch(number: int, *, by_rules: bool) -> Select[tuple[int, datetime, int]]:
    """Read one stretch from behind a place on; by an index, whatever the others hold."""
    of_class, lifted = STRETCHES[number]
    since, cut = table.c.waiting_since, _moment("lifted_before")
    statement = select(literal_column(str(number)).label("stretch"), since, table.c.lead_id).where(
        text(QUEUE),
        table.c.queue_class == literal_column(str(of_class)),
        since < cut if lifted else since >= cut,
        since >= _moment(f"since_{number}"),
        or_(since > _moment(f"since_{number}"), table.c.lead_id > bindparam(f"behind_{number}")),
        table.c.score >= bindparam("least_score"),
    )
    if by_rules:
        statement = statement.where(or_(table.c.rule.is_(None), table.c.rule.in_(bindparam("rules", expanding=True))))
    return statement.order_by(since, table.c.lead_id).limit(bindparam("most"))


def _whole(*, by_rules: bool) -> Select[tuple[int, datetime, int]]:
    parts = [_stretch(number, by_rules=by_rules).subquery() for number in range(len(STRETCHES))]
    queue = union_all(*(select(part) for part in parts)).subquery()
    return select(queue).order_by(queue.c.stretch, queue.c.waiting_since, queue.c.lead_id).limit(bindparam("most"))


# Put together once: that takes longer than the engine takes to answer.
_ALL, _OF_RULES = Prepared(_whole(by_rules=False)), Prepared(_whole(by_rules=True))


def waiting_leads(
    connection: Connection,
    *,
    limit: int,
    lifted_before: datetime,
    after: Place | None = None,
    rules: Collection[str] | None = None,
    least_score: int = 0,
) -> list[Place]:
    """Give the places of leads that wait in the pool to be offered, first in the queue first.

    Args:
        connection: to read over.
        limit: at most so many.
        lifted_before: whoever waits since before this moment counts one class higher; a place has its own.
        after: from behind this place on.
        rules: only leads last decided by one of these rules, and those that no rule has decided yet.
        least_score: only leads with this score or a better one.
    """
    start: Place = (lifted_before, -1, _FIRST, 0)
    cut, reached, since, lead_id = start if after is None else after
    values: dict[str, Any] = {"most": limit, "lifted_before": cut, "least_score": least_score}
    for number in range(len(STRETCHES)):
        begins = since if number == reached else _FIRST if number > reached else _NEVER
        values |= {f"since_{number}": begins, f"behind_{number}": lead_id if number == reached else 0}
    if rules is not None:
        values["rules"] = sorted(rules)
    rows = (_ALL if rules is None else _OF_RULES).rows(connection, **values)
    return [(cut, row[0], row[1], row[2]) for row in rows]
