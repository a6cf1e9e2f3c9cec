"""Leave, credits (补单) and who was told a whole number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from store.kept_rows import forget, kept
from store.row_writer import RowWriter
from store.tables import credit, disclosure, leave

_KEPT_LEAVES, _KEPT_CREDITS = "leaves", "credits"
_LEAVES_FROM = (
    select(leave.c.leave_id, leave.c.rep_id, leave.c.starts_at, leave.c.ends_at)
    .where(leave.c.ends_at > bindparam("now"), leave.c.cancelled_at.is_(None))
    .order_by(leave.c.starts_at)
)
_DISCLOSE = RowWriter(insert(disclosure), ("lead_id", "shown_to", "shown_at", "how"))
_UNUSED_CREDITS = (
    select(credit.c.rep_id, credit.c.credit_id).where(credit.c.used_by_decision.is_(None)).order_by(credit.c.credit_id)
)


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """One leave, from `starts_at` until `ends_at`."""

    leave_id: int
    rep_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """Somebody was shown a whole number."""

    shown_to: str
    shown_at: datetime
    how: str


def leaves_from(connection: Connection, now: datetime) -> list[LeaveRow]:
    """Give every leave that is running or to come."""

    def read() -> tuple[datetime, list[LeaveRow]]:
        return now, [LeaveRow(*record) for record in connection.execute(_LEAVES_FROM, {"now": now}).all()]

    since, rows = kept(connection, _KEPT_LEAVES, read)
    if now < since:
        # The clock was set back: what was over then may be running now.
        forget(connection, _KEPT_LEAVES)
        _, rows = kept(connection, _KEPT_LEAVES, read)
    return [row for row in rows if row.ends_at > now]


def add_leave(connection: Connection, row: LeaveRow, *, entered_by: str, now: datetime) -> int:
    """Enter a leave; gives its id (`row.leave_id` is not used)."""
    values = {
        "rep_id": row.rep_id, "starts_at": row.starts_at, "ends_at": row.ends_at, "entered_by": entered_by,
        "entered_at": now,
    }  # fmt: skip
    forget(connection, _KEPT_LEAVES)
    return int(connection.execute(insert(leave).values(values).returning(leave.c.leave_id)).scalar_one())


def cancel_leave(connection: Connection, leave_id: int, now: datetime) -> bool:
    """Cancel a leave; False when it was cancelled or over already."""
    changed = connection.execute(
        update(leave)
        .where(leave.c.leave_id == leave_id, leave.c.cancelled_at.is_(None), leave.c.ends_at > now)
        .values(cancelled_at=now)
    )
    forget(connection, _KEPT_LEAVES)
    return changed.rowcount == 1


def unused_credits(connection: Connection) -> list[tuple[str, int]]:
    """Give (rep_id, credit_id) of every credit not used yet, oldest first."""

    def read() -> list[tuple[str, int]]:
        return [(record[0], record[1]) for record in connection.execute(_UNUSED_CREDITS).all()]

    return kept(connection, _KEPT_CREDITS, read)


def add_credits(
    connection: Connection, rep_id: str, count: int, *, reason: str, given_by: str, now: datetime
) -> list[int]:
    """Give a rep make-up turns; gives the ids of the credits."""
    values = {"rep_id": rep_id, "reason": reason, "given_by": given_by, "given_at": now}
    forget(connection, _KEPT_CREDITS)
    return [
        int(connection.execute(insert(credit).values(values).returning(credit.c.credit_id)).scalar_one())
        for _ in range(count)
    ]


def remove_credits(connection: Connection, credit_ids: Sequence[int]) -> int:
    """Take back credits that nobody has used yet; gives how many went."""
    statement = credit.delete().where(credit.c.credit_id.in_(credit_ids), credit.c.used_by_decision.is_(None))
    forget(connection, _KEPT_CREDITS)
    return connection.execute(statement).rowcount


def credits_since(connection: Connection, rep_id: str, since: datetime) -> int:
    """Count the make-up turns a rep has had since a moment, for the monthly limit."""
    statement = select(func.count()).select_from(credit).where(credit.c.rep_id == rep_id, credit.c.given_at >= since)
    return int(connection.execute(statement).scalar_one())


def use_credits(connection: Connection, used: dict[int, int | None]) -> None:
    """Mark credits as used by a decision, or as unused again (None) when that decision is reversed."""
    forget(connection, _KEPT_CREDITS)
    for credit_id, decision_id in sorted(used.items()):
        connection.execute(update(credit).where(credit.c.credit_id == credit_id).values(used_by_decision=decision_id))


def credit_used_by(connection: Connection, decision_id: int) -> int | None:
    """Give the credit that a decision used."""
    found: int | None = connection.execute(
        select(credit.c.credit_id).where(credit.c.used_by_decision == decision_id)
    ).scalar()
    return found


def record_disclosure(connection: Connection, lead_id: int, shown_to: str, how: str, now: datetime) -> None:
    """Record that somebody was shown a whole phone number."""
    _DISCLOSE.write(connection, [(lead_id, shown_to, now, how)])


def disclosures_of(connection: Connection, lead_id: int) -> list[DisclosureRow]:
    """Give everybody who was shown this lead's number, oldest first."""
    statement = (
        select(disclosure.c.shown_to, disclosure.c.shown_at, disclosure.c.how)
        .where(disclosure.c.lead_id == lead_id)
        .order_by(disclosure.c.disclosure_id)
    )
    return [DisclosureRow(*record) for record in connection.execute(statement)]


def disclosed(connection: Connection, lead_ids: Sequence[int], shown_to: str, how: str, *, since: datetime) -> set[int]:
    """Give those of the leads whose number this person was shown in this way since a moment."""
    if not lead_ids:
        return set()
    statement = select(disclosure.c.lead_id).where(
        disclosure.c.lead_id.in_(lead_ids),
        disclosure.c.shown_to == shown_to,
        disclosure.c.how == how,
        disclosure.c.shown_at >= since,
    )
    return set(connection.execute(statement).scalars())
