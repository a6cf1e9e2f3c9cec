"""A lead comes in: replays and updates are recognised, known customers too; what is new is scored, stored and assigned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.services import breaker_state, drain, hot_leads, review, review_items, texts_notices, unknown_fields
from bot.services.assign import Ask, assign, exclude_asked
from bot.services.desk import Desk
from bot.services.known_customers import NO_CONTACT, KnownCustomers
from bot.services.lead_facts import facts_kept, put_in_class
from bot.services.review_gate import hold_back
from routing.lead import Lead
from routing.score import score_of
from store import deliveries, leads
from store.deliveries import SeenDelivery
from store.rows import LeadRow, column_names

#: Reviews in which a manager has the lead in hand: news of it does not take it out of that hand.
_IN_HAND = frozenset({"recalled", "managers_offer_failed", "manager_pick_away", "undelivered"})
#: What a later delivery of the same lead never changes.
_FIXED = frozenset({"source", "external_id", "is_test"})
_GATHERED = frozenset({"behaviour", "attributes", "extra"})


class KeyReused(Exception):
    """The delivery key has come before with another body."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One delivery, verified and cleaned; `delivery_key` is None where the source gives none."""

    lead: Lead
    delivery_key: str | None
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """The answer to a delivery, true once the transaction is committed."""

    lead_id: int
    state: str
    owner: str | None
    duplicate: bool

    def as_answer(self) -> dict[str, Any]:
        """Give the body of the 202."""
        return {"lead_id": f"L{self.lead_id}", "state": self.state, "owner": self.owner, "duplicate": self.duplicate}


@dataclass(slots=True)
class _Case:
    """One delivery on its way through the batch."""

    incoming: Incoming
    key: bytes | None
    external_key: bytes | None
    row: LeadRow | None = None
    duplicate: bool = False
    ask: Ask | None = None
    replayed: SeenDelivery | None = None
    refused: bool = False
    twin: _Case | None = None


def receive(desk: Desk, incoming: Sequence[Incoming]) -> list[dict[str, Any] | KeyReused]:
    """Take a batch of deliveries in order; gives the answers, or KeyReused for a key that came with another body."""
    if desk.office is not None:
        desk.tx.standings()  # locks before any lead's
        # Whoever has waited longer goes first, also when somebody came free this very moment.
        drain.drain(desk, limit=drain.BEFORE_NEW, hot=breaker_state.hot_while_open(desk))
    cases = [_Case(item, _key(desk, item), _external_key(desk, item.lead)) for item in incoming]
    _recognise_replays(desk, cases)
    fresh = [case for case in cases if case.replayed is None and not case.refused and case.twin is None]
    _take(desk, fresh)
    # Two deliveries of one batch may be about one lead; it is decided once.
    asks = {case.ask.row.lead_id: case.ask for case in reversed(fresh) if case.ask is not None}
    hot_leads.arrived(desk, [case.row for case in fresh if case.row is not None and not case.duplicate])
    first, then = hot_leads.hot_first(desk, [asks[lead_id].row for lead_id in sorted(asks)])
    assign(desk, hold_back(desk, [asks[row.lead_id] for row in first]))
    if then:
        stood = {row.lead_id: row.state for row in then}
        drain.drain(desk, limit=drain.BEFORE_NEW)
        # A waiting lead that was updated may just have found somebody.
        left = [asks[row.lead_id] for row in then if row.state == stood[row.lead_id]]
        assign(desk, hold_back(desk, left))
    return [_answer(desk, case) for case in cases]


def _key(desk: Desk, item: Incoming) -> bytes | None:
    return desk.tx.keys.index("delivery", item.delivery_key)


def _external_key(desk: Desk, lead: Lead) -> bytes | None:
    return desk.tx.keys.index("external", f"{lead.source}\0{lead.external_id}") if lead.external_id else None


def _recognise_replays(desk: Desk, cases: Sequence[_Case]) -> None:
    """Give deliveries whose key was seen the stored answer, in earlier transactions and within this batch."""
    wanted = [(case.incoming.lead.source, case.key) for case in cases if case.key is not None]
    seen = deliveries.seen(desk.tx.connection, wanted)
    here: dict[tuple[str, bytes], _Case] = {}
    for case in cases:
        if case.key is None:
            continue
        place = (case.incoming.lead.source, case.key)
        stored, twin = seen.get(place), here.get(place)
        if stored is not None:
            case.replayed = stored
            case.refused = stored.body_hash != case.incoming.body_hash
        elif twin is not None:
            case.twin = twin
            case.refused = twin.incoming.body_hash != case.incoming.body_hash
        else:
            here[place] = case


def _take(desk: Desk, cases: Sequence[_Case]) -> None:
    """Store each lead: an update, a known customer's, or a new one."""
    by_external = _known_externals(desk, cases)
    identities = [leads.identity_of(case.incoming.lead, desk.tx.keys) for case in cases]
    known = KnownCustomers(desk, identities)
    ids = iter(desk.tx.reserve("lead", len(cases)))
    for case, identity in zip(cases, identities, strict=True):
        place = (case.incoming.lead.source, case.external_key)
        earlier = by_external.get(place) if case.external_key is not None else None
        if earlier is not None:
            case.row, case.duplicate = surviving(desk, earlier), True
            case.ask = update(desk, case.row, case.incoming.lead)
            continue
        lead_id = next(ids)
        found = known.find(identity)
        case.row = _new_row(desk, lead_id, case, identity)
        outcome = known.treat(case.row, found)
        case.row, case.ask, case.duplicate = outcome.row, outcome.ask, outcome.duplicate
        known.remember(case.row, identity)
        if case.external_key is not None:
            by_external[place] = case.row.lead_id


