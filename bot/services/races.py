"""Claim races: several reps are offered one lead at once, one of them gets it, and the accounts are settled after it."""

from __future__ import annotations

import structlog

from bot.services import texts_alarms, texts_notices
from bot.services.assign import board_of
from bot.services.desk import Desk
from routing.decision_record import unpack
from routing.lifecycle import OfferState, move_offer
from routing.race import settlement
from routing.replay import replay
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, OfferRow

log = structlog.get_logger()

#: Why the offers of those end who raced for a lead and did not get it.
LOST = "lost_race"
_COUNTED = frozenset({"declined", "expired"})


def members(desk: Desk, offer: OfferRow) -> list[OfferRow]:
    """Give every offer of the race that this one is of, in their order; an offer to one rep alone is the only one."""
    if offer.race is None:
        return [offer]
    return [other for other in desk.tx.offers_of([offer.lead_id])[offer.lead_id] if other.race == offer.race]


def uses_up_round(desk: Desk, offer: OfferRow) -> bool:
    """Say whether somebody of the race declined or let the time pass, so that the round counts."""
    return any(other.state in _COUNTED for other in members(desk, offer))


def win(desk: Desk, row: LeadRow, offer: OfferRow) -> None:
    """Take the lead from the others who raced for it, tell them, and settle what each of them was counted."""
    if offer.race is None:
        return
    for other in members(desk, offer):
        if other.state == "open":
            _lose(desk, row, other)
    settle(desk, offer)


def _lose(desk: Desk, row: LeadRow, offer: OfferRow) -> None:
    """End the offer of somebody who was slower; neither the day's turn nor the response rate counts it."""
    offer.state = move_offer(offer.state, OfferState.WITHDRAWN)
    offer.end_reason = LOST
    offer.answered_at = desk.now
    desk.tx.touch_offer(offer)
    board_of(desk).release(offer.rep_id, turn_of=offer.offered_on)
    desk.tx.fact(row.lead_id, "withdrawn", offer_no=offer.offer_no, rep=offer.rep_id, reason=LOST)
    if offer.send_code is not None:
        told: dict[str, object] = {"text": LOST}
        desk.tx.message(NewMessage(offer.rep_id, "close_card", Urgency.REWRITE, offer.lead_id, offer.offer_no, told))
    elif offer.delivered_at is not None:
        desk.tell(offer.rep_id, texts_notices.TAKEN, urgency=Urgency.REWRITE, lead_id=row.lead_id, lead=row.name)


def settle(desk: Desk, offer: OfferRow) -> None:
    """Bring the accounts of a race that is over to what came of it.

    Fairness must never keep a lead: where the decision can't be worked out again, an alarm says so and the lead moves on.
    """
    try:
        _settle(desk, offer)
    except Exception:
        log.exception("settlement_failed", decision_id=offer.decision_id)
        desk.alarm("reversal_failed", texts_alarms.REVERSAL_FAILED, decision=f"D{offer.decision_id}")


def _settle(desk: Desk, offer: OfferRow) -> None:
    stored = desk.tx.decision(offer.decision_id) if offer.decision_id is not None else None
    if stored is None or stored.reversed_at is not None:
        return
    office = desk.offices.of(desk.tx.connection, stored.policy_version, stored.roster_version, desk.now.year)
    decision = replay(unpack(stored.record), office.policy, office.table)
    raced = members(desk, offer)
    winner = next((other.rep_id for other in raced if other.state == "accepted"), None)
    counted = {other.rep_id for other in raced if other.state in _COUNTED}
    board_of(desk).reverse(stored.decision_id, settlement(decision, office.table, winner=winner, counted=counted))
    if winner is None and not counted:
        desk.tx.mark_reversed(stored.decision_id)
