"""A rep answers an offer: 接单, 转出, 稍后, and the reason afterwards. Late, repeated, forged and out-of-order answers too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.services import follow_up_clocks, hot_leads, races, rounds
from bot.services.desk import Desk
from bot.services.duty_hours import first_contact_by
from routing.lifecycle import LeadState, OfferState, move_lead, move_offer
from store import people
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, OfferRow


class Answered(StrEnum):
    """What came of an answer."""

    ACCEPTED = "accepted"
    ALREADY_YOURS = "already_yours"
    DECLINED = "declined"
    ALREADY_DECLINED = "already_declined"
    SNOOZED = "snoozed"
    MOVED_ON = "moved_on"  # 已改派: timed out, withdrawn, or somebody else's now
    NOT_YOURS = "not_yours"  # this rep was never offered it
    UNKNOWN = "unknown"  # no such lead or offer
    REASON_KEPT = "reason_kept"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rep said to one offer.

    Attributes:
        rep: who said it, as WeCom spells the userid.
        lead_id: of which lead.
        offer_no: to which offer; None means the running one (a typed command names only the lead).
        code: of the tap, with which the card may be rewritten once; None for typed answers.
    """

    rep: str
    lead_id: int
    offer_no: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The truth about an answer, for the reply: what came of it, and who has the lead now (for managers' eyes only)."""

    answered: Answered
    row: LeadRow | None = None
    offer: OfferRow | None = None
    left: timedelta | None = None


def accept(desk: Desk, answer: Answer) -> Outcome:
    """Make the rep the owner, if the offer is the rep's and still open; a tap counts even before `delivered_at`."""
    row, offer, problem = _find(desk, answer)
    if problem is not None or row is None or offer is None:
        return Outcome(problem or Answered.UNKNOWN, row, offer)
    if offer.state != "open":
        return _too_late(desk, row, offer)
    offer.state = move_offer(offer.state, OfferState.ACCEPTED)
    offer.answered_at = desk.now
    offer.delivered_at = offer.delivered_at or desk.now
    desk.tx.touch_offer(offer)
    row.state = move_lead(row.state, LeadState.OWNED)
    row.owner = offer.rep_id
    row.pool_reason = row.review_reason = row.responsible = None
    follow_up_clocks.begin(desk, row)
    rounds.count_answer(desk, offer)
    desk.tx.fact(row.lead_id, "accepted", offer.rep_id, offer_no=offer.offer_no)
    races.win(desk, row, offer)
    hot_leads.answered(desk, row)
    _disclose(desk, row, offer, answer.code)
    return Outcome(Answered.ACCEPTED, row, offer)


def _disclose(desk: Desk, row: LeadRow, offer: OfferRow, code: str | None) -> None:
    """Show the owner the whole number, on the card, and record that it was shown."""
    if row.lead.phone:
        people.record_disclosure(desk.tx.connection, row.lead_id, offer.rep_id, "card", desk.now)
    by = first_contact_by(desk, offer.rep_id, row.owned_at or desk.now)
    payload: dict[str, object] = {"follow_up_by": by.isoformat() if by is not None else None}
    desk.tx.message(
        NewMessage(offer.rep_id, "accepted_card", Urgency.ANSWER, row.lead_id, offer.offer_no, payload,
                   private={"code": code} if code else None)
    )  # fmt: skip


def decline(desk: Desk, answer: Answer) -> Outcome:
    """Pass the lead on at once; the reason is asked afterwards and may stay out."""
    row, offer, problem = _find(desk, answer)
    if problem is not None or row is None or offer is None:
        return Outcome(problem or Answered.UNKNOWN, row, offer)
    if offer.state == "declined":
        return Outcome(Answered.ALREADY_DECLINED, row, offer)
    if offer.state != "open":
        return _too_late(desk, row, offer)
    if answer.code is not None:
        desk.tx.message(NewMessage(offer.rep_id, "reason_vote", Urgency.ANSWER, row.lead_id, offer.offer_no,
                                   private={"code": answer.code}))  # fmt: skip
    rounds.decline(desk, row, offer, actor=offer.rep_id)
    return Outcome(Answered.DECLINED, row, offer)


def give_reason(desk: Desk, answer: Answer, reason: str) -> Outcome:
    """Keep why a rep passed a lead on: a code from the vote, or the rep's own words from a command (sealed)."""
    row, offer, problem = _find(desk, answer)
    if problem is not None or row is None or offer is None:
        return Outcome(problem or Answered.UNKNOWN, row, offer)
    returned = offer.end_reason == "returned"
    if offer.state != "declined" and not returned:
        return _too_late(desk, row, offer)
    if returned:
        desk.tx.fact(row.lead_id, "return_reason", offer.rep_id, offer_no=offer.offer_no, private={"reason": reason})
    elif offer.end_reason is None:
        offer.end_reason = "given"
        desk.tx.touch_offer(offer)
        desk.tx.fact(row.lead_id, "decline_reason", offer.rep_id, offer_no=offer.offer_no, private={"reason": reason})
    if answer.code is not None:
        desk.tx.message(NewMessage(offer.rep_id, "close_card", Urgency.ANSWER, row.lead_id, offer.offer_no,
                                   {"text": "returned" if returned else "declined"},
                                   private={"code": answer.code}))  # fmt: skip
    return Outcome(Answered.REASON_KEPT, row, offer)


def snooze(desk: Desk, answer: Answer) -> Outcome:
    """Drop the next reminder and say how long is left; the deadline never moves."""
    row, offer, problem = _find(desk, answer)
    if problem is not None or row is None or offer is None:
        return Outcome(problem or Answered.UNKNOWN, row, offer)
    if offer.state != "open":
        return _too_late(desk, row, offer)
    if not offer.snoozed:
        offer.snoozed = True
        desk.tx.touch_offer(offer)
        desk.tx.fact(row.lead_id, "snoozed", offer.rep_id, offer_no=offer.offer_no)
    left = offer.deadline_at - desk.now if offer.deadline_at is not None else timedelta(seconds=offer.within_seconds)
    return Outcome(Answered.SNOOZED, row, offer, max(left, timedelta(0)))


def _find(desk: Desk, answer: Answer) -> tuple[LeadRow | None, OfferRow | None, Answered | None]:
    """Find lead and offer, and refuse what is not this rep's."""
    desk.tx.standings()
    found = desk.tx.leads([answer.lead_id])
    if not found:
        return None, None, Answered.UNKNOWN
    row = found[0]
    offer = _offer_meant(desk, row, answer)
    if offer is None:
        return row, None, Answered.ALREADY_YOURS if _owns(answer.rep, row) else Answered.NOT_YOURS
    if offer.rep_id.casefold() != answer.rep.casefold():
        desk.tx.fact(row.lead_id, "answer_refused", answer.rep, offer_no=offer.offer_no, why="not_yours")
        return row, offer, Answered.NOT_YOURS
    return row, offer, None


def _offer_meant(desk: Desk, row: LeadRow, answer: Answer) -> OfferRow | None:
    """Give the offer a tap names; for a typed answer the rep's latest offer of this lead."""
    if answer.offer_no is not None:
        return desk.tx.offer(row.lead_id, answer.offer_no)
    own = [
        item
        for item in desk.tx.offers_of([row.lead_id])[row.lead_id]
        if item.rep_id.casefold() == answer.rep.casefold()
    ]
    return own[-1] if own else None


def _owns(rep: str, row: LeadRow) -> bool:
    return row.owner is not None and row.owner.casefold() == rep.casefold()


def _too_late(desk: Desk, row: LeadRow, offer: OfferRow) -> Outcome:
    """Count a late answer; it changes nothing. Whoever has accepted the lead hears that it is still theirs."""
    if offer.state == "accepted" and _owns(offer.rep_id, row):
        return Outcome(Answered.ALREADY_YOURS, row, offer)
    desk.tx.fact(row.lead_id, "late_answer", offer.rep_id, offer_no=offer.offer_no)
    return Outcome(Answered.MOVED_ON, row, offer)
