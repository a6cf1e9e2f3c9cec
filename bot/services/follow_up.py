"""After 接单: what the owner notes (跟进), and how it ends (成交, 输单, 无效)."""

from __future__ import annotations

from datetime import datetime

from bot.services import drain_passes, follow_up_clocks, make_up, ownership, rates, review_items
from bot.services.assign import board_of
from bot.services.desk import Desk
from bot.services.make_up import MadeUp
from routing.lifecycle import LeadState, move_lead
from store import standings
from store.rows import LeadRow


class NotTheOwner(Exception):
    """Only the owner, or a manager in the owner's place, may say so."""


class AlreadyClosed(Exception):
    """The lead is closed; what was said changes nothing."""


def note(desk: Desk, row: LeadRow, text: str, *, by: str) -> None:
    """Keep a follow-up note (sealed; it may be empty); the first one is the first contact, and all clocks begin anew."""
    _check_open(row)
    follow_up_clocks.heard(desk, row)
    desk.tx.fact(row.lead_id, "followed_up", by, private={"text": text} if text else None)


def remind_later(desk: Desk, row: LeadRow, at: datetime, *, by: str) -> None:
    """Remind the owner of a lead at a moment of the owner's choice, and not before; it moves no other clock."""
    _check_open(row)
    row.remind_again_at = at
    follow_up_clocks.wind(desk, row)
    desk.tx.fact(row.lead_id, "remind_later", by, at=at.isoformat())


def close_won(desk: Desk, row: LeadRow, amount: int | None, *, by: str) -> None:
    """Close a lead as won; `amount` is whole yuan."""
    owner = _close(desk, row, LeadState.WON, by, reason=None, amount=amount)
    _count(desk, row, owner, won=True)


def close_lost(desk: Desk, row: LeadRow, reason: str, *, by: str) -> None:
    """Close a lead as lost; the reason is the rep's own words, sealed."""
    owner = _close(desk, row, LeadState.LOST, by, reason=reason)
    _count(desk, row, owner, won=False)


def close_invalid(desk: Desk, row: LeadRow, reason: str, *, by: str) -> MadeUp:
    """Close a lead as invalid: outside every win rate. Says whether the owner has the turn back."""
    owner = _close(desk, row, LeadState.INVALID, by, reason=reason)
    return make_up.give_back(desk, row, owner, reason, by=by)


def _check_open(row: LeadRow) -> None:
    if row.closed_at is not None:
        raise AlreadyClosed(row.name)
    if row.state != "owned" or row.owner is None:
        raise NotTheOwner(row.name)


def _close(
    desk: Desk, row: LeadRow, state: LeadState, by: str, *, reason: str | None, amount: int | None = None
) -> str:
    _check_open(row)
    owner = row.owner or ""
    desk.tx.standings()
    row.state, row.closed_at, row.amount = move_lead(row.state, state), desk.now, amount
    row.last_follow_up_at = desk.now
    row.first_contact_at = row.first_contact_at or desk.now
    if ownership.in_load(row):
        board_of(desk).release(owner)
    follow_up_clocks.stop(row)
    desk.tx.touch(row)
    review_items.close(desk, row, "closed", by=by)
    desk.tx.fact(row.lead_id, state, by, private={"reason": reason} if reason else None)
    drain_passes.wake(desk)
    return owner


def _count(desk: Desk, row: LeadRow, owner: str, *, won: bool) -> None:
    """Count the outcome in the owner's rates, in all and by every segment that fit looks at."""
    standing = desk.tx.standings().get(owner)
    if standing is not None:
        standing.closed += 1
        standing.wins += int(won)
        if won and row.amount:
            month = f"{desk.open_office.local_day(desk.now):%Y-%m}"
            standing.won_amount = row.amount + (standing.won_amount if standing.won_month == month else 0)
            standing.won_month = month
    standings.count_close(desk.tx.connection, owner, rates.segments_to_count(desk, row), won=won)
