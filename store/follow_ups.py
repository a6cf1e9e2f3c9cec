"""Leads that time will do something with, and what people are to be told in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, text, update

from store.row_writer import RowWriter
from store.tables import LOOKED_AFTER, lead, notice, pool_use

# Written into the statement, so that both planners see that the index of these leads holds.
_LOOKED_AFTER = text(LOOKED_AFTER)
_DUE_LEADS = (
    select(lead.c.lead_id)
    .where(_LOOKED_AFTER, lead.c.look_at <= bindparam("now"))
    .order_by(lead.c.look_at, lead.c.lead_id)
    .limit(bindparam("most"))
)
_NEXT_LOOK = select(func.min(lead.c.look_at)).where(_LOOKED_AFTER)
_OWNED_PAGE = (
    select(lead.c.lead_id)
    .where(lead.c.state == literal("owned", literal_execute=True), lead.c.lead_id > bindparam("behind"))
    .order_by(lead.c.lead_id)
    .limit(bindparam("most"))
)
_LOOK_AT = RowWriter(
    update(lead).where(lead.c.lead_id == bindparam("of_lead")).values(look_at=bindparam("moment")),
    ("moment", "of_lead"),
)

_NEW = ("to_member", "kind", "lead_id", "detail", "noted_at", "due_at")
_ADD_NOTICES = RowWriter(insert(notice), _NEW)
_DUE_MEMBERS = (
    select(notice.c.to_member)
    .where(notice.c.due_at <= bindparam("now"))
    .order_by(notice.c.due_at, notice.c.to_member)
    .limit(bindparam("most"))
)
#: So many notices are looked at to find those who are told next; grouping would read the whole index.
_NOTICES_AT_ONCE = 500
_NEXT_NOTICE = select(func.min(notice.c.due_at))
_NOTICES_OF = select(
    notice.c.notice_id, notice.c.kind, notice.c.lead_id, notice.c.detail, notice.c.noted_at
).where(notice.c.to_member == bindparam("member"), notice.c.due_at <= bindparam("now")).order_by(notice.c.notice_id)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One thing that a person is to be told about a lead; `detail` holds codes and ids."""

    notice_id: int
    kind: str
    lead_id: int
    detail: dict[str, Any]
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class PoolUse:
    """What a rep has done with the pool on one day: leads claimed, entries shown."""

    claims: int = 0
    views: int = 0


def due_leads(connection: Connection, now: datetime, *, limit: int) -> list[int]:
    """Give the ids of leads that are to be looked at, the longest overdue first."""
    return list(connection.execute(_DUE_LEADS, {"now": now, "most": limit}).scalars())


def owned_from(connection: Connection, behind: int, *, limit: int) -> list[int]:
    """Give the ids of owned leads behind a number, ascending."""
    return list(connection.execute(_OWNED_PAGE, {"behind": behind, "most": limit}).scalars())


def look_at(connection: Connection, lead_ids: Sequence[int], moment: datetime) -> None:
    """Let leads be looked at from a moment on; only for leads that this transaction has not loaded."""
    _LOOK_AT.write(connection, [(moment, lead_id) for lead_id in lead_ids])


def next_due_at(connection: Connection) -> datetime | None:
    """Say when the next lead is to be looked at, or the next person told something."""
    moments = [connection.execute(statement).scalar() for statement in (_NEXT_LOOK, _NEXT_NOTICE)]
    return min((moment for moment in moments if moment is not None), default=None)


def add_notices(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep what people are to be told (to_member, kind, lead_id, detail, noted_at, due_at)."""
    _ADD_NOTICES.write(connection, map(itemgetter(*_NEW), rows))


def due_members(connection: Connection, now: datetime, *, limit: int) -> list[str]:
    """Give people who are to be told something now, whoever waits longest first; after these there may be others."""
    found = connection.execute(_DUE_MEMBERS, {"now": now, "most": _NOTICES_AT_ONCE}).scalars()
    return list(dict.fromkeys(found))[:limit]


def notices_of(connection: Connection, member: str, now: datetime) -> list[NoticeRow]:
    """Give what a person is to be told by now, in its order."""
    return [NoticeRow(*record) for record in connection.execute(_NOTICES_OF, {"member": member, "now": now})]


def remove_notices(connection: Connection, member: str, now: datetime) -> None:
    """Forget what a person has been told."""
    connection.execute(delete(notice).where(notice.c.to_member == member, notice.c.due_at <= now))


def postpone_notices(connection: Connection, member: str, now: datetime, until: datetime) -> None:
    """Tell a person later: nobody is told anything off duty."""
    these = update(notice).where(notice.c.to_member == member, notice.c.due_at <= now)
    connection.execute(these.values(due_at=until))


def pool_use_of(connection: Connection, rep_id: str, on: date) -> PoolUse:
    """Give what a rep has done with the pool on a local day; the standings are the lock."""
    statement = select(pool_use.c.used_on, pool_use.c.claims, pool_use.c.views).where(pool_use.c.rep_id == rep_id)
    record = connection.execute(statement).first()
    return PoolUse(record[1], record[2]) if record is not None and record[0] == on else PoolUse()


def keep_pool_use(connection: Connection, rep_id: str, on: date, used: PoolUse) -> None:
    """Write that down."""
    values = {"used_on": on, "claims": used.claims, "views": used.views}
    changed = connection.execute(update(pool_use).where(pool_use.c.rep_id == rep_id).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(pool_use).values(rep_id=rep_id, **values))
