"""Recorded decisions with what followed them, in order, a piece at a time; moments come as whole microseconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, and_, bindparam, func, or_, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from store.tables import decision, lead, leave, offer

_following = decision.alias("following")


def _micros(column: ColumnElement[datetime]) -> ColumnElement[int]:
    """Read a moment as it is stored: a history has millions of them."""
    return type_coerce(column, BigInteger)


_PIECE = (
    select(
        decision.c.decision_id,
        _micros(decision.c.decided_at),
        _micros(_following.c.decided_at),
        decision.c.lead_id,
        decision.c.rep_id,
        decision.c.policy_version,
        decision.c.roster_version,
        offer.c.round,
        offer.c.state,
        offer.c.offered_by,
        _micros(offer.c.answered_at),
        _micros(offer.c.deadline_at),
        offer.c.within_seconds,
        offer.c.on_duty_clock,
        lead.c.rule,
        _micros(lead.c.received_at),
        _micros(lead.c.owned_at),
        _micros(lead.c.closed_at),
        decision.c.record,
    )
    .select_from(
        decision.join(lead, lead.c.lead_id == decision.c.lead_id)
        .outerjoin(offer, and_(offer.c.lead_id == decision.c.lead_id, offer.c.decision_id == decision.c.decision_id))
        .outerjoin(
            _following,
            and_(_following.c.lead_id == decision.c.lead_id, _following.c.decision_no == decision.c.decision_no + 1),
        )
    )
    .where(decision.c.decision_id >= bindparam("first"), decision.c.decision_id < bindparam("behind"))
    .order_by(decision.c.decision_id)
)
_FROM = (
    select(decision.c.decision_id, decision.c.decided_at, decision.c.policy_version, decision.c.roster_version)
    .where(decision.c.decision_id >= bindparam("first"))
    .order_by(decision.c.decision_id)
    .limit(1)
)


class PastRow(NamedTuple):
    """One recorded decision; moments are microseconds since 1970 UTC. The offer's columns are None where none was made."""

    decision_id: int
    decided_at: int
    next_at: int | None
    lead_id: int
    rep_id: str | None
    policy_version: int
    roster_version: int
    round: int | None
    state: str | None
    offered_by: str | None
    answered_at: int | None
    deadline_at: int | None
    within_seconds: int | None
    on_duty_clock: bool | None
    rule: str | None
    received_at: int
    owned_at: int | None
    closed_at: int | None
    record: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a decision stands among all."""

    decision_id: int
    decided_at: datetime
    policy_version: int
    roster_version: int


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """How an offer of the policy's chooser was answered; microseconds."""

    rep_id: str
    state: str
    offered_at: int
    answered_at: int | None


def mark_from(connection: Connection, first: int) -> Mark | None:
    """Give the first decision with this id or a higher one."""
    found = connection.execute(_FROM, {"first": first}).one_or_none()
    return None if found is None else Mark(*found)


def last_id(connection: Connection) -> int:
    """Give the highest id of a decision, 0 where there is none."""
    return int(connection.execute(select(func.max(decision.c.decision_id))).scalar() or 0)


def first_since(connection: Connection, since: datetime) -> Mark | None:
    """Give the first decision that was made since a moment. Ids grow with time, so it takes a search and no scan."""
    low, high = 0, last_id(connection) + 1
    while low < high:
        middle = (low + high) // 2
        found = mark_from(connection, middle)
        if found is None or found.decided_at >= since:
            high = middle
        else:
            low = found.decision_id + 1
    return mark_from(connection, low)


def versions_between(connection: Connection, first: Mark, last: Mark) -> set[tuple[int, int]]:
    """Give every pair of policy and roster versions that decided from one mark to another; versions only grow."""
    pairs = {(mark.policy_version, mark.roster_version) for mark in (first, last)}
    if len(pairs) == 1 or last.decision_id - first.decision_id <= 1:
        return pairs
    middle = mark_from(connection, (first.decision_id + last.decision_id) // 2)
    if middle is None:
        return pairs
    if middle.decision_id == last.decision_id:
        # Nothing between the middle and the end: what is between the beginning and the middle, one by one.
        before = connection.execute(
            select(decision.c.policy_version, decision.c.roster_version)
            .where(decision.c.decision_id > first.decision_id, decision.c.decision_id < last.decision_id)
            .distinct()
        )
        return pairs | {(row[0], row[1]) for row in before}
    return versions_between(connection, first, middle) | versions_between(connection, middle, last)


def piece(connection: Connection, first: int, behind: int) -> list[PastRow]:
    """Give the decisions with ids from `first` until just before `behind`, in their order."""
    return [PastRow(*row) for row in connection.execute(_PIECE, {"first": first, "behind": behind})]


def count(connection: Connection, first: int) -> int:
    """Count the decisions from an id on."""
    statement = select(func.count()).select_from(decision).where(decision.c.decision_id >= first)
    return int(connection.execute(statement).scalar_one())


def answered(connection: Connection, first_lead: int, *, limit: int) -> list[AnsweredRow]:
    """Give how offers of leads from an id on were answered, the newest leads first."""
    statement = (
        select(offer.c.rep_id, offer.c.state, _micros(offer.c.offered_at), _micros(offer.c.answered_at))
        .where(
            offer.c.lead_id >= first_lead,
            offer.c.offered_by == "system",
            offer.c.state.in_(("accepted", "declined", "expired")),
        )
        .order_by(offer.c.lead_id.desc(), offer.c.offer_no.desc())
        .limit(limit)
    )
    return [AnsweredRow(*row) for row in connection.execute(statement)]


def kept_for(connection: Connection, first_lead: int, *, limit: int) -> list[int | None]:
    """Give for how many microseconds owners kept leads, the newest leads first; None where they still do."""
    statement = (
        select(_micros(lead.c.owned_at), _micros(lead.c.closed_at))
        .where(lead.c.lead_id >= first_lead, lead.c.owned_at.is_not(None))
        .order_by(lead.c.lead_id.desc())
        .limit(limit)
    )
    return [_length(owned, closed) for owned, closed in connection.execute(statement)]


def leaves_between(connection: Connection, since: datetime, until: datetime) -> list[tuple[str, datetime, datetime]]:
    """Give (rep id, from, until) of every leave that touches a period; a cancelled one counts until it was cancelled."""
    statement = (
        select(leave.c.rep_id, leave.c.starts_at, leave.c.ends_at, leave.c.cancelled_at)
        .where(leave.c.ends_at > since, leave.c.starts_at < until)
        .where(or_(leave.c.cancelled_at.is_(None), leave.c.cancelled_at > leave.c.starts_at))
        .order_by(leave.c.leave_id)
    )
    return [(rep, begins, _over(ends, over)) for rep, begins, ends, over in connection.execute(statement)]


def _length(owned: int, closed: Any) -> int | None:
    return None if closed is None else max(int(closed) - owned, 0)


def _over(ends: datetime, cancelled: Any) -> datetime:
    return ends if cancelled is None else min(ends, cancelled)
