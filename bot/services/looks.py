"""What time does with leads after 接单, page by page: whoever is due is looked at, then people are told what came of it."""

from __future__ import annotations

from datetime import timedelta

from bot.services import drain_passes, follow_up_clocks, notices, parking, recycling, review
from bot.services.desk import Desk
from bot.services.runner import write_down
from routing.follow_up import Due, Need, due_now
from store import follow_ups
from store.rows import LeadRow

#: How many leads one transaction looks at: a webhook that comes in meanwhile waits no longer than for these.
PAGE = 10
#: How many people one transaction tells what they are to be told.
PEOPLE = 10


def look(desk: Desk, *, limit: int = PAGE) -> int:
    """Do what is due with the leads that are due longest; nobody is told anything before no lead is left.

    Returns:
        How many leads were looked at, or people told; there may be more unless it is 0.
    """
    if desk.office is None:
        return 0
    connection, now = desk.tx.connection, desk.now
    ids = follow_ups.due_leads(connection, now, limit=limit)
    people = [] if ids else follow_ups.due_members(connection, now, limit=PEOPLE)
    if not ids and not people:
        return 0
    desk.tx.standings()  # locks before any lead's
    rows = desk.tx.leads(ids)
    desk.tx.offers((row.lead_id, row.offer_no) for row in rows if row.offer_no)
    for row in rows:
        # Another replica may have been here before.
        if row.look_at is not None and row.look_at <= now:
            _look_at(desk, row)
    for person in people:
        notices.tell(desk, person)
    if any(row.pool_reason == "waiting" for row in rows):
        # The pool is asked of the database, which has to know of them.
        write_down(desk)
        drain_passes.wake(desk)
    return len(ids) or len(people)


def postpone_first(desk: Desk, wait: timedelta) -> None:
    """Look at what is due longest again later: handling it failed."""
    connection, now = desk.tx.connection, desk.now
    ids = follow_ups.due_leads(connection, now, limit=1)
    follow_ups.look_at(connection, ids, now + wait)
    if not ids:
        for person in follow_ups.due_members(connection, now, limit=PEOPLE):
            follow_ups.postpone_notices(connection, person, now, now + wait)


def _look_at(desk: Desk, row: LeadRow) -> None:
    """Do what is due with one lead, and say when to look at it again."""
    desk.tx.touch(row)
    if row.state == "pooled" and row.pool_reason == recycling.RECYCLED:
        recycling.window_over(desk, row)
        return
    if row.state != "owned" or row.owner is None:
        # It has moved on by other ways since this look was meant.
        row.look_at = None
        return
    done_until = row.looked_at or row.owned_at or desk.now
    todo, row.look_at = due_now(follow_up_clocks.plan_of(desk, row), done_until=done_until, now=desk.now)
    row.looked_at = max(done_until, desk.now)
    for due in todo:
        _do(desk, row, due)


def _do(desk: Desk, row: LeadRow, due: Due) -> None:
    owner = row.owner or ""
    match due.need:
        case Need.BACK:
            parking.come_back(desk, row)
            return
        case Need.RECYCLE:
            recycling.recycle(desk, row, due.code, due.to or "pool")
            return
        case Need.REMIND:
            row.remind_again_at = None
            notices.note(desk, owner, "remind", row)
        case Need.TELL_REP:
            notices.note(desk, owner, "overdue", row)
        case Need.WARN:
            ends_at = (due.ends_at or due.at).isoformat()
            notices.note(desk, owner, "warn", row, ends_at=ends_at)
        case Need.TELL_MANAGER:
            for manager in review.managers_of_rep(desk.open_office, owner):
                notices.note(desk, manager, "overdue_of", row, owner=owner)
    desk.tx.fact(row.lead_id, "follow_up_due", need=due.need.value, reason=due.code or None)
