"""Leads that nothing will move any more. There must be none; the auditor, the demo and the tests ask here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, literal, or_, select

from store import versions
from store.tables import lead, offer, timer

#: How late a tick or a commit may be before a lead counts as lost.
GRACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LostLead:
    """A lead that stands still, and what is missing."""

    lead_id: int
    state: str
    missing: str


def lost_leads(connection: Connection, now: datetime, *, grace: timedelta = GRACE, limit: int = 100) -> list[LostLead]:
    """Give leads that nothing will move, at most `limit` of each kind.

    A pooled lead is not lost: it is looked at whenever somebody comes free. Nor is an offer whose deadline is ahead,
    timer or not: the auditor finds it then.
    """
    late = now - grace
    found = [
        *stranded_leads(connection, now, grace=grace, limit=limit),
        *_of(connection, "offered", "timer", _offered_unwatched(late).limit(limit)),
        *_of(connection, "pooled", "pool_reason", _stands("pooled", lead.c.pool_reason.is_(None)).limit(limit)),
        *_of(connection, "owned", "owner", _stands("owned", lead.c.owner.is_(None)).limit(limit)),
        *_of(connection, "merged", "merged_into", _stands("merged", lead.c.merged_into.is_(None)).limit(limit)),
    ]
    if versions.state(connection, versions.POLICY_IN_FORCE) is not None:
        found += _of(connection, "received", "decision", _waits("received", late).limit(limit))
    return found


def stranded_leads(
    connection: Connection, now: datetime, *, grace: timedelta = GRACE, limit: int = 100
) -> list[LostLead]:
    """Give those of the lost leads that can be put back on their way: offered to nobody, in a review that asks nobody.

    Asked every minute by whoever writes, so it looks at what is in the works alone, never at what years have left behind.
    """
    return [
        *_of(connection, "offered", "running_offer", _offered_to_nobody().limit(limit)),
        *_of(connection, "review", "timer", _waits("review", now - grace, ~_watched(now - grace)).limit(limit)),
    ]


def _of(connection: Connection, state: str, missing: str, statement: Select[int]) -> list[LostLead]:
    return [LostLead(lead_id, state, missing) for lead_id in connection.execute(statement).scalars()]


def _stands(state: str, condition: ColumnElement[bool]) -> Select[int]:
    """Leads in a state for which something does not hold, however long."""
    return select(lead.c.lead_id).where(lead.c.state == literal(state, literal_execute=True), condition)


def _waits(state: str, late: datetime, *conditions: ColumnElement[bool]) -> Select[int]:
    """Leads that have waited in a state since before `late`."""
    in_state = lead.c.state == literal(state, literal_execute=True)
    return select(lead.c.lead_id).where(in_state, lead.c.waiting_since < late, *conditions)


def _watched(late: datetime) -> ColumnElement[bool]:
    """A timer of the lead's present offer is to come; one that is overdue is not being handled and does not count."""
    return exists().where(
        timer.c.lead_id == lead.c.lead_id, timer.c.offer_no == lead.c.offer_no, timer.c.due_at >= late
    )


def _offer_watched(late: datetime) -> ColumnElement[bool]:
    """The same of an offer, which may be one of several that run."""
    return exists().where(
        timer.c.lead_id == offer.c.lead_id, timer.c.offer_no == offer.c.offer_no, timer.c.due_at >= late
    )


def _offered_to_nobody() -> Select[int]:
    running = exists().where(offer.c.lead_id == lead.c.lead_id, offer.c.state == "open")
    return _stands("offered", ~running)


def _offered_unwatched(late: datetime) -> Select[int]:
    """Offers past their deadline, or made long ago and never delivered, with no timer to end them."""
    past = or_(offer.c.deadline_at < late, and_(offer.c.deadline_at.is_(None), offer.c.offered_at < late))
    return (
        select(lead.c.lead_id)
        .join(offer, offer.c.lead_id == lead.c.lead_id)
        .where(
            lead.c.state == literal("offered", literal_execute=True), offer.c.state == "open", past, ~_offer_watched(late)
        )
        .distinct()
    )  # fmt: skip
