"""Make-up turns (补单): a turn given back for a lead that was none, by itself or by a manager, so many in a month."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.services import texts_notices
from bot.services.desk import Desk
from routing.decision import Why
from routing.simplified import simplified
from store import people
from store.rows import LeadRow

#: Who gives the turns that nobody had to ask for.
BY_ITSELF = "system"
#: Leads that counted as a turn: only these can be given back; 派单, 改派, 领取 and known customers cost nobody one.
_COUNTED = frozenset({Why.CHOSEN.value, Why.CREDIT.value})


class MadeUp(StrEnum):
    """What a close as invalid gives back."""

    GIVEN = "given"
    TOO_LATE = "too_late"
    MONTH_USED_UP = "month_used_up"
    NOTHING = "nothing"  # no such reason, or the lead had cost nobody a turn


def turns_left(desk: Desk, rep_id: str) -> int:
    """Say how many make-up turns a rep may still have in this month, by the rep's own calendar."""
    rep = desk.open_office.roster.rep(rep_id)
    zone = ZoneInfo(rep.timezone) if rep is not None else desk.open_office.zone
    today = desk.now.astimezone(zone)
    month = datetime(today.year, today.month, 1, tzinfo=zone)
    return desk.open_office.policy.make_up.per_month - people.credits_since(desk.tx.connection, rep_id, month)


def reason_meant(desk: Desk, said: str) -> str | None:
    """Give the policy's reason that somebody's words begin with, whatever follows it; None for any other words."""
    words = _plain(said)
    reasons = sorted(desk.open_office.policy.make_up.reasons, key=len, reverse=True)
    return next((reason for reason in reasons if words.startswith(_plain(reason))), None)


def give_back(desk: Desk, row: LeadRow, owner: str, said: str, *, by: str) -> MadeUp:
    """Give the turn back that a lead closed as invalid has cost its owner, where the policy accepts the reason.

    Args:
        desk: the transaction's.
        row: the lead, closed.
        owner: who owned it.
        said: why it is invalid, as it was typed.
        by: who closed it.
    """
    reason = reason_meant(desk, said)
    accepted = desk.tx.offer(row.lead_id, row.offer_no) if row.offer_no else None
    if reason is None or accepted is None or accepted.rep_id != owner or accepted.why not in _COUNTED:
        return MadeUp.NOTHING
    if desk.now - (row.owned_at or desk.now) > desk.open_office.policy.make_up.within:
        return MadeUp.TOO_LATE
    if turns_left(desk, owner) < 1:
        return MadeUp.MONTH_USED_UP
    (credit_id,) = people.add_credits(desk.tx.connection, owner, 1, reason=reason, given_by=BY_ITSELF, now=desk.now)
    desk.tx.fact(row.lead_id, "turn_given_back", rep=owner, reason=reason, credit=credit_id)
    if by != owner:
        desk.tell(owner, texts_notices.CREDITED, count=1, reason=reason)
    return MadeUp.GIVEN


def _plain(words: str) -> str:
    return simplified(words.strip().casefold())
