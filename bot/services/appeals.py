"""申诉: a rep who holds that a lead was given to the wrong one puts it before the managers, the decision with it.

An appeal is a review item: whoever has the lead keeps it until a manager has looked. Each rep appeals once for a lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.services import review_items
from bot.services.desk import Desk
from store import review_items as stored_items
from store.rows import LeadRow


class Appealed(StrEnum):
    """What came of an appeal."""

    OPENED = "opened"
    ALREADY = "already"
    OWN = "own"  # the lead is this rep's
    NOT_HELD = "not_held"  # nobody has it, so nobody got it wrongly


@dataclass(frozen=True, slots=True)
class Appeal:
    """What came of it, and which managers look at it."""

    outcome: Appealed
    asked: tuple[str, ...] = ()


def appeal(desk: Desk, row: LeadRow, rep: str, holder: str | None, words: str) -> Appeal:
    """Open a review item with the decision's number; what the rep wrote is sealed.

    Args:
        desk: the transaction.
        row: the lead.
        rep: who appeals.
        holder: who has the lead, or is being asked; None where nobody is.
        words: why, in the rep's own words; may be empty.
    """
    if holder is None:
        return Appeal(Appealed.NOT_HELD)
    if holder == rep:
        return Appeal(Appealed.OWN)
    reason = review_items.APPEAL + rep
    if any(
        item.reason == reason for item in stored_items.of_leads(desk.tx.connection, [row.lead_id]).get(row.lead_id, ())
    ):
        return Appeal(Appealed.ALREADY)
    decision = f"D{row.decision_id}" if row.decision_id is not None else None
    desk.tx.fact(row.lead_id, "appealed", rep, offer_no=row.offer_no or None, decision=decision,
                 private={"reason": words} if words else None)  # fmt: skip
    return Appeal(Appealed.OPENED, tuple(_opened(desk, row, reason)))


def _opened(desk: Desk, row: LeadRow, reason: str) -> Sequence[str]:
    return review_items.open_items(desk, row, [reason])