def surviving(desk: Desk, lead_id: int) -> LeadRow:
    """Give the lead, or the one that it was merged into."""
    row = desk.tx.lead(lead_id)
    return row if row.merged_into is None else desk.tx.lead(row.merged_into)


def _known_externals(desk: Desk, cases: Sequence[_Case]) -> dict[tuple[str, bytes | None], int]:
    wanted: dict[str, list[bytes]] = {}
    for case in cases:
        if case.external_key is not None:
            wanted.setdefault(case.incoming.lead.source, []).append(case.external_key)
    found: dict[tuple[str, bytes | None], int] = {}
    for source, keys in wanted.items():
        for key, lead_id in leads.find_by_external(desk.tx.connection, source, keys).items():
            found[(source, key)] = lead_id
    return found


def _new_row(desk: Desk, lead_id: int, case: _Case, identity: dict[str, bytes | None]) -> LeadRow:
    """Make the row of a lead that has not been seen before, scored; a test lead is invalid from the start."""
    lead = case.incoming.lead
    row = LeadRow(lead_id, lead.source, lead, received_at=desk.now, waiting_since=desk.now,
                  external_key=case.external_key, **identity)  # type: ignore[arg-type]  # fmt: skip
    rate(desk, row)
    if lead.is_test:
        row.state, row.close_reason, row.closed_at = "invalid", "test", desk.now
    unknown_fields.note(desk, row)
    return row


def rate(desk: Desk, row: LeadRow) -> None:
    """Score and grade a lead by the policy in force; before the first policy it has neither."""
    if desk.office is not None:
        result = score_of(desk.office.policy.scoring, facts_kept(desk, row))
        row.score, row.grade = result.score, result.grade


def update(desk: Desk, row: LeadRow, lead: Lead) -> Ask | None:
    """Merge a newer delivery of the same lead: what it says replaces, what it leaves out stays.

    An offered or owned lead stays where it is, and whoever has it is told; a pooled or reviewed one is decided anew.
    """
    merged = merge(row.lead, lead)
    changed = [name for name in column_names(Lead) if getattr(merged, name) != getattr(row.lead, name)]
    if not changed:
        return None
    row.lead = merged
    for name, value in leads.identity_of(merged, desk.tx.keys).items():
        setattr(row, name, value)
    if row.state not in {"won", "lost", "invalid", "merged"}:
        rate(desk, row)
    if row.state == "pooled" and desk.office is not None:
        put_in_class(desk, row)
    desk.tx.touch(row)
    desk.tx.fact(row.lead_id, "updated", fields=changed)
    review_items.check(desk, row)
    holders = [row.owner] if row.owner is not None and row.state == "owned" else []
    if row.state == "offered":
        holders = [offer.rep_id for offer in desk.tx.running_offers(row)]
    for holder in holders if desk.office is not None else ():
        desk.tell(holder, texts_notices.UPDATED, lead_id=row.lead_id, lead=row.name)
    return _decide_anew(desk, row)


def _decide_anew(desk: Desk, row: LeadRow) -> Ask | None:
    """Ask for a decision where a lead waits for somebody; it stays where it is if that gives nobody either."""
    if row.state == "received":
        return Ask(row)
    waits = row.state == "pooled" or (row.state == "review" and not _in_hand(row))
    if not waits or not row.lead.has_contact:
        return None
    return Ask(row, excluded=exclude_asked(desk, row), keep_quiet=True)


def _in_hand(row: LeadRow) -> bool:
    return row.review_reason in _IN_HAND or review_items.is_held(row.review_reason)


def merge(old: Lead, new: Lead) -> Lead:
    """Give the old lead with everything that the new one says."""
    values = {
        name: getattr(new, name)
        for name in column_names(Lead)
        if name not in _GATHERED | _FIXED and getattr(new, name) not in (None, "")
    }
    values |= {name: {**getattr(old, name), **getattr(new, name)} for name in _GATHERED}
    return replace(old, **values)


def _answer(desk: Desk, case: _Case) -> dict[str, Any] | KeyReused:
    if case.refused:
        return KeyReused()
    if case.replayed is not None:
        return case.replayed.answer
    if case.twin is not None:
        return _answer_of(case.twin)
    answer = _answer_of(case)
    if case.key is not None and case.row is not None:
        desk.tx.keep_delivery(source=case.incoming.lead.source, delivery_key=case.key, lead_id=case.row.lead_id,
                              body_hash=case.incoming.body_hash, answer=answer, seen_at=desk.now)  # fmt: skip
    return answer


def _answer_of(case: _Case) -> dict[str, Any]:
    assert case.row is not None  # noqa: S101  every case that was neither refused nor replayed has its row
    return Received(case.row.lead_id, case.row.state, case.row.owner, case.duplicate).as_answer()


def decide_waiting(desk: Desk, *, limit: int) -> int:
    """Decide leads that came in before a policy was in force, oldest first; gives how many there were."""
    ids = leads.waiting(desk.tx.connection, "received", limit=limit)
    rows = desk.tx.leads(ids)
    for row in rows:
        rate(desk, row)
        desk.tx.touch(row)
        if not row.lead.has_contact:
            review.to_review(desk, row, NO_CONTACT)
    assign(desk, hold_back(desk, [Ask(row) for row in rows if row.state == "received"]))
    return len(rows)
