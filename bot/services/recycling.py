"""A lead loses its owner for want of follow-up, or is given back: to the pool, where it can be claimed, or to a manager."""

from __future__ import annotations

from datetime import datetime

from bot.services import notices, ownership, review
from bot.services.desk import Desk
from routing.lifecycle import LeadState, move_lead
from routing.working_time import Schedule, after
from store.rows import LeadRow

#: A lead that comes back so often needs a manager, not another owner.
MOST_RECYCLES = 3
#: `pool_reason` of a lead that can be claimed, and is not offered before the claim window is over.
RECYCLED = "recycled"
#: How the code of a clock begins -> why a manager has the lead: by the ladder, the cold rule, or for want of a close.
_REVIEW_REASONS = {"overdue": "not_followed_up", "cold": "not_followed_up", "open": "not_closed"}


def recycle(desk: Desk, row: LeadRow, code: str, to: str) -> None:
    """Take a lead from its owner because of the clock; the owner hears of it together with whatever else is lost.

    Args:
        desk: the transaction's.
        row: an owned lead.
        code: why, as `routing.follow_up` names it.
        to: `pool` or `review`.
    """
    owner = ownership.end(desk, row, by="system", reason=code, closing="recycled")
    notices.note(desk, owner, "recycled", row, code=code)
    _go_back(desk, row, owner, by="system", code=code, to=to)


def give_back(desk: Desk, row: LeadRow, reason: str, *, by: str) -> None:
    """Take 转出 of an owned lead: it goes to the pool with the owner's words (sealed)."""
    owner = ownership.end(desk, row, by=by, reason="returned", closing="returned")
    desk.tx.fact(row.lead_id, "returned", by, owner=owner, private={"reason": reason} if reason else None)
    _go_back(desk, row, owner, by=by, code="returned", to="pool")


def _go_back(desk: Desk, row: LeadRow, owner: str, *, by: str, code: str, to: str) -> None:
    """Begin the lead's way anew: rounds restart, and nobody who owned it is asked again."""
    row.recycles += 1
    row.round = 0
    to = "review" if row.recycles >= MOST_RECYCLES else to
    desk.tx.fact(row.lead_id, "recycled", by, owner=owner, reason=code, to=to, times=row.recycles)
    if to == "review":
        reason = "recycled_often" if row.recycles >= MOST_RECYCLES else _REVIEW_REASONS[code.partition("_")[0]]
        review.to_review(desk, row, reason, actor=by)
        return
    row.state = move_lead(row.state, LeadState.POOLED)
    row.pool_reason, row.review_reason, row.responsible = RECYCLED, None, None
    row.waiting_since = row.looked_at = desk.now
    row.look_at = _window_ends(desk, owner)
    desk.tx.touch(row)


def _window_ends(desk: Desk, owner: str) -> datetime:
    window = desk.open_office.policy.pool.claim_window
    return after(_shift_of(desk, owner), desk.now, window) or desk.now + window.length


def window_over(desk: Desk, row: LeadRow) -> None:
    """Nobody has claimed the lead in time: from now on it waits to be offered like any other; the caller wakes the pool."""
    row.pool_reason, row.look_at = "waiting", None
    desk.tx.touch(row)
    desk.tx.fact(row.lead_id, "claim_window_over")


def _shift_of(desk: Desk, owner: str) -> Schedule:
    """Give the hours in which colleagues could claim: those of the shift of whoever had the lead, leave left out."""
    return desk.open_office.schedules.get(owner) or Schedule(None, desk.open_office.policy.timezone)
