"""What pages, the API and the chat ask about leads. Only reads; nothing here locks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, literal, select, text

from store import facts, leads, offers
from store.errors import NotFound
from store.rows import FactRow, LeadRow, OfferRow
from store.sealed_fields import KeyRing
from store.tables import OPEN, PARKED, decision, lead, offer


@dataclass(frozen=True, slots=True)
class LeadHistory:
    """One lead with everything that happened to it, oldest first."""

    lead: LeadRow
    offers: list[OfferRow]
    decision_ids: list[int]
    facts: list[FactRow]


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """Which leads are wanted; what is None does not matter.

    Attributes:
        external_id: the source's own id; needs `source` beside it.
        phone: in E.164, as +8613800001234.
        owner: a rep's id.
    """

    source: str | None = None
    external_id: str | None = None
    phone: str | None = None
    state: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class LeadPage:
    """A page of leads, newest first; `next` is the cursor of the following page, None after the last."""

    items: list[LeadRow]
    next: int | None


@dataclass(slots=True)
class RepLoad:
    """What a rep has in hand: owned leads and running offers together, running offers, those past their deadline."""

    open: int = 0
    running: int = 0
    overdue: int = 0


def history(connection: Connection, lead_id: int, keys: KeyRing) -> LeadHistory:
    """Give one lead with its offers, decisions and facts; raises NotFound."""
    found = leads.load(connection, [lead_id], keys, lock=False)
    if not found:
        msg = f"lead L{lead_id}"
        raise NotFound(msg)
    decided = select(decision.c.decision_id).where(decision.c.lead_id == lead_id).order_by(decision.c.decision_no)
    return LeadHistory(
        found[lead_id],
        offers.of_lead(connection, [lead_id]).get(lead_id, []),
        list(connection.execute(decided).scalars()),
        facts.of_lead(connection, lead_id, keys),
    )


def search(
    connection: Connection, wanted: LeadFilter, keys: KeyRing, *, limit: int, cursor: int | None = None
) -> LeadPage:
    """Give the newest leads that fit, at most `limit`, those before the cursor.

    Raises:
        ValueError: an external id without its source; every source has its own.
    """
    statement = select(lead.c.lead_id).where(*_conditions(wanted, keys))
    if cursor is not None:
        statement = statement.where(lead.c.lead_id < cursor)
    ids = list(connection.execute(statement.order_by(lead.c.lead_id.desc()).limit(limit + 1)).scalars())
    page = ids[:limit]
    found = leads.load(connection, page, keys, lock=False)
    return LeadPage([found[lead_id] for lead_id in page], page[-1] if len(ids) > limit else None)


def _conditions(wanted: LeadFilter, keys: KeyRing) -> list[ColumnElement[bool]]:
    if wanted.external_id is not None and wanted.source is None:
        msg = "external_id needs source beside it"
        raise ValueError(msg)
    external = None if wanted.external_id is None else f"{wanted.source}\0{wanted.external_id}"
    asked = {
        lead.c.source: wanted.source,
        lead.c.external_key: keys.index("external", external),
        lead.c.phone_index: keys.index("phone", wanted.phone),
        lead.c.state: wanted.state,
        lead.c.owner: wanted.owner,
    }
    return [column == value for column, value in asked.items() if value is not None]


def waiting(
    connection: Connection, state: str, keys: KeyRing, *, limit: int, skip: int = 0, pool_reason: str | None = None
) -> list[LeadRow]:
    """Give leads that wait in the pool, in review or undecided, oldest first."""
    ids = leads.waiting(connection, state, limit=limit, skip=skip, pool_reason=pool_reason)
    found = leads.load(connection, ids, keys, lock=False)
    return [found[lead_id] for lead_id in ids]


def count_waiting(connection: Connection) -> dict[str, int]:
    """Count the leads that wait, by state: received, pooled, review."""
    counted = {}
    for state in ("received", "pooled", "review"):
        statement = select(func.count()).select_from(lead).where(lead.c.state == literal(state, literal_execute=True))
        counted[state] = int(connection.execute(statement).scalar_one())
    return counted


def loads(connection: Connection, now: datetime, only: Collection[str] | None = None) -> dict[str, RepLoad]:
    """Count what reps have in hand, from the rows themselves, parked leads left out; a rep with nothing is left out."""
    found: dict[str, RepLoad] = {}
    owned = select(lead.c.owner, func.count()).where(lead.c.state == "owned", lead.c.owner.is_not(None))
    # Counted by itself, so that an index alone tells who owns how much.
    parked = select(lead.c.owner, func.count()).where(text(PARKED), lead.c.owner.is_not(None))
    running = select(offer.c.rep_id, func.count(), func.count().filter(offer.c.deadline_at < now)).where(text(OPEN))
    if only is not None:
        owned = owned.where(lead.c.owner.in_(sorted(only)))
        parked = parked.where(lead.c.owner.in_(sorted(only)))
        running = running.where(offer.c.rep_id.in_(sorted(only)))
    for rep_id, count in connection.execute(owned.group_by(lead.c.owner)):
        found.setdefault(rep_id, RepLoad()).open += count
    for rep_id, count in connection.execute(parked.group_by(lead.c.owner)):
        found[rep_id].open -= count
    for rep_id, count, overdue in connection.execute(running.group_by(offer.c.rep_id)):
        load = found.setdefault(rep_id, RepLoad())
        load.open += count
        load.running = count
        load.overdue = overdue
    return found
