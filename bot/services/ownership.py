"""An ownership ends without a close: the lead is recycled, given back, or moved by a manager."""

from __future__ import annotations

from bot.services import follow_up_clocks, rounds
from bot.services.assign import board_of
from bot.services.desk import Desk
from bot.services.message_codes import can_rewrite
from store.rows import LeadRow, OfferRow


def in_load(row: LeadRow) -> bool:
    """Say whether an owned lead counts in its owner's load; one that is parked does not."""
    return row.owner is not None and row.parked_until is None


def end(desk: Desk, row: LeadRow, *, by: str, reason: str, closing: str) -> str:
    """Take a lead from its owner; where it goes is the caller's to say.

    Args:
        desk: the transaction's.
        row: an owned lead.
        by: who did it.
        reason: a code, kept with the ownership and in the history.
        closing: of `CLOSINGS`, what the owner's card says from now on, where a code still allows to rewrite it.

    Returns:
        Who owned it.
    """
    owner = row.owner or ""
    accepted = ownership_of(desk, row)
    if accepted is not None:
        accepted.ended_at, accepted.end_reason = desk.now, reason
        desk.tx.touch_offer(accepted)
        if can_rewrite(desk, accepted):
            rounds.close_card(desk, accepted, closing)
    if in_load(row):
        board_of(desk).release(owner)
    desk.tx.fact(row.lead_id, "ownership_ended", by, owner=owner, reason=reason)
    row.owner = None
    follow_up_clocks.stop(row)
    desk.tx.touch(row)
    return owner


def restore(desk: Desk, row: LeadRow, owner: str) -> None:
    """Give a lead back to the owner from whom a manager took it; its clocks run on as if nothing had been."""
    row.owner = owner
    for offer in reversed(desk.tx.offers_of([row.lead_id])[row.lead_id]):
        if offer.state == "accepted" and offer.rep_id == owner:
            offer.ended_at = offer.end_reason = None
            desk.tx.touch_offer(offer)
            break
    board_of(desk).take(owner)
    follow_up_clocks.wind(desk, row)


def ownership_of(desk: Desk, row: LeadRow) -> OfferRow | None:
    """Give the offer by which the owner came to the lead: the last one made, unless an offer since then was undone."""
    last = desk.tx.offer(row.lead_id, row.offer_no) if row.offer_no else None
    if last is not None and last.state == "accepted" and last.rep_id == row.owner:
        return last
    made = desk.tx.offers_of([row.lead_id])[row.lead_id]
    return next((each for each in reversed(made) if each.state == "accepted" and each.rep_id == row.owner), None)
